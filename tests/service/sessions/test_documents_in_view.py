"""Stored answers of a chat model: its words may be from any document whose passages it had before it."""

import pytest
from llm_servers.chat_server import serving_chat

from index.marks import MarksChange
from service.sessions.access import may_read
from service.sessions.records import KeptTurn, StoredTurn, readable

OPEN = "The Halden Tower was designed by Ingrid Solberg. It stands in the harbour."
SECRET = "The Halden Tower will be sold to Moldenhauer for nine million euros."
QUOTED = "The Halden Tower was designed by Ingrid Solberg."
LEAK = "Moldenhauer buys the tower for seven million euros."  # another sum: no source, no citation
QUESTION = "Who designed the Halden Tower?"


@pytest.fixture
def server(in_process, tmp_path, monkeypatch):
    """A client of a server whose chat model tells more than it can cite, with an open and a secret document, and the
    address of a session in which it was asked by somebody who may find both."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-these-tests")
    sources = tmp_path / "sources"
    sources.mkdir()
    (sources / "open.txt").write_text(OPEN, encoding="utf-8")
    (sources / "secret.txt").write_text(SECRET, encoding="utf-8")
    with serving_chat(lambda body: f"{QUOTED} {LEAK}") as chat:
        model = {"name": "openai:scripted", "base_url": chat.url, "policy": "mark"}
        with in_process(tmp_path / "data", model=model) as client:
            engine = client.app.state.service.engine
            assert engine.ingest([sources]).added == 2
            secret = next(row.id for row in engine.documents() if row.uri.endswith("secret.txt"))
            engine.change_marks(secret, MarksChange(labels=frozenset({"board"})))
            session_id = client.post("/v1/sessions").json()["id"]
            operator = {"authorization": f"Bearer {client.app.state.service.operator.token}"}
            body = {"question": QUESTION, "session_id": session_id}
            answer = client.post("/v1/ask", json=body, headers=operator).json()
            assert LEAK in answer["answer"]
            assert secret not in str(answer["citations"])
            yield client, f"/v1/sessions/{session_id}", operator, secret


def test_what_was_written_with_a_labelled_document_in_view_is_for_who_may_find_it(server):
    client, address, operator, secret = server
    shown = client.get(address)
    (turn,) = shown.json()["turns"]
    assert (turn["withheld"], turn["answer"], turn["citations"]) == (True, "", [])
    assert "Moldenhauer" not in shown.text
    assert secret not in shown.text
    (turn,) = client.get(address, headers=operator).json()["turns"]
    assert (turn["withheld"], LEAK in turn["answer"]) == (False, True)


def test_it_is_no_part_of_a_strangers_history(server):
    client, address, *_ = server
    state = client.app.state.service
    for labels, length in ((frozenset(), 1), (frozenset({"board"}), 2)):
        history = state.sessions.history(address.rpartition("/")[2], may_read(state.engine.store.catalog, labels))
        assert len(history) == length


def test_it_is_erased_with_the_document(server, tmp_path):
    client, address, operator, secret = server
    assert client.delete(f"/v1/documents/{secret}", headers=operator).status_code == 204
    (turn,) = client.get(address, headers=operator).json()["turns"]
    assert (turn["withheld"], turn["answer"]) == (True, "")
    kept = b"".join(file.read_bytes() for file in (tmp_path / "data").glob("sessions.db*"))
    assert b"Moldenhauer" not in kept
    assert secret.encode() not in kept


def turn(question, answer, understood_as=None, cited=(), in_view=()):
    citations = [{"document_id": document, "quote": ""} for document in cited]
    said = StoredTurn("a", "now", "default", question, understood_as or question, "answered", answer, citations)
    return KeptTurn(1, "s", said, frozenset(in_view))


BUYER = turn("Who buys the tower?", "Moldenhauer buys it.", cited=["secret"])


@pytest.mark.parametrize(
    ("understood_as", "in_view", "is_withheld"),
    [
        ("When was Moldenhauer born?", ["open"], True),  # a word of the withheld answer went to the model
        ("When was he born (Who buys the tower?)?", ["open"], False),  # words of the question only
        ("When was Moldenhauer born?", [], False),  # the reader quotes, whatever it is asked
    ],
)
def test_an_answer_that_may_repeat_a_withheld_one_is_withheld_too(understood_as, in_view, is_withheld):
    follow_up = turn("When was he born?", "In 1980.", understood_as, in_view=in_view)
    _, second = readable([BUYER, follow_up], lambda collection, document: document != "secret")
    assert second.withheld is is_withheld
    assert second.understood_as == "When was he born?"
    assert second.answer == ("" if is_withheld else "In 1980.")
