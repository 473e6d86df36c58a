"""Ratings as cases of a question set: by hand-made questions, and from a real log to a real evaluation."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest
from core.types import AnswerStatus, Citation, DocumentRef, Turn
from evals import cli
from evals.from_feedback import added_to, case_of
from evals.sets.load import load_set
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Feedback, NearDocument, Rating, Reason, asked_question

QUOTE = "Parents get 14 weeks of leave."
CITATION = Citation(
    1, DocumentRef("d1", "file:///docs/hand%20book.md", "Handbook", "text/markdown"), 2, (), 0, 30, QUOTE, 1
)
ANSWERED = AskedQuestion(
    answer_id="ans_1",
    asked_at="2026-11-20T10:00:00.000+00:00",
    collection="default",
    question="And how long is it?",
    understood_as="And how long is parental leave?",
    history=(Turn("user", "Is there parental leave?"), Turn("assistant", "Yes.")),
    status=AnswerStatus.ANSWERED,
    confidence=0.8,
    answer=f"{QUOTE} [1]",
    answer_words="14 weeks",
    citations=(CITATION,),
    hits=(NearDocument("d1", "Handbook", "upload:handbook.md", 0.9),),
    model="reader",
    person=None,
)
REFUSED = replace(ANSWERED, status=AnswerStatus.NOT_FOUND, answer="", answer_words=None, citations=())


def rated(question: AskedQuestion, *given: tuple) -> AskedQuestion:
    """With feedback as (rating, reason, comment)."""
    feedback = []
    for i, (rating, *more) in enumerate(given):
        reason, comment = (*more, None, None)[:2]
        feedback.append(Feedback(rating, reason, comment, f"p{i}", "2026-11-20T10:01:00.000+00:00"))
    return replace(question, feedback=tuple(feedback))


def found(evidence) -> None:
    """All evidence is where it was."""
    return


def lost(evidence) -> str:
    return f"{evidence.document} is not among the ingested documents"


UP, DOWN = Rating.UP, Rating.DOWN


def test_a_thumb_up_gives_the_cited_evidence_and_the_answer_words():
    assert case_of(rated(ANSWERED, (UP,)), found) == {
        "id": "ans_1",
        "question": "And how long is it?",
        "history": [{"question": "Is there parental leave?", "answer": "Yes."}],
        "answerable": True,
        "answers": ["14 weeks"],
        "evidence": [{"document": "hand book.md", "quote": QUOTE}],
        "kind": "thumbs-up",
        "answer_id": "ans_1",
    }


@pytest.mark.parametrize(
    ("question", "given"),
    [(ANSWERED, (DOWN, Reason.SHOULD_NOT_HAVE_ANSWERED)), (REFUSED, (UP,))],
)
def test_what_should_not_be_answered_is_not_answerable(question, given):
    case = case_of(rated(question, given), found)
    assert (case["answerable"], case["answers"], case["evidence"]) == (False, [], [])
    assert "review" not in case


@pytest.mark.parametrize(
    ("question", "given", "told", "comment"),
    [
        (
            ANSWERED,
            [(DOWN, Reason.WRONG, "It is 16.")],
            found,
            [QUOTE, "hand book.md", "Rated down (wrong): It is 16."],
        ),
        (ANSWERED, [(DOWN,)], found, ["Rated down"]),
        (REFUSED, [(DOWN, Reason.SHOULD_HAVE_ANSWERED)], found, ["do not say", "Nearest documents: handbook.md"]),
        (ANSWERED, [(UP,), (DOWN,)], found, ["People disagree."]),
        (ANSWERED, [(DOWN, Reason.SHOULD_NOT_HAVE_ANSWERED), (DOWN, Reason.WRONG)], found, ["Rated down (wrong)"]),
        (ANSWERED, [(UP,)], lost, ["hand book.md is not among the ingested documents"]),
    ],
)
def test_what_is_not_known_is_left_to_the_owner_with_what_was_answered_and_said(question, given, told, comment):
    case = case_of(rated(question, *given), told)
    assert (case["answerable"], case["answers"], case["evidence"], case["review"]) == (None, [], [], True)
    assert all(words in case["comment"] for words in comment)


def test_the_conversation_is_written_as_the_format_wants_it():
    turns = (
        Turn("assistant", "Hello!"),
        Turn("user", "Is there leave?"),
        Turn("user", "Parental leave?"),
        Turn("assistant", "  "),
    )
    case = case_of(rated(replace(ANSWERED, history=turns), (UP,)), found)
    assert case["history"] == [
        {"question": "Is there leave?", "answer": "(none)"},
        {"question": "Parental leave?", "answer": "(none)"},
    ]
    assert "history" not in case_of(rated(replace(ANSWERED, history=()), (UP,)), found)


def test_cases_are_added_once_and_hand_edits_stay_byte_for_byte():
    cases = [case_of(rated(replace(ANSWERED, answer_id=f"ans_{i}"), (UP,)), found) for i in (1, 2, 3)]
    by_hand = (
        '\ufeff{"id": "leave-1",  "question": "How long?", "answer_id": "ans_1"}\r\n\n{"id": "ans_2", "question": "?"}'
    )
    text, added = added_to(by_hand, cases, Path("cases.jsonl"))
    assert [case["id"] for case in added] == ["ans_3"]
    assert text == f"{by_hand}\n{json.dumps(cases[2], ensure_ascii=False)}\n"
    assert added_to(text, cases, Path("cases.jsonl")) == (text, [])


def test_a_file_that_is_no_set_is_left_alone():
    with pytest.raises(InvalidRequest, match="line 2"):
        added_to('{"id": "1"}\nnot JSON\n', [], Path("cases.jsonl"))


# From a real log


@pytest.fixture(scope="module")
def world(tmp_path_factory, open_engine, sample_document) -> Path:
    """A data folder with the sample and three rated questions."""
    folder = tmp_path_factory.mktemp("feedback") / "data"
    engine = open_engine(folder)
    engine.ingest([sample_document])
    log = QuestionLog(folder)
    history = (Turn("user", "Who delivered an important speech?"), Turn("assistant", "Xi Jinping."))
    for question, before, given in (
        ("When was the Central Foreign Affairs Work Conference held?", (), (UP, None, None)),
        ("Which other officials joined him?", history, (DOWN, Reason.INCOMPLETE, "Where are the others?")),
        ("How do I reset my router password?", (), (UP, None, None)),
    ):
        answer = engine.ask(question, history=before)
        log.put(asked_question(answer, "default", before, None))
        log.rate(answer.id, Feedback(*given, None, "2026-11-20T10:00:00.000+00:00"))
    log.put(asked_question(engine.ask("Which hotel hosted the delegates?"), "default", (), None))
    log.close()
    return folder


@pytest.fixture
def invoke(reader_name):
    def run(*arguments: object):
        return CliRunner().invoke(cli.app, [*map(str, arguments)], env={"FOOTNOTED_ANSWER__READER": reader_name})

    return run


@pytest.mark.slow
def test_the_file_is_a_set_that_is_evaluated_as_it_is(world, invoke, tmp_path, footnoted):
    output = tmp_path / "cases.jsonl"
    result = invoke("from-feedback", "--output", output, "--data-dir", world)
    assert result.exit_code == 0, result.output
    assert "3 cases added, 0 were there" in result.stdout
    assert "1 of them need an expected answer" in result.stdout
    first, second, third = load_set(output, with_documents=False).questions
    assert (first.answerable, first.evidence[0].document) == (True, "central-foreign-affairs-work-conference.txt")
    assert first.answers == ("December 27th to 28th",)
    assert (second.answerable, second.evidence, [turn.role for turn in second.history]) == (
        None, (), ["user", "assistant"],
    )  # fmt: skip
    assert third.answerable is False

    ran = footnoted("eval", "run", output, "--collection", "default", "--json", FOOTNOTED_DATA_DIR=str(world))
    assert ran.returncode == 0, ran.stderr
    summary = json.loads(ran.stdout)
    assert (summary["asked"], summary["answered"], summary["refused"]) == (3, 2, 1)

    again = invoke("from-feedback", "--output", output, "--data-dir", world)
    assert "0 cases added, 3 were there" in again.stdout
    assert len(output.read_text(encoding="utf-8").splitlines()) == 3


@pytest.mark.parametrize(
    ("options", "count"), [(["--rating", "down"], 1), (["--since", "2100-01-01"], 0), (["--collection", "other"], 0)]
)
def test_only_what_is_asked_for_is_taken(world, invoke, tmp_path, options, count):
    output = tmp_path / "cases.jsonl"
    result = invoke("from-feedback", "--output", output, "--data-dir", world, *options)
    assert result.exit_code == 0, result.output
    assert f"{count} cases added" in result.stdout
    assert output.exists() is bool(count)
