import pytest

from core.errors import InvalidRequest
from core.types import AnswerStatus
from evals.engine_system import EngineSystem
from evals.generate.round_trip import RoundTrip, Trip
from evals.generate.set_file import question_of

TEXT = "It was held in Rome. It rained all day."
ROME = question_of("Where?", "Rome", "a.txt", "It was held in Rome.")


@pytest.mark.parametrize(
    ("citation", "span", "trip"),
    [
        ((0, 20), (15, 19), Trip.KEPT),
        ((0, 20), (0, 6), Trip.KEPT),  # other words, but inside the evidence
        ((0, 39), (28, 31), Trip.OTHER_ANSWER),  # the citation holds the evidence; the answer is behind it
        ((21, 39), (28, 31), Trip.ELSEWHERE),
        (None, None, Trip.REFUSED),
    ],
)
def test_where_the_answer_comes_from_decides(make_document, make_answer, make_system, citation, span, trip):
    source = make_document("a.txt", TEXT)
    status = AnswerStatus.NOT_FOUND if citation is None else AnswerStatus.ANSWERED
    found = make_answer(source, citations=[citation] if citation else [], span=span, status=status)
    assert RoundTrip.on(make_system([source], {"Where?": found})).go(ROME) is trip


def test_an_error_is_told_and_no_crash(make_document, make_system):
    system = make_system([make_document("a.txt", TEXT)], {"Where?": InvalidRequest("Too long.")})
    assert RoundTrip.on(system).go(ROME) is Trip.FAILED


def test_a_question_without_an_answer_is_to_be_refused(make_document, make_answer, make_system):
    source = make_document("a.txt", TEXT)
    system = make_system([source], {"Why?": make_answer(source, citations=[(0, 20)])})
    assert RoundTrip.on(system).go(question_of("Why?", None, "a.txt", "x")) is Trip.OTHER_ANSWER
    assert RoundTrip.on(system).go(question_of("Who?", None, "a.txt", "x")) is Trip.KEPT


def test_on_the_real_engine(sample_engine, make_settings, sample_folder, sample_document):
    trip = RoundTrip.on(EngineSystem(sample_engine, make_settings(sample_folder), "default"))
    text = sample_document.read_text(encoding="utf-8")
    first = text[: text.index(".") + 1]
    good = question_of("When was the conference held?", "December 27th to 28th", sample_document.name, first)
    assert trip.go(good) is Trip.KEPT
    other = text[text.index("The meeting also highlighted") :].split("\n")[0]
    moved = question_of("When was the conference held?", "December 27th to 28th", sample_document.name, other)
    assert trip.go(moved) is Trip.ELSEWHERE
