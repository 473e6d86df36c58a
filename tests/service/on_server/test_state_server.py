"""State of the service in a database: what one replica keeps, another reads, and what is forgotten is gone for both."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.errors import IndexBroken, NotFound
from core.types import Answer, AnswerSentence, AnswerStatus, Verdict
from index.place import Place
from service.answer.events import Done
from service.operator import TOKEN_FILE, load_token
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.records import AskedQuestion, Feedback, Rating, Wanted
from service.secret import SECRET_FILE, load_secret, put_secret, read_secret
from service.sessions.store import Sessions
from service.state_databases import SECRETS, STATE_DATABASES
from service.timestamps import timestamp

NOW = datetime.now(UTC)


@pytest.fixture
def machines(postgres_url, tmp_path) -> list[Place]:
    """Two, each with a folder of its own."""
    return [Place(tmp_path / name, postgres_url) for name in ("here", "there")]


def anything(collection, document_id):
    return True


def answer(text: str, **more) -> Answer:
    plain = Answer(
        id=f"ans_{text}",
        question=f"{text}?",
        understood_as=f"{text}?",
        status=AnswerStatus.ANSWERED,
        sentences=(AnswerSentence("It is so.", (), Verdict.SUPPORTED, 1.0),),
        citations=(),
        answer_span=None,
        confidence=0.9,
        model="reader",
        hits=(),
        timings_ms={},
    )
    return replace(plain, **more)


def keep(sessions, session_id, one, user=None):
    assert [*sessions.recording(iter([Done(one)]), session_id, "default", user)] == [Done(one)]


# Secrets


def test_all_machines_have_the_same_secrets(machines):
    here, there = machines
    assert load_secret(here) == load_secret(there) == read_secret(there, SECRET_FILE)
    assert load_token(here) == load_token(there)
    assert PersonKey(here).hashed("ada") == PersonKey(there).hashed(" ada ") != PersonKey(there).hashed("bob")
    assert not any(place.folder.exists() for place in machines)


def test_machines_that_start_together_end_with_one_secret(machines):
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(load_token, machines * 8))) == 1


def test_a_secret_may_be_put_in_the_place_of_another(state_place):
    before = load_secret(state_place)
    put_secret(state_place, SECRET_FILE, b"n" * 32)
    assert load_secret(state_place) == b"n" * 32 != before
    put_secret(state_place, TOKEN_FILE, b"short\n")
    with pytest.raises(IndexBroken, match=r"admin\.token.* fewer than 16"):
        load_token(state_place)
    assert read_secret(state_place, "questions.key") is None


# Conversations


def test_a_conversation_goes_on_at_another_machine_and_is_gone_for_both(machines):
    with ExitStack() as stack:
        here, there = (stack.enter_context(closing(Sessions(one, 30, PersonKey(one)))) for one in machines)
        session = here.create("key_ann")
        keep(here, session.id, answer("first"), "ada")
        keep(there, session.id, answer("second", in_view=("doc_1", "doc_2")), "ada")
        kept = here.get(session.id, anything, "key_ann")
        assert [turn.question for turn in kept.turns] == ["first?", "second?"]
        with pytest.raises(NotFound):
            there.get(session.id, anything, "key_bob")
        assert here.erase_person("ada") == 1
        with pytest.raises(NotFound):
            there.get(session.id, anything, None)


def test_old_conversations_are_forgotten_and_answers_from_documents_that_are_gone(machines):
    here = machines[0]
    present = [NOW]
    with closing(Sessions(here, 30, PersonKey(here), lambda: present[0])) as sessions:
        old = sessions.create()
        present[0] = NOW + timedelta(days=31)
        new = sessions.create()
        keep(sessions, new.id, answer("written", in_view=("doc_gone",)))
        sessions.forget_old()
        with pytest.raises(NotFound):
            sessions.get(old.id, anything)
        [before] = sessions.get(new.id, anything).turns
        assert "It is so." in before.answer
        sessions.forget_documents(lambda collection, document_id: False)
        [after] = sessions.get(new.id, anything).turns
        assert (after.answer, after.withheld) == ("", True)
        assert sessions.erase_all() == 1


# Questions


def question(answer_id: str, **more) -> AskedQuestion:
    plain = AskedQuestion(
        answer_id=answer_id, asked_at=timestamp(NOW), collection="default", question="Where?", understood_as="Where?",
        history=(), status=AnswerStatus.ANSWERED, confidence=0.8, answer="There.", answer_words=None, citations=(),
        hits=(), model="reader", person=None,
    )  # fmt: skip
    return replace(plain, **more)


def test_an_answer_of_one_machine_is_rated_at_another(machines):
    with ExitStack() as stack:
        here, there = (stack.enter_context(closing(QuestionLog(one))) for one in machines)
        assert there.questions(Wanted()) == []
        here.put(question("ans_1", person=here.person("ada")))
        here.put(question("ans_2", status=AnswerStatus.NOT_FOUND, asked_at=timestamp(NOW - timedelta(days=40))))
        given = Feedback(Rating.UP, None, "Good \0 one.", there.person("bob"), timestamp(NOW))
        there.rate("ans_1", replace(given, rating=Rating.DOWN))
        there.rate("ans_1", given)  # in place of it
        [(asked, told)], total = here.feedback(Rating.UP, "default", 10, 0)
        assert (asked.answer_id, told.person, total) == ("ans_1", here.person("bob"), 1)
        assert told.comment == "Good \ufffd one."  # PostgreSQL's text holds no NUL
        assert [one.answer_id for one in there.questions(Wanted(), limit=1, offset=1)] == ["ans_2"]
        assert here.erase_before(timestamp(NOW - timedelta(days=30))) == (1, 0)
        assert here.erase_person("ada") == (1, 1)
        assert there.questions(Wanted()) == []


def test_the_list_of_databases_is_whole(in_process, tmp_path):
    """Who copies all state goes by it: each file that a server makes is in it."""
    with in_process(tmp_path, questions={"keep_days": 30}) as client:
        client.post("/v1/collections", json={"name": "empty"})
        answered = client.post("/v1/ask", json={"question": "Why?", "collection": "empty", "user": "ada"}).json()
        client.post("/v1/feedback", json={"answer_id": answered["id"], "rating": "up"})
        client.post("/v1/sessions")
        client.app.state.service.access.keys.create("one", ["ask"])
        client.app.state.service.sites.add("Docs", "default", [])
        client.post("/v1/documents", files=[("files", ("a.txt", "An otter."))])
        token = client.app.state.service.operator.token
        client.post("/v1/admin/session", json={"token": token})
    made = {path.name for path in tmp_path.glob("*.db")}
    assert made == {"catalog.db", *(one.file for one in STATE_DATABASES)}
    assert {path.name for path in (*tmp_path.glob("*.key"), *tmp_path.glob("*.token"))} == set(SECRETS)
