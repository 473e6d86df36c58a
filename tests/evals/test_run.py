from dataclasses import replace

import pytest

from core.errors import NotFound, NotReady
from core.types import Turn
from evals.run import WARM_UP, require_documents, run
from evals.sets.types import Evidence, Question

TURNS = (Turn("user", "When?"), Turn("assistant", "In May."))
QUESTIONS = (
    Question("1", "Where?", True, ("Rome",), (Evidence("a.txt", quote="held in Rome"),)),
    Question("2", "And why?", False, history=TURNS),
    Question("3", "Who?", True, ("Ann",)),
)


@pytest.fixture
def source(make_document):
    return make_document("a.txt", "It was held in Rome.")


def test_each_question_is_asked_once_after_one_to_warm_up(make_system, source, make_answer):
    system = make_system([source], {"Where?": make_answer(source, hits=[(0, 20)], citations=[(0, 20)])})
    rows = []
    finished = run(system, QUESTIONS, 7, rows.append)
    assert system.asked == [(WARM_UP, (), 7), ("Where?", (), 7), ("And why?", TURNS, 7), ("Who?", (), 7)]
    assert tuple(rows) == finished.rows
    assert [row.answered for row in finished.rows] == [True, False, False]
    assert finished.rows[0].citations_on_evidence == (True,)
    assert all(row.latency_ms >= 0 for row in finished.rows)
    assert not finished.interrupted


def test_an_error_is_a_row_and_the_run_goes_on(make_system, source):
    system = make_system([source], {"Where?": NotReady("Too much to do.", "Try again."), WARM_UP: NotReady("Cold.")})
    finished = run(system, QUESTIONS, 10, lambda row: None)
    assert [row.error and row.error.code for row in finished.rows] == ["not_ready", None, None]
    assert finished.rows[0].error.message == "Too much to do."


@pytest.mark.parametrize(("stopped_at", "asked"), [(WARM_UP, 0), ("And why?", 1), ("Who?", 2)])
def test_ctrl_c_keeps_what_was_done(make_system, source, stopped_at, asked):
    system = make_system([source], {stopped_at: KeyboardInterrupt()})
    finished = run(system, QUESTIONS, 10, lambda row: None)
    assert len(finished.rows) == asked
    assert finished.interrupted


def test_a_collection_without_the_documents_is_refused(source):
    lacking = (*QUESTIONS, Question("4", "x", True, evidence=(Evidence("b.txt", page=1), Evidence("c.txt", page=1))))
    require_documents(QUESTIONS, [source.ref], "default")
    with pytest.raises(NotFound, match=r'"default" lacks 2 of the documents .*: b\.txt, c\.txt\.'):
        require_documents(lacking, [source.ref], "default")


def test_several_at_a_time_give_the_same_rows_in_the_sets_order(make_system, source, make_answer):
    script = {"Where?": make_answer(source, hits=[(0, 20)], citations=[(0, 20)]), "Who?": NotReady("Busy.")}
    many = [replace(q, id=f"{q.id}-{i}") for i in range(10) for q in QUESTIONS]
    rows = []
    alone, together = (
        run(make_system([source], script), many, 10, done, jobs=jobs)
        for jobs, done in ((1, lambda row: None), (4, rows.append))
    )
    assert [replace(row, latency_ms=0) for row in together.rows] == [replace(row, latency_ms=0) for row in alone.rows]
    assert sorted(row.question.id for row in rows) == sorted(q.id for q in many)


def test_what_is_known_is_not_asked_again(make_system, source):
    first = run(make_system([source], {}), QUESTIONS, 10, lambda row: None)
    system, rows = make_system([source], {}), []
    again = run(system, QUESTIONS, 10, rows.append, known=first.rows[1:])
    assert [question for question, _, _ in system.asked] == [WARM_UP, "Where?"]
    assert [row.question.id for row in again.rows] == ["1", "2", "3"]
    assert [row.question.id for row in rows] == ["1"]
    untouched = make_system([source], {})
    run(untouched, QUESTIONS, 10, rows.append, known=first.rows)
    assert untouched.asked == []


def test_a_server_that_goes_away_leaves_rows_with_its_error(make_system, source, make_answer):
    class Gone(make_system):
        def document(self, document_id):
            raise NotReady("Nobody there.")

    system = Gone([source], {"Where?": make_answer(source, citations=[(0, 20)])})
    finished = run(system, QUESTIONS, 10, lambda row: None)
    assert [row.error and row.error.message for row in finished.rows] == ["Nobody there.", None, None]
    assert finished.rows[0].piece_grades == (1,)
