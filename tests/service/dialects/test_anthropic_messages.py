"""Messages, through the anthropic package."""

import anthropic
import pytest


@pytest.fixture(scope="module")
def claude(server):
    with anthropic.Anthropic(base_url=server, api_key="any", max_retries=0) as made:
        yield made


def ask(claude, question, collection="default", **more):
    return claude.messages.create(
        model=f"footnoted/{collection}", max_tokens=500, messages=[{"role": "user", "content": question}], **more
    )


def test_a_sentence_is_a_block_with_its_citations(claude, date_question, first_sentence, stored_text):
    message = ask(claude, date_question)
    (block,) = message.content
    assert (block.type, block.text) == ("text", first_sentence)
    (citation,) = block.citations
    assert citation.type == "char_location"
    text = stored_text({"document_id": citation.file_id})
    assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text
    assert citation.document_index == 0
    assert message.stop_reason == "end_turn"
    assert message.footnoted["sentences"][0]["verdict"] == "supported"


def test_a_pdf_is_cited_by_its_page(claude, paged, paged_question, stored_text):
    message = ask(claude, paged_question, paged)
    citation = message.content[0].citations[0]
    assert (citation.type, citation.start_page_number, citation.end_page_number) == ("page_location", 2, 3)
    text = stored_text({"document_id": citation.file_id}, paged)
    assert text[citation.start_char_index : citation.end_char_index] == citation.cited_text
    assert "Edith Lowell" in citation.cited_text


def test_a_stream_amounts_to_the_plain_message(claude, date_question):
    plain = ask(claude, date_question)
    with claude.messages.stream(
        model="footnoted/default", max_tokens=500, messages=[{"role": "user", "content": date_question}]
    ) as stream:
        events = list(stream)
        final = stream.get_final_message()
    assert [block.to_dict() for block in final.content] == [block.to_dict() for block in plain.content]
    assert final.stop_reason == "end_turn"
    kinds = [event.type for event in events]
    assert kinds[0] == "message_start" and kinds[-1] == "message_stop"
    assert kinds.count("text") > 5 and kinds.count("citation") == 1
    (end,) = [event for event in events if event.type == "message_delta"]
    assert end.footnoted["status"] == "answered"


@pytest.mark.parametrize("stream", [False, True])
def test_a_refusal_is_words_and_a_mark(claude, off_topic_question, stream):
    if stream:
        events = list(ask(claude, off_topic_question, stream=True))
        text = "".join(e.delta.text for e in events if e.type == "content_block_delta")
        (about,) = [event.footnoted for event in events if event.type == "message_delta"]
    else:
        message = ask(claude, off_topic_question)
        (block,) = message.content
        text, about = block.text, message.footnoted
        assert not block.citations
    assert (text, about["status"]) == ("The documents do not say.", "not_found")


def test_the_answer_goes_back_as_history(claude, date_question):
    first = ask(claude, date_question)
    message = claude.messages.create(
        model="footnoted/default",
        max_tokens=500,
        system="Answer in French.",
        messages=[
            {"role": "user", "content": date_question},
            first.to_param(),
            {"role": "user", "content": "And where was it held?"},
        ],
    )
    assert "conference" in message.footnoted["understood_as"].lower()
    assert "Beijing" in message.content[0].text


def test_errors_are_the_clients_classes(claude, date_question):
    with pytest.raises(anthropic.NotFoundError) as caught:
        ask(claude, date_question, "nowhere")
    assert caught.value.body["error"]["type"] == "not_found_error"
    assert caught.value.body["error"]["code"] == "not_found"
    with pytest.raises(anthropic.NotFoundError):
        list(ask(claude, date_question, "nowhere", stream=True))
    with pytest.raises(anthropic.BadRequestError, match="characters"):
        ask(claude, "a" * 3000)


def test_the_models_are_the_collections(claude):
    assert claude.models.list().data[0].id == "footnoted/default"
