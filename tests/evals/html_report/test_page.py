"""The page of a run: what it says, for ordinary runs and for those with little in them."""

import html
import re
from dataclasses import replace

import pytest

from core.errors import InvalidRequest, NotReady
from core.types import AnswerStatus
from evals.html_report.page import html_page
from evals.run import Run
from evals.run_folder import RecordedRun
from evals.sets.types import Evidence, Question

WHERE = Question("1", "Where?", True, ("Rome",), (Evidence("a.txt", quote="held in Rome"),), tags=("place",))
WHEN = Question("2", "When?", True, ("in May",), (Evidence("a.txt", quote="in [May]"),))
WHY = Question("3", "Why?", False)
WHO = Question("4", "Who?", True, ("Ann",), kind="synthetic")


@pytest.fixture
def source(make_document):
    return make_document("a.txt", "It was held in Rome.")


@pytest.fixture
def found(make_answer, source):
    return make_answer(source, hits=[(0, 20)], citations=[(0, 20)], span=(15, 19))


@pytest.fixture
def recorded(record, source, found):
    return record([WHERE, WHEN, WHY, WHO], [source], {"Where?": found, "Who?": NotReady("Too much to do.")})


def words(page: str) -> str:
    body = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


def test_what_was_run_is_told(recorded):
    told = words(html_page(recorded))
    assert "24 November 2026, 14:24 UTC" in told
    assert "4 questions 1 answered 2 refused 1 failed" in told
    assert "answer.threshold = 0.4 default: null" in told
    assert "answer.passages" not in told  # it is the default
    assert "SHA-256 of the reader a1b2" in told
    assert "9.8.7" in told


def test_warnings_come_before_the_figures(recorded):
    told = words(html_page(recorded))
    before = told[: told.index(" Figures hit@5")]
    assert "1 question failed and counts as a miss" in before
    assert "4: Too much to do." in before
    assert "1 piece of the set's evidence could not be found" in before
    assert "1 question was made from the documents" in before
    assert "Only 4 questions" in before
    assert "was not finished" not in before


def test_an_unfinished_run_says_so(recorded):
    cut = RecordedRun(recorded.folder, recorded.manifest, Run(recorded.run.rows[:2], 10, interrupted=True), {})
    assert "2 of 4 questions were asked" in words(html_page(cut))


def test_documents_that_could_not_be_read_are_named(recorded):
    failed = {"ingest": {"failed": [{"uri": "file:///docs/b.pdf", "message": "b.pdf needs a password."}]}}
    told = words(html_page(replace(recorded, summary=failed)))
    assert "1 document could not be read" in told
    assert "b.pdf needs a password." in told


def test_figures_have_their_interval_and_meaning(recorded):
    told = words(html_page(recorded))
    assert "evidence_ cited a citation is on the evidence; no answer counts as a miss 50.0 % 9 – 91 % 2" in told
    assert "1 right" not in told and "right 1 25 %" in told


def test_differences_from_a_baseline_are_told(record, source, recorded, make_answer):
    refused = make_answer(source, status=AnswerStatus.NOT_FOUND, confidence=0.1)
    earlier = record([WHERE, WHEN, WHY, WHO], [source], {"Where?": refused})
    told = words(html_page(recorded, earlier))
    assert "1 got better, 0 got worse" in told
    assert "was 0.0 % +50.0 pp" in told
    assert "before: wrongly refused" in told
    with pytest.raises(InvalidRequest, match="no question in common"):
        html_page(recorded, record([Question("9", "?", None)], [source], {}))


@pytest.mark.parametrize(
    ("questions", "script", "said"),
    [
        ([], {}, "No question was asked."),
        ([WHY], {}, "rightly refused 1"),
        ([WHO, WHERE], {"Who?": NotReady("No."), "Where?": NotReady("No.")}, "2 questions failed and count as misses."),
        ([Question("5", "What?", None)], {}, "not judged 1"),
    ],
    ids=["no questions", "no answers", "all errors", "nothing known"],
)
def test_a_run_with_little_in_it_has_a_page(record, source, questions, script, said):
    assert said in words(html_page(record(questions, [source], script)))


def test_answers_without_evidence_have_no_verdict_on_it(record, source, found):
    told = words(html_page(record([Question("5", "Where?", True, ("Rome",))], [source], {"Where?": found})))
    assert "on the evidence" not in told
    assert "Evidence" not in told
