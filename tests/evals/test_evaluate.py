"""An evaluation from end to end on a scripted system: figures, report, result file."""

import io
import json

import pytest
from rich.console import Console

from core.errors import InvalidRequest, NotFound, NotReady
from evals.evaluate import How, evaluate_collection, evaluate_files
from evals.gate import Gate
from evals.report import print_problems, print_report
from evals.results import as_summary
from evals.sets.types import Evidence, Question, QuestionSet

SET = QuestionSet(
    "trips",
    (
        Question("1", "Where?", True, ("Rome",), (Evidence("a.txt", quote="held in Rome"),)),
        Question("2", "When?", True, ("in May",), (Evidence("a.txt", quote="in [May]"),)),
        Question("3", "Why?", False),
        Question("4", "Who?", True, ("Ann",)),
    ),
    (),
)


def console():
    return Console(file=io.StringIO(), width=140)


@pytest.fixture
def source(make_document):
    return make_document("a.txt", "It was held in Rome.")


@pytest.fixture
def system(make_system, make_answer, source):
    found = make_answer(source, hits=[(0, 20)], citations=[(0, 20)], span=(15, 19))
    return make_system([source], {"Where?": found, "Who?": NotReady("Too much to do.")})


@pytest.fixture
def evaluation(system, tmp_path):
    gates = [Gate("evidence_cited", 0.78), Gate("refused_rate", 0.5)]
    return evaluate_files(system, SET, [tmp_path / "a.txt"], How(gates=gates), console())


def test_the_documents_are_ingested_and_the_questions_asked(evaluation, system, tmp_path):
    assert system.ingested == [tmp_path / "a.txt"]
    assert evaluation.ingest.added == 1
    assert evaluation.errors == 1
    assert evaluation.evidence_faults == [("2", 'a.txt does not have the quote "in [May]"')]
    assert [str(failure) for failure in evaluation.failed_gates] == ["evidence_cited ≥ 0.78: 0.5"]


def test_the_summary_is_json(evaluation):
    summary = json.loads(json.dumps(as_summary(evaluation)))
    assert summary["metrics"]["evidence_cited"]["value"] == 0.5
    assert summary["metrics"]["evidence_cited"]["n"] == 2
    assert summary["failed_gates"] == ["evidence_cited ≥ 0.78: 0.5"]
    counts = {name: summary[name] for name in ("questions", "asked", "answered", "refused", "errors", "interrupted")}
    assert counts == {"questions": 4, "asked": 4, "answered": 1, "refused": 2, "errors": 1, "interrupted": False}


def test_the_report_is_a_table_and_the_problems_are_named(evaluation):
    table, problems = console(), console()
    print_report(evaluation, table)
    print_problems(evaluation, problems)
    shown = table.file.getvalue()
    assert "4 questions asked of 1 document, 1 answered, 2 refused, 1 failed" in shown
    (line,) = [line for line in shown.splitlines() if "evidence_cited " in line]
    assert "50.0 %" in line
    assert "confidence_auroc" in shown
    told = problems.file.getvalue()
    assert "4: Too much to do." in told
    assert 'the quote "in [May]"' in told  # square brackets are text, not markup
    assert "Gate not kept: evidence_cited ≥ 0.78: 0.5" in told


def test_a_document_that_fails_is_a_fault_and_its_questions_are_misses(make_system, make_document, source, tmp_path):
    system = make_system([source, make_document("b.txt", "x")], {}, unreadable=frozenset({"a.txt"}))
    finished = evaluate_files(system, SET, [tmp_path / "a.txt", tmp_path / "b.txt"], How(), console())
    assert [failure.message for failure in finished.ingest.failed] == ["unreadable"]
    assert finished.figures["evidence_located"].value == 0.0
    assert finished.figures["hit@10"].value == 0.0


def test_if_no_document_can_be_read_there_is_nothing_to_ask(make_system, source, tmp_path):
    system = make_system([source], {}, unreadable=frozenset({"a.txt"}))
    with pytest.raises(InvalidRequest, match=r"None of the documents could be ingested\.\n.*a\.txt: unreadable"):
        evaluate_files(system, SET, [tmp_path / "a.txt"], How(), console())


def test_a_collection_is_evaluated_as_it_is(system):
    finished = evaluate_collection(system, SET, "default", How(), console())
    assert system.ingested == []
    assert as_summary(finished)["collection"] == "default"
    lacking = QuestionSet("x", (Question("1", "?", True, evidence=(Evidence("z.txt", page=1),)),), ())
    with pytest.raises(NotFound, match=r"z\.txt"):
        evaluate_collection(system, lacking, "default", How(), console())


def test_a_stopped_run_says_so(make_system, source, tmp_path):
    system = make_system([source], {"When?": KeyboardInterrupt()})
    finished = evaluate_files(system, SET, [tmp_path / "a.txt"], How(), console())
    problems = console()
    print_problems(finished, problems)
    assert "Stopped after 1 of 4 questions." in problems.file.getvalue()
    assert as_summary(finished)["interrupted"] is True
