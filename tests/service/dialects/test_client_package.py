"""The typed client, and the LangChain retrievers, against a running service and an engine in this process."""

import asyncio
import dataclasses

import httpx
import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_openai import ChatOpenAI

import footnoted_client
from footnoted_client import Answer, Citation, Client, Hit, Sentence, Span, Started, Token
from footnoted_client.langchain import FootnotedRetriever
from service.dialects.langchain_retriever import EngineRetriever

PLACES = {"document_id", "title", "uri", "page", "last_page", "section", "start", "end", "score", "source", "also_in"}


def names(kind):
    return {field.name for field in dataclasses.fields(kind)}


@pytest.fixture(scope="module")
def service(server):
    with Client(server) as made:
        yield made


def test_an_answer_is_a_record_with_exact_citations(service, server, date_question, first_sentence):
    answer = service.ask(date_question)
    assert answer.found
    assert answer.answer == f"{first_sentence} [1]"
    assert answer.sentences == (Sentence(first_sentence, (1,), "supported", answer.sentences[0].support),)
    (citation,) = answer.citations
    assert service.text(citation.document_id)[citation.start : citation.end] == citation.quote
    assert httpx.get(citation.url).status_code == 200
    assert citation.url.startswith(f"{server}/view/")


def test_a_stream_gives_the_events_and_then_the_answer(service, date_question):
    events = list(service.stream(date_question))
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Answer)
    text = "".join(event.text for event in events if isinstance(event, Token))
    assert text == " ".join(sentence.text for sentence in events[-1].sentences)
    assert [event for event in events if isinstance(event, Citation)] == list(events[-1].citations)
    assert tuple(event for event in events if isinstance(event, Sentence)) == events[-1].sentences


def test_a_refusal_is_a_value(service, off_topic_question):
    answer = service.ask(off_topic_question)
    assert (answer.found, answer.status, answer.citations) == (False, "not_found", ())


def test_a_follow_up_takes_the_history(service, date_question):
    history = [{"role": "user", "content": date_question}, {"role": "assistant", "content": "In December."}]
    answer = service.ask("And where was it held?", history=history)
    assert "conference" in answer.understood_as.lower()


def test_a_session_stands_for_the_history_until_it_is_deleted(service, date_question):
    session_id = service.create_session()
    service.ask(date_question, session_id=session_id)
    *_, answer = service.stream("And where was it held?", session_id=session_id)
    assert "conference" in answer.understood_as.lower()
    assert service.search("Who spoke there?", session_id=session_id)
    service.delete_session(session_id)
    with pytest.raises(footnoted_client.NotFound):
        service.ask("And where was it held?", session_id=session_id)


def test_how_many_hits_and_which_model_are_asked_for(service, date_question):
    assert len(service.ask(date_question, top_k=2, model="reader").hits) == 2
    with pytest.raises(footnoted_client.ServiceError) as caught:
        service.ask(date_question, model="no such model")
    assert "no such model" in caught.value.detail
    with pytest.raises(footnoted_client.InvalidRequest):
        service.search(date_question, top_k=1000)


def test_the_records_have_all_that_the_service_tells(service, client, date_question):
    told = client.post("/v1/ask", json={"question": date_question}).json()
    assert told.keys() <= names(Answer)
    assert told["citations"][0].keys() == names(Citation)
    assert told["hits"][0].keys() == names(Hit)
    assert told["answer_span"].keys() == names(Span)
    assert told["sentences"][0].keys() - {"supported"} == names(Sentence)  # verdict says more
    answer = service.ask(date_question)
    span = answer.answer_span
    text = service.text(answer.citations[span.marker - 1].document_id)
    assert text[span.start : span.end] == span.text
    assert answer.citations[0].media_type == "text/plain"
    assert answer.timings_ms.keys() == told["timings_ms"].keys()
    assert (answer.usage, answer.notice) == (None, None)


def test_a_passage_that_stands_in_two_documents_is_given_with_both_places(service, server, upload):
    words = b"# Ferries\n\nThe ferry to Lindholm leaves at nine on every weekday.\n"
    assert upload("client-twice", {"ferry.md": words, "copy.md": words + b"\n# Trains\n\nTrains are late.\n"})
    (hit, *_) = service.search("When does the ferry to Lindholm leave?", "client-twice")
    (place,) = hit.also_in
    assert place.document_id != hit.document_id
    assert service.text(place.document_id, "client-twice")[place.start : place.end] == hit.text
    assert place.section == hit.section == ("Ferries",)
    assert place.url.startswith(f"{server}/view/")
    retriever = FootnotedRetriever(client=service, collection="client-twice", top_k=1)
    (document,) = retriever.invoke("When does the ferry to Lindholm leave?")
    assert [one["document_id"] for one in document.metadata["also_in"]] == [place.document_id]


def test_files_are_uploaded_waited_for_found_and_deleted(service, tmp_path):
    note = tmp_path / "ferry.txt"
    note.write_text("The ferry to Skellen leaves at noon.", encoding="utf-8")
    collection = "client-package"
    job = service.wait(service.upload([note], collection))
    assert (job.status, job.settled) == ("done", True)
    assert collection in service.collections()
    (document,) = service.documents(collection)
    (hit,) = service.search("When does the ferry to Skellen leave?", collection)
    assert (hit.document_id, hit.text) == (document.id, "The ferry to Skellen leaves at noon.")
    service.delete(document.id, collection)
    assert service.documents(collection) == []


def test_errors_are_exceptions_with_the_problems_code(service, date_question):
    with pytest.raises(footnoted_client.NotFound) as caught:
        service.ask(date_question, "nowhere")
    assert (caught.value.status, caught.value.code) == (404, "not_found")
    assert caught.value.hint
    with pytest.raises(footnoted_client.NotFound):
        next(service.stream(date_question, "nowhere"))
    with pytest.raises(footnoted_client.InvalidRequest):
        service.search(" ")
    with Client("http://127.0.0.1:9") as nobody, pytest.raises(footnoted_client.Unreachable):
        nobody.ask(date_question)


def test_the_retriever_gives_documents_with_their_places(service, date_question, stored_text):
    found = FootnotedRetriever(client=service, top_k=3).invoke(date_question)
    assert len(found) == 3
    for document in found:
        assert document.metadata.keys() == PLACES | {"url"}
        place = document.metadata
        assert stored_text(place)[place["start"] : place["end"]] == document.page_content


def test_the_retriever_in_process_gives_the_same(sample_engine, service, date_question):
    retriever = EngineRetriever(engine=sample_engine, top_k=3)
    here = asyncio.run(retriever.ainvoke(date_question))
    there = FootnotedRetriever(client=service, top_k=3).invoke(date_question)
    assert [document.page_content for document in here] == [document.page_content for document in there]
    assert here[0].metadata.keys() == PLACES


def test_langchains_chat_model_works_unchanged(server, date_question, first_sentence, off_topic_question):
    model = ChatOpenAI(base_url=f"{server}/v1", api_key="any", model="footnoted/default", max_retries=0)
    answer = model.invoke(date_question)
    assert answer.text == f"{first_sentence} [1]"
    streamed = None
    for chunk in model.stream(date_question):
        streamed = chunk if streamed is None else streamed + chunk
    assert streamed.text == answer.text
    talk = [HumanMessage(date_question), AIMessage(answer.text), HumanMessage("And where was it held?")]
    assert "Beijing" in model.invoke(talk).text
    assert model.invoke(off_topic_question).text == "The documents do not say."


def test_langchains_chat_model_reads_the_annotations_of_responses(server, date_question):
    model = ChatOpenAI(
        base_url=f"{server}/v1", api_key="any", model="footnoted/default", use_responses_api=True, max_retries=0
    )
    (block,) = [block for block in model.invoke(date_question).content_blocks if block["type"] == "text"]
    assert {annotation["type"] for annotation in block["annotations"]} == {"citation"}
    assert any(annotation.get("url") for annotation in block["annotations"])
