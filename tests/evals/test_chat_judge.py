import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llm_servers.chat_server import Failure

from core.errors import InvalidRequest
from core.types import AnswerStatus
from evals.chat_judge import Correct, Grounded, agreement, judge_rows
from evals.metrics.cohen_kappa import cohen_kappa
from evals.reply_json import object_in
from evals.rows import Outcome, Row
from evals.sets.types import Evidence, Question
from service.writing.chat_model import ChatModel, Tokens, open_chat_model


def verdict_of(correct, grounded="yes"):
    return json.dumps({"reason": "So it is.", "correct": correct, "grounded": grounded})


@pytest.fixture
def make_row(make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome. It rained.")

    def make(name, *, right=True, answerable=True, answered=True):
        status = AnswerStatus.ANSWERED if answered else AnswerStatus.NOT_FOUND
        given_answer = make_answer(source, citations=[(0, 20)] if answered else [], status=status)
        question = Question(
            name, f"Where was {name}?", answerable,
            ("Rome",) if answerable else (), (Evidence("a.txt", "in Rome"),) if answerable else (),
        )  # fmt: skip
        return Row(
            question, given_answer, None, 1.0,
            citation_pieces=((0,) if right else (),), token_f1=float(right) if answerable else None,
        )  # fmt: skip

    return make


@pytest.fixture
def open_judge(start_chat):
    def open_one(*answers):
        server = start_chat(*answers)
        opened = open_chat_model("openai:gpt-4o-mini", server.url)
        return ChatModel(opened.name, opened._model, sleep=lambda _: None), server

    return open_one


def judged(model, rows, jobs=3):
    steps = []
    verdicts = judge_rows(model, rows, jobs, steps.append)
    assert sum(steps) == len(verdicts)
    return verdicts


def test_only_given_answers_are_judged_and_in_the_order_of_the_rows(open_judge, make_row):
    rows = [make_row(str(n), answered=n != 2) for n in range(9)]
    model, server = open_judge(lambda body: verdict_of("no" if "Where was 5?" in str(body) else "yes"))
    verdicts = judged(model, rows)
    assert [v.id for v in verdicts] == ["0", "1", "3", "4", "5", "6", "7", "8"]
    assert [v.correct for v in verdicts if v.id == "5"] == [Correct.NO]
    assert {v.correct for v in verdicts if v.id != "5"} == {Correct.YES}
    assert len(server.requests) == 8
    assert verdicts[0].tokens == Tokens(100, 7)


def test_the_judge_gets_question_references_answer_and_quotes(open_judge, make_row):
    model, server = open_judge(verdict_of("yes"))
    judged(model, [make_row("it"), make_row("nothing", answerable=False)], jobs=1)
    assert server.users() == [
        {
            "question": "Where was it?",
            "reference_answers": ["Rome"],
            "answer": "It was held in Rome. [1]",
            "quotes": ["It was held in Rome."],
        },
        {
            "question": "Where was nothing?",
            "the_documents_have_no_answer": True,
            "answer": "It was held in Rome. [1]",
            "quotes": ["It was held in Rome."],
        },
    ]


@pytest.mark.parametrize(
    "reply",
    [
        "```json\n" + verdict_of("partly", "no") + "\n```",
        "Let me see {first}. " + verdict_of("Partly", "NO") + " That is all.",
    ],
)
def test_json_is_found_in_what_surrounds_it(open_judge, make_row, reply):
    model, _ = open_judge(reply)
    (verdict,) = judged(model, [make_row("it")])
    assert (verdict.correct, verdict.grounded) == (Correct.PARTLY, Grounded.NO)
    assert verdict.reply is None


@pytest.mark.parametrize(
    "reply", ["Fine by me.", '{"correct": "yes", "groun', verdict_of("maybe"), verdict_of(["yes"])]
)
def test_what_cannot_be_read_is_cannot_tell_and_kept(open_judge, make_row, reply):
    model, _ = open_judge(reply)
    (verdict,) = judged(model, [make_row("it")])
    assert verdict.correct is Correct.CANNOT_TELL
    assert verdict.reply == reply


def test_a_first_failure_ends_it_and_a_later_one_is_told(open_judge, make_row):
    model, _ = open_judge(Failure(401))
    with pytest.raises(InvalidRequest):
        judged(model, [make_row("a"), make_row("b")])
    model, _ = open_judge(lambda body: Failure(400) if "Where was b?" in str(body) else verdict_of("yes"))
    first, second, third = judged(model, [make_row("a"), make_row("b"), make_row("c")])
    assert (first.error, third.error) == (None, None)
    assert "scripted 400" in (second.error or "")
    assert second.correct is Correct.CANNOT_TELL


def test_agreement_with_the_exact_rule(open_judge, make_row):
    opinions = {"a": "yes", "b": "partly", "c": "no", "d": "no", "e": "yes", "f": "cannot_tell"}
    rows = [make_row(n, right=n in "abc", answerable=n != "e") for n in opinions]
    model, _ = open_judge(
        lambda body: next(verdict_of(said) for name, said in opinions.items() if f"Where was {name}?" in str(body))
    )
    agreed = agreement(judged(model, rows))
    # right by both: a, b; wrong by both: d; c is right and judged no; e has no answer and is judged yes
    assert (agreed.questions, agreed.same) == (5, 3)
    assert [(v.id, v.exact) for v in agreed.disagreements] == [("c", Outcome.RIGHT), ("e", Outcome.WRONG)]
    # 3 of 5 say yes on either side: chance agreement 0.36 + 0.16
    assert agreed.kappa == pytest.approx((0.6 - 0.52) / (1 - 0.52))
    assert agreed.caution is not None
    assert "Only 5" in agreed.caution


def test_nothing_to_compare_is_no_agreement():
    agreed = agreement([])
    assert (agreed.raw, agreed.kappa) == (None, None)


def test_kappa_by_hand():
    assert cohen_kappa([True, False], [True, False]) == 1
    assert cohen_kappa([True, False], [False, True]) == -1
    assert cohen_kappa([True, True, False, False], [True, False, True, False]) == 0
    assert cohen_kappa([True, True], [True, True]) is None
    assert cohen_kappa([], []) is None


@given(st.text(), st.dictionaries(st.text(), st.integers() | st.text()), st.text())
def test_an_object_is_found_whatever_stands_behind_it(before, fields, after):
    wanted = {**fields, "correct": "yes"}
    plain = before.replace("{", "")
    assert object_in(plain + json.dumps(wanted) + after, "correct") == wanted
    assert object_in(plain, "correct") is None
