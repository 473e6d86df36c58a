"""Whatever the dialect, a question is kept with its history and who asked, unless it says that it must not be."""

import pytest

from core.types import Turn
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.records import Wanted

BEFORE = "What is the sample about?"
SAID = "A conference."
USER = "ann@example.org"
HISTORY = [{"role": "user", "content": BEFORE}, {"role": "assistant", "content": SAID}]


def messages(question):
    return {"model": "footnoted/default", "messages": [*HISTORY, {"role": "user", "content": question}]}


def parts(question):
    turns = [*HISTORY, {"role": "user", "content": question}]
    told = [
        {"id": str(i), "role": t["role"], "parts": [{"type": "text", "text": t["content"]}]}
        for i, t in enumerate(turns)
    ]
    return {"messages": told, "user": USER}


BODIES = {
    "/v1/ask": lambda question: {"question": question, "history": HISTORY, "user": USER},
    "/v1/chat/completions": lambda question: {**messages(question), "user": USER},
    "/v1/responses": lambda question: {
        "model": "footnoted/default",
        "input": messages(question)["messages"],
        "user": USER,
    },
    "/v1/messages": lambda question: {**messages(question), "max_tokens": 100, "metadata": {"user_id": USER}},
    "/v1/ui-messages": parts,
}


@pytest.fixture(scope="module")
def folder(open_engine, sample_document, tmp_path_factory):
    made = tmp_path_factory.mktemp("kept") / "data"
    open_engine(made).ingest([sample_document])
    return made


@pytest.mark.parametrize("address", BODIES)
def test_a_question_is_kept_unless_it_must_not_be(in_process, folder, address):
    hidden, kept = f"Where was it held, said to {address}?", f"When was it held, said to {address}?"
    with in_process(folder) as client:
        for question, store in ((hidden, False), (kept, True)):
            reply = client.post(address, json={**BODIES[address](question), "store": store})
            assert reply.status_code == 200, reply.text
    log = QuestionLog(folder)  # the service has written what was waiting before it stopped
    found = {one.question: one for one in log.questions(Wanted())}
    log.close()
    assert hidden not in found
    assert found[kept].history == (Turn("user", BEFORE), Turn("assistant", SAID))
    assert found[kept].collection == "default"
    assert found[kept].person == PersonKey(folder).hashed(USER)
