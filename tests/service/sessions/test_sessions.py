"""Conversations that the server keeps."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import NotFound, NotReady
from index.marks import MarksChange
from service.access.principal import NOBODY
from service.backup.restoring import restore
from service.backup.writing import write_backup
from service.questions.person import PersonKey
from service.sessions.access import may_read
from service.sessions.store import Sessions
from tests.faults.worker import open_store


def anything(collection, document_id):
    return True


@pytest.fixture
def session(in_process, tmp_path, sample_document):
    """A client of a server with the sample, and the address of a new session."""
    with in_process(tmp_path, limits={"queue_s": 60}) as client:  # six questions at once are to be answered
        client.app.state.service.engine.ingest([sample_document])
        yield client, client.post("/v1/sessions").json()["id"]


def stored(folder):
    """The bytes of the database and of what lies beside it."""
    return b"".join(file.read_bytes() for file in folder.rglob("sessions.db*"))


def asked(client, session_id, question, **more):
    reply = client.post("/v1/ask", json={"question": question, "session_id": session_id, **more})
    assert reply.status_code == 200, reply.text
    return reply.json()


def test_a_session_stands_for_the_history(session, date_question, first_sentence):
    client, session_id = session
    first = asked(client, session_id, date_question)
    second = asked(client, session_id, "And where was it held?")
    assert second["understood_as"] == "And where was the Central Foreign Affairs Work Conference held?"
    assert first_sentence in second["answer"]
    kept = client.get(f"/v1/sessions/{session_id}").json()["turns"]
    assert [turn["answer_id"] for turn in kept] == [first["id"], second["id"]]
    assert [turn["question"] for turn in kept] == [date_question, "And where was it held?"]
    assert kept[0]["citations"] == first["citations"]
    hits = client.post("/v1/search", json={"question": "Who spoke there?", "session_id": session_id}).json()["hits"]
    assert hits
    assert len(client.get(f"/v1/sessions/{session_id}").json()["turns"]) == 2  # a search is no turn


def test_a_stream_is_kept_too(session, date_question):
    client, session_id = session
    with client.stream(
        "POST", "/v1/ask", json={"question": date_question, "session_id": session_id, "stream": True}
    ) as reply:
        assert "event: done" in "".join(reply.iter_text())
    assert len(client.get(f"/v1/sessions/{session_id}").json()["turns"]) == 1


def test_questions_at_the_same_time_lose_no_turn(session, date_question):
    client, session_id = session
    with ThreadPoolExecutor(6) as pool:
        ids = set(pool.map(lambda i: asked(client, session_id, f"{date_question} {i}")["id"], range(6)))
    kept = client.get(f"/v1/sessions/{session_id}").json()["turns"]
    assert {turn["answer_id"] for turn in kept} == ids
    assert len(kept) == 6


def test_a_session_is_there_after_a_restart(in_process, tmp_path, sample_document, date_question):
    with in_process(tmp_path) as client:
        client.app.state.service.engine.ingest([sample_document])
        session_id = client.post("/v1/sessions").json()["id"]
        asked(client, session_id, date_question)
    with in_process(tmp_path) as client:
        assert asked(client, session_id, "Where was it held?")["understood_as"].startswith("Where was the Central")


def test_ids_cannot_be_guessed_and_what_is_deleted_is_gone(session, date_question):
    client, session_id = session
    others = {client.post("/v1/sessions").json()["id"] for _ in range(20)}
    assert len(others | {session_id}) == 21
    assert all(len(one) > 30 for one in others)
    asked(client, session_id, date_question)
    assert client.delete(f"/v1/sessions/{session_id}").status_code == 204
    assert client.get(f"/v1/sessions/{session_id}").status_code == 404
    assert client.post("/v1/ask", json={"question": "Where?", "session_id": session_id}).status_code == 404
    assert client.delete(f"/v1/sessions/{session_id}").status_code == 404


def test_a_history_and_a_session_together_are_refused(session):
    client, session_id = session
    history = [{"role": "user", "content": "When?"}]
    reply = client.post("/v1/ask", json={"question": "Where?", "session_id": session_id, "history": history})
    assert reply.status_code == 422


def test_a_session_is_there_for_who_began_it_alone_and_its_owner_goes_with_it(tmp_path):
    sessions = Sessions(tmp_path, 30, PersonKey(tmp_path))
    mine, nobodys = sessions.create("key_ann"), sessions.create()
    assert sessions.get(nobodys.id, anything, "key_bob").id == nobodys.id
    for caller in ("key_ann", None):  # None has the data folder
        assert sessions.get(mine.id, anything, caller).id == mine.id
        assert sessions.history(mine.id, anything, caller) == ()
    for caller in ("key_bob", NOBODY.id):
        with pytest.raises(NotFound) as made_up:
            sessions.get("ses_x", anything, caller)
        for call in (sessions.get, sessions.history, lambda session_id, _, caller: sessions.delete(session_id, caller)):
            with pytest.raises(NotFound) as foreign:
                call(mine.id, anything, caller)
            assert str(foreign.value) == str(made_up.value)
    with closing(sqlite3.connect(tmp_path / "sessions.db")) as database:
        assert database.execute("SELECT owner FROM session_owners").fetchall() == [("key_ann",)]
        sessions.delete(mine.id, "key_ann")
        assert database.execute("SELECT owner FROM session_owners").fetchall() == []
    sessions.close()


def test_the_owner_comes_back_from_a_backup_with_the_session(tmp_path):
    data, new = tmp_path / "data", tmp_path / "new"
    open_store(data).close()
    with closing(Sessions(data, 30, PersonKey(data))) as sessions:
        mine = sessions.create("key_ann")
    write_backup(data, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", new)
    with closing(Sessions(new, 30, PersonKey(new))) as sessions:
        assert sessions.get(mine.id, anything, "key_ann").id == mine.id
        with pytest.raises(NotFound):
            sessions.get(mine.id, anything)


def test_a_person_can_be_erased(session, date_question, tmp_path):
    client, session_id = session
    asked(client, session_id, date_question, user="ann")
    other = client.post("/v1/sessions").json()["id"]
    asked(client, other, date_question, user="bob")
    sessions = client.app.state.service.sessions
    assert sessions.erase_person("ann") == 1
    assert client.get(f"/v1/sessions/{session_id}").status_code == 404
    assert client.get(f"/v1/sessions/{other}").status_code == 200
    assert sessions.erase_all() == 1
    assert b"Central Foreign" not in stored(tmp_path)


def test_old_sessions_are_forgotten_to_the_last_byte(tmp_path, sample_engine, date_question):
    present = datetime.now(UTC)
    sessions = Sessions(tmp_path, 30, PersonKey(tmp_path), lambda: present)
    old = sessions.create()
    list(sessions.recording(sample_engine.ask_events(date_question), old.id, "default"))
    assert b"Central Foreign" in stored(tmp_path)
    present += timedelta(days=31)
    new = sessions.create()
    sessions.forget_old()
    assert b"Central Foreign" not in stored(tmp_path)
    assert sessions.get(new.id, anything).id == new.id
    present -= timedelta(days=31)  # it is gone, not only too old to be shown
    with pytest.raises(NotFound):
        sessions.get(old.id, anything)
    sessions.close()


def test_a_reader_in_the_way_is_told_and_erasing_once_more_empties_the_log(tmp_path, sample_engine, date_question):
    sessions = Sessions(tmp_path, 30, PersonKey(tmp_path))
    session = sessions.create()
    list(sessions.recording(sample_engine.ask_events(date_question), session.id, "default"))
    with closing(sqlite3.connect(tmp_path / "sessions.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM turns").fetchall()
        with pytest.raises(NotReady) as caught:
            sessions.delete(session.id)
        assert "questions" not in str(caught.value)  # it is a session that was erased
    with pytest.raises(NotFound):
        sessions.get(session.id, anything)
    assert b"Central Foreign" in stored(tmp_path)
    assert sessions.erase_all() == 0
    assert b"Central Foreign" not in stored(tmp_path)
    sessions.close()


def test_a_question_that_is_kept_out_of_the_log_is_in_its_session(session, date_question):
    client, session_id = session
    answer = asked(client, session_id, date_question, store=False)
    assert [turn["answer_id"] for turn in client.get(f"/v1/sessions/{session_id}").json()["turns"]] == [answer["id"]]
    assert client.post("/v1/feedback", json={"answer_id": answer["id"], "rating": "up"}).status_code == 404


def test_a_server_that_keeps_none_says_so(in_process, tmp_path):
    with in_process(tmp_path, conversation={"keep_days": 0}) as client:
        assert client.post("/v1/sessions").status_code == 409


FOLLOW_UP = "And where was it held?"


def turns_of(client, session_id, **headers):
    reply = client.get(f"/v1/sessions/{session_id}", headers=headers)
    assert reply.status_code == 200, reply.text
    return reply.json()["turns"]


def test_answers_from_a_labelled_document_are_for_who_may_find_it(session, date_question, first_sentence):
    client, session_id = session
    operator = {"authorization": f"Bearer {client.app.state.service.operator.token}"}
    (document,) = client.get("/v1/documents").json()["documents"]
    answer = asked(client, session_id, date_question)
    client.app.state.service.engine.change_marks(document["id"], MarksChange(labels=frozenset({"board"})))
    (stranger,) = turns_of(client, session_id)
    assert (stranger["withheld"], stranger["answer"], stranger["citations"]) == (True, "", [])
    assert first_sentence not in client.get(f"/v1/sessions/{session_id}").text
    (own,) = turns_of(client, session_id, **operator)
    assert (own["withheld"], own["answer"]) == (False, answer["answer"])
    state = client.app.state.service
    told = [
        state.sessions.history(session_id, may_read(state.engine.store.catalog, labels))
        for labels in (frozenset(), frozenset({"board"}))
    ]
    assert [len(one) for one in told] == [1, 2]  # the answer is no part of a stranger's history


def test_a_deleted_document_takes_the_answers_that_cite_it_along(session, date_question, first_sentence, tmp_path):
    client, session_id = session
    asked(client, session_id, date_question)
    follow_up = asked(client, session_id, FOLLOW_UP)
    assert follow_up["understood_as"] != FOLLOW_UP
    (document,) = client.get("/v1/documents").json()["documents"]
    assert client.delete(f"/v1/documents/{document['id']}").status_code == 204
    first, second = turns_of(client, session_id)
    assert (first["question"], first["answer"], first["citations"]) == (date_question, "", [])
    assert first["withheld"] and second["withheld"]
    assert second["understood_as"] == FOLLOW_UP
    assert first_sentence.encode() not in stored(tmp_path)


def test_what_was_deleted_otherwise_is_forgotten_with_the_old(session, date_question, first_sentence, tmp_path):
    client, session_id = session
    asked(client, session_id, date_question)
    state = client.app.state.service
    (document,) = state.engine.documents()
    state.engine.remove([document.id])
    assert turns_of(client, session_id)[0]["withheld"]
    assert first_sentence.encode() in stored(tmp_path)
    state.sessions.forget_documents(may_read(state.engine.store.catalog, None))
    assert first_sentence.encode() not in stored(tmp_path)
    assert turns_of(client, session_id)[0]["withheld"]
