"""Responses, through the openai package."""

import openai
import pytest


@pytest.fixture(scope="module")
def openai_client(server):
    with openai.OpenAI(base_url=f"{server}/v1", api_key="sk-any", max_retries=0) as made:
        yield made


def test_each_citation_is_a_file_and_an_address(openai_client, date_question, first_sentence, cites_exactly):
    response = openai_client.responses.create(model="footnoted/default", input=date_question)
    assert (response.status, response.output_text) == ("completed", f"{first_sentence} [1]")
    file, url = response.output[0].content[0].annotations
    assert (file.type, url.type) == ("file_citation", "url_citation")
    assert response.output_text[: file.index] == first_sentence
    assert response.output_text[url.start_index : url.end_index] == "[1]"
    cites_exactly({"document_id": file.file_id, "start": file.start, "end": file.end, "quote": file.quote})
    assert response.footnoted["status"] == "answered"


def test_a_stream_amounts_to_the_plain_response(openai_client, date_question):
    plain = openai_client.responses.create(model="footnoted/default", input=date_question)
    with openai_client.responses.stream(model="footnoted/default", input=date_question) as stream:
        events = list(stream)
        final = stream.get_final_response()
    assert final.output_text == plain.output_text
    kinds = [event.type for event in events]
    assert kinds[0] == "response.created" and kinds[-1] == "response.completed"
    deltas = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(deltas) == plain.output_text and len(deltas) > 5
    added = [event.annotation for event in events if event.type == "response.output_text.annotation.added"]
    said = [a if isinstance(a, dict) else a.model_dump() for a in added]
    assert said == [a.model_dump() for a in plain.output[0].content[0].annotations]
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_a_refusal_is_words_and_a_mark(openai_client, off_topic_question):
    response = openai_client.responses.create(model="footnoted/default", input=off_topic_question)
    assert response.output_text == "The documents do not say."
    assert response.output[0].content[0].annotations == []
    assert response.footnoted["status"] == "not_found"


def test_the_conversation_comes_as_input(openai_client, date_question):
    first = openai_client.responses.create(model="footnoted/default", input=date_question)
    conversation = [
        {"role": "developer", "content": "Answer in French."},
        {"role": "user", "content": date_question},
        *[item.model_dump(exclude={"content": {"__all__": {"logprobs"}}}) for item in first.output],
        {"role": "user", "content": [{"type": "input_text", "text": "And where was it held?"}]},
    ]
    second = openai_client.responses.create(model="footnoted/default", input=conversation)
    assert "conference" in second.footnoted["understood_as"].lower()
    assert "Beijing" in second.output_text


def test_errors_are_the_clients_classes(openai_client, date_question):
    with pytest.raises(openai.BadRequestError, match="keeps no conversations"):
        openai_client.responses.create(model="footnoted/default", input=date_question, previous_response_id="resp_1")
    with pytest.raises(openai.NotFoundError):
        list(openai_client.responses.create(model="footnoted/nowhere", input=date_question, stream=True))
