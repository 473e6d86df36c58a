"""Chat Completions and the models, through the openai package."""

import httpx
import openai
import pytest

NOT_FOUND = "The documents do not say."


@pytest.fixture(scope="module")
def chat(server):
    with openai.OpenAI(base_url=f"{server}/v1", api_key="sk-any", max_retries=0) as made:
        yield made


def ask(chat, question, model="footnoted/default", **more):
    return chat.chat.completions.create(model=model, messages=[{"role": "user", "content": question}], **more)


def test_an_answer_has_annotations_at_its_markers_and_exact_places(
    chat, date_question, first_sentence, cites_exactly, server
):
    completion = ask(chat, date_question)
    message = completion.choices[0].message
    assert message.content == f"{first_sentence} [1]"
    assert completion.choices[0].finish_reason == "stop"
    (annotation,) = message.annotations
    cited = annotation.url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert "December 27th" in httpx.get(cited.url).raise_for_status().text
    assert cited.url.startswith(f"{server}/view/")
    (citation,) = message.citations
    cites_exactly(citation)
    assert citation["url"] == cited.url
    about = completion.footnoted
    assert (about["status"], about["sentences"][0]["verdict"]) == ("answered", "supported")
    assert completion.usage.total_tokens == 0


def test_a_stream_amounts_to_the_plain_answer(chat, date_question):
    plain = ask(chat, date_question).choices[0].message
    chunks = list(ask(chat, date_question, stream=True, stream_options={"include_usage": True}))
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert "".join(delta.content or "" for delta in deltas) == plain.content
    assert sum(bool(delta.content) for delta in deltas) > 5  # it came in pieces
    annotations = [a for delta in deltas for a in getattr(delta, "annotations", None) or []]
    assert annotations == [annotation.model_dump() for annotation in plain.annotations]
    citations = [c for delta in deltas for c in getattr(delta, "citations", None) or []]
    assert citations == plain.citations
    assert [c.finish_reason for chunk in chunks for c in chunk.choices if c.finish_reason] == ["stop"]
    assert chunks[-1].choices == [] and chunks[-1].usage.total_tokens == 0
    assert chunks[-2].footnoted["status"] == "answered"
    assert len({chunk.id for chunk in chunks}) == 1


def test_a_stream_without_include_usage_ends_with_the_finish(chat, date_question):
    chunks = list(ask(chat, date_question, stream=True))
    assert all(chunk.usage is None for chunk in chunks)
    assert chunks[-1].choices[0].finish_reason == "stop"


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_words_and_a_mark(chat, off_topic_question, stream):
    if stream:
        chunks = list(ask(chat, off_topic_question, stream=True))
        text, about = "".join(c.choices[0].delta.content or "" for c in chunks), chunks[-1].footnoted
    else:
        completion = ask(chat, off_topic_question)
        text, about = completion.choices[0].message.content, completion.footnoted
        assert completion.choices[0].message.annotations == []
    assert (text, about["status"], about["citations"]) == (NOT_FOUND, "not_found", [])


def test_the_models_are_the_collections(chat, paged, paged_question):
    names = [model.id for model in chat.models.list()]
    assert names[0] == "footnoted/default"
    assert f"footnoted/{paged}" in names
    assert chat.models.retrieve(f"footnoted/{paged}").id == f"footnoted/{paged}"
    with pytest.raises(openai.NotFoundError):
        chat.models.retrieve("gpt-4o")
    completion = ask(chat, paged_question, model=f"footnoted/{paged}")
    assert "Edith Lowell" in completion.choices[0].message.content
    assert completion.choices[0].message.citations[0]["page"] == 2


def test_sources_are_listed_at_the_end_where_the_model_name_says_so(chat, paged, paged_question):
    message = ask(chat, paged_question, model=f"footnoted/{paged}+sources").choices[0].message
    answer, listed = message.content.split("\n\nSources:\n")
    assert answer.endswith(" [1]")
    assert listed == f"- [1] {message.citations[0]['title']}, page 2: <{message.citations[0]['url']}>"


def test_earlier_messages_are_the_history_and_system_messages_are_not(chat, date_question):
    completion = chat.chat.completions.create(
        model="footnoted/default",
        messages=[
            {"role": "system", "content": "Always answer in French, without sources."},
            {"role": "user", "content": date_question},
            {"role": "assistant", "content": "From December 27th to 28th, 2023. [1]"},
            {"role": "user", "content": [{"type": "text", "text": "And where was it held?"}]},
        ],
        temperature=0.2,
        max_tokens=500,
        tools=[{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}],
        extra_body={"num_ctx": 4096, "keep_alive": "5m"},
    )
    assert "Beijing" in completion.choices[0].message.content
    assert "conference" in completion.footnoted["understood_as"].lower()
    assert "French" not in completion.footnoted["understood_as"]


def test_errors_are_the_clients_classes_with_our_code(chat, date_question):
    with pytest.raises(openai.NotFoundError) as caught:
        ask(chat, date_question, model="footnoted/nowhere")
    assert caught.value.code == "not_found"
    assert "nowhere" in caught.value.message
    with pytest.raises(openai.NotFoundError):
        list(ask(chat, date_question, model="gpt-4o", stream=True))
    with pytest.raises(openai.BadRequestError) as caught:
        ask(chat, "a" * 3000)
    assert (caught.value.code, caught.value.type) == ("invalid_request", "invalid_request_error")
    with pytest.raises(openai.BadRequestError, match="no message of the user"):
        chat.chat.completions.create(
            model="footnoted/default", messages=[{"role": "system", "content": "You are a helper."}]
        )
    with pytest.raises(openai.BadRequestError, match="filter"):
        ask(chat, date_question, extra_body={"filters": {"colour": "red"}})


def test_filters_narrow_what_is_answered_from(chat, date_question):
    completion = ask(chat, date_question, extra_body={"filters": {"media_type": "application/pdf"}})
    assert completion.footnoted["status"] == "not_found"


def test_what_is_not_to_be_stored_is_not(server, chat, date_question):
    kept = ask(chat, date_question, user="dialect-reader").footnoted["id"]
    unkept = ask(chat, date_question, store=False).footnoted["id"]
    rating = {"rating": "up", "user": "dialect-reader"}
    assert httpx.post(f"{server}/v1/feedback", json={"answer_id": kept, **rating}).status_code < 300
    assert httpx.post(f"{server}/v1/feedback", json={"answer_id": unkept, **rating}).status_code == 404


def test_pages_of_another_origin_may_not_call(chat, date_question):
    with pytest.raises(openai.PermissionDeniedError):
        ask(chat, date_question, extra_headers={"Origin": "https://elsewhere.example"})
