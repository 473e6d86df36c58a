"""`POST /v1/ask` and `/v1/search` of a running server: the wire contract, streamed and plain."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest

ANSWER_KEYS = {
    "id", "question", "understood_as", "status", "answer", "sentences", "citations", "answer_span", "confidence",
    "model", "timings_ms", "notice", "usage", "clarification", "hits",
}  # fmt: skip
SENTENCE_KEYS = {"text", "markers", "supported", "verdict", "support"}
CITATION_KEYS = {
    "marker", "document_id", "title", "uri", "media_type", "page", "section", "start", "end", "quote", "language",
    "support", "url",
}  # fmt: skip
HIT_KEYS = {
    "language",
    "last_page",
    "document_id",
    "title",
    "uri",
    "page",
    "section",
    "start",
    "end",
    "text",
    "score",
    "url",
    "also_in",
}


def test_an_answer_has_every_member_of_the_contract(ask, date_question, first_sentence, sample_document):
    answer = ask(date_question)
    assert answer.keys() == ANSWER_KEYS
    assert answer["id"].startswith("ans_")
    assert (answer["question"], answer["understood_as"]) == (date_question, date_question)
    assert answer["status"] == "answered"
    assert answer["answer"].startswith(f"{first_sentence} [1]")
    assert 0.2 < answer["confidence"] <= 1
    assert answer["timings_ms"].keys() == {"search", "read", "cite"}
    assert all(taken >= 0 for taken in answer["timings_ms"].values())
    for sentence in answer["sentences"]:
        assert sentence.keys() == SENTENCE_KEYS
        assert sentence["supported"] is True
        assert 0 <= sentence["support"] <= 1
    for citation in answer["citations"]:
        assert citation.keys() == CITATION_KEYS
    first = answer["citations"][0]
    assert (first["marker"], first["page"], first["section"], first["media_type"]) == (1, None, [], "text/plain")
    assert (first["start"], first["end"], first["quote"]) == (0, len(first_sentence), first_sentence)
    assert first["uri"] == sample_document.as_uri()
    assert first["language"] == "en"
    assert first["title"] == "Central foreign affairs work conference"
    query = urlencode({"collection": "default", "start": 0, "end": len(first_sentence), "quote": first_sentence[:300]})
    assert first["url"] == f"/view/{first['document_id']}?{query}#cited"
    assert 1 <= len(answer["hits"]) <= 5
    for hit in answer["hits"]:
        assert hit.keys() == HIT_KEYS


def test_the_answer_names_the_reader_and_the_reader_may_be_asked_for_by_name(ask, date_question):
    answer = ask(date_question)
    again = ask(date_question, model=answer["model"])
    assert again["model"] == answer["model"] != ""
    assert again["citations"] == answer["citations"]


def test_quotes_and_hits_are_the_stored_text_at_their_offsets(ask, stored_text, date_question):
    answer = ask(date_question)
    for citation in answer["citations"]:
        assert stored_text(citation)[citation["start"] : citation["end"]] == citation["quote"]
    for hit in answer["hits"]:
        assert stored_text(hit)[hit["start"] : hit["end"]] == hit["text"]


def test_markers_in_the_text_count_from_one_and_have_citations(ask, date_question):
    answer = ask(date_question)
    markers = [marker for sentence in answer["sentences"] for marker in sentence["markers"]]
    assert markers == [citation["marker"] for citation in answer["citations"]] == list(range(1, len(markers) + 1))
    assert answer["answer"] == " ".join(f"{s['text']} [{s['markers'][0]}]" for s in answer["sentences"])


def test_a_refusal_is_a_plain_answer_without_text(ask, off_topic_question):
    answer = ask(off_topic_question)
    assert answer.keys() == ANSWER_KEYS
    assert (answer["status"], answer["answer"], answer["sentences"], answer["citations"]) == ("not_found", "", [], [])
    assert answer["answer_span"] is None
    assert answer["hits"] != []


def test_a_follow_up_is_understood_from_the_history(ask, date_question, first_sentence):
    history = [
        {"role": "user", "content": date_question},
        {"role": "assistant", "content": "It was held from December 27th to 28th."},
    ]
    answer = ask("And where was it held?", history=history)
    assert answer["question"] == "And where was it held?"
    assert answer["understood_as"] == "And where was the Central Foreign Affairs Work Conference held?"
    assert answer["citations"][0]["quote"] == first_sentence


def test_top_k_limits_the_hits(ask, date_question):
    assert [len(ask(date_question, top_k=k)["hits"]) for k in (1, 2)] == [1, 2]


@pytest.mark.parametrize("which", ["date_question", "off_topic_question"])
def test_a_stream_gives_its_events_in_order_and_folds_to_the_plain_answer(client, ask, events_of, which, request):
    question = request.getfixturevalue(which)
    with client.stream("POST", "/v1/ask", json={"question": question, "stream": True}) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        events = [(name, data) for name, data in events_of(response) if name != "ping"]
    names = [name for name, _ in events]
    done = events[-1][1]
    expected = ["start"]
    for sentence in done["sentences"]:
        expected += ["token"] * len(sentence["text"].split(" ")) + ["sentence", "citation"]
    assert names == [*expected, "done"]

    start = events[0][1]
    assert start == {"id": done["id"], "understood_as": done["understood_as"], "hits": done["hits"]}
    assert "".join(data["text"] for name, data in events if name == "token") == " ".join(
        sentence["text"] for sentence in done["sentences"]
    )
    assert [data for name, data in events if name == "sentence"] == [
        {"index": i, **sentence} for i, sentence in enumerate(done["sentences"])
    ]
    assert [data for name, data in events if name == "citation"] == done["citations"]
    differing = {"id", "timings_ms"}
    plain = ask(question)
    assert {k: v for k, v in done.items() if k not in differing} == {
        k: v for k, v in plain.items() if k not in differing
    }


def test_an_error_before_the_first_event_of_a_stream_is_a_plain_problem(client, assert_problem):
    question = {"question": "Why?", "collection": "nowhere", "stream": True}
    assert_problem(client.post("/v1/ask", json=question), 404, "not_found", ["nowhere"])


def test_a_client_that_drops_its_stream_does_not_disturb_the_next(client, server, ask, date_question, first_sentence):
    for _ in range(5):
        with (
            httpx.Client(base_url=server, timeout=60) as other,
            other.stream("POST", "/v1/ask", json={"question": date_question, "stream": True}) as response,
        ):
            next(response.iter_bytes())
    assert client.get("/healthz").json() == {"status": "ok"}
    assert ask(date_question)["citations"][0]["quote"] == first_sentence


def test_twenty_questions_at_once_are_all_answered_right(client, date_question, off_topic_question, first_sentence):
    def post(question: str) -> dict:
        return client.post("/v1/ask", json={"question": question}).raise_for_status().json()

    questions = [date_question, off_topic_question] * 10
    with ThreadPoolExecutor(max_workers=20) as pool:
        answers = list(pool.map(post, questions))
    assert [answer["question"] for answer in answers] == questions
    assert [answer["status"] for answer in answers] == ["answered", "not_found"] * 10
    assert {answer["citations"][0]["quote"] for answer in answers[::2]} == {first_sentence}
    assert len({answer["id"] for answer in answers}) == 20


def test_search_gives_the_hits_best_first_and_no_answer(client, stored_text, date_question, first_sentence):
    found = client.post("/v1/search", json={"question": date_question, "top_k": 2}).json()
    assert found.keys() == {"hits"}
    assert len(found["hits"]) == 2
    assert found["hits"][0]["score"] >= found["hits"][1]["score"]
    assert first_sentence in found["hits"][0]["text"]
    for hit in found["hits"]:
        assert hit.keys() == HIT_KEYS
        assert stored_text(hit)[hit["start"] : hit["end"]] == hit["text"]


def test_search_understands_a_follow_up_too(client, date_question, first_sentence):
    history = [{"role": "user", "content": date_question}]
    request = {"question": "Where was it held?", "history": history, "top_k": 1}
    assert first_sentence in client.post("/v1/search", json=request).json()["hits"][0]["text"]
