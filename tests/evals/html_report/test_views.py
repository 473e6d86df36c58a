"""What is said of a single question: its citations, its evidence, and which questions are listed."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.html_report.citations import citation_views
from evals.html_report.evidence import evidence_views
from evals.html_report.excerpts import beginning, excerpt
from evals.html_report.kept import kept
from evals.rows import AskError, Outcome, Row
from evals.sets.types import Evidence, Question

TEXT = "It was held in Rome. It rained in Oslo."


@pytest.fixture
def source(make_document):
    return make_document("a.txt", TEXT)


@given(st.text(alphabet="ab 🎉", max_size=200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 60))
def test_an_excerpt_is_a_stretch_of_the_text_around_the_whole_place(text, one, two, around):
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    cut = excerpt(text, start, end, around)
    assert cut.lit == text[start:end]
    assert text[:start].endswith(cut.before) and text[end:].startswith(cut.after)
    assert cut.cut_before is (len(cut.before) < start)
    assert cut.cut_after is (len(cut.after) < len(text) - end)
    assert len(cut.before) <= around and len(cut.after) <= around


@given(st.text(alphabet="ab 🎉", max_size=200), st.integers(1, 60))
def test_a_beginning_says_whether_the_text_goes_on(text, most):
    cut = beginning(text, most)
    assert text.startswith(cut.before) and len(cut.before) <= most
    assert cut.cut_after is (cut.before != text)


def cited(record, source, answer, *evidence):
    question = Question("1", "Where?", True, ("Rome",), evidence)
    (row,) = record([question], [source], {"Where?": answer}).run.rows
    return row


def test_a_citation_is_told_with_its_hit_and_whether_it_is_on_the_evidence(record, source, make_answer):
    answer = make_answer(source, hits=[(21, 39), (0, 39)], citations=[(0, 20), (21, 39)])
    first, second = citation_views(cited(record, source, answer, Evidence("a.txt", quote="held in Rome")))
    assert (first.rank, first.on_evidence, first.exact) == (2, True, True)
    assert (second.rank, second.on_evidence, second.exact) == (1, False, True)
    assert (first.passage.before, first.passage.lit, first.passage.after) == ("", TEXT[:20], TEXT[20:])


def test_a_quote_that_is_not_the_text_at_its_place_is_not_lit_in_the_passage(record, source, make_answer):
    answer = make_answer(source, hits=[(0, 39)], citations=[(0, 20)])
    (citation,) = answer.citations
    bent = dataclasses.replace(answer, citations=(dataclasses.replace(citation, quote="It was held in Oslo."),))
    (view,) = citation_views(cited(record, source, bent))
    assert (view.exact, view.passage, view.rank, view.on_evidence) == (False, None, None, None)


def test_evidence_is_told_once_with_the_hit_and_the_citation_that_found_it(record, source, make_answer):
    answer = make_answer(source, hits=[(21, 39), (0, 20)], citations=[(21, 39)])
    row = cited(
        record,
        source,
        answer,
        Evidence("a.txt", quote="held in Rome", answer=(8, 12)),
        Evidence("a.txt", quote="held in Rome", answer=(0, 4)),
        Evidence("a.txt", quote="It rained in Oslo."),
        Evidence("a.txt", quote="in Paris"),
    )
    rome, oslo, paris = evidence_views(row)
    assert (rome.quote.lit, rome.rank, rome.marker, rome.fault) == ("Rome", 2, None, None)
    assert (oslo.quote.before, oslo.rank, oslo.marker) == ("It rained in Oslo.", 1, 1)
    assert (paris.rank, paris.marker) == (None, None)
    assert "in Paris" in paris.fault


@pytest.fixture
def rows(source, make_answer):
    """Rows with these outcomes: failed, or not judged."""

    def made(outcomes):
        error, answer = AskError("not_ready", "No.", ""), make_answer(source)
        return tuple(
            Row(Question(str(i), "?", None), *((None, error) if outcome is Outcome.FAILED else (answer, None)), 1.0)
            for i, outcome in enumerate(outcomes)
        )

    return made


def test_a_run_that_fits_is_listed_whole(rows):
    listed = kept(rows([Outcome.NOT_JUDGED] * 4), most=4)
    assert [number for number, _ in listed.rows] == [1, 2, 3, 4]
    assert listed.note is None


def test_of_a_large_run_the_bad_ones_are_listed_and_the_others_drawn(rows):
    made = rows([Outcome.NOT_JUDGED] * 90 + [Outcome.FAILED] * 10)
    listed = kept(made, most=20)
    assert len(listed.rows) == 20
    assert sum(row.outcome is Outcome.FAILED for _, row in listed.rows) == 10
    assert all(made[number - 1] is row for number, row in listed.rows)
    assert [number for number, _ in listed.rows] == sorted(number for number, _ in listed.rows)
    assert "10 of the 10 that went wrong, and 10 of the 90 others" in listed.note
    assert kept(made, most=20) == listed
    assert len(kept(made, most=None).rows) == 100


def test_a_quarter_of_the_places_is_for_the_others(rows):
    listed = kept(rows([Outcome.FAILED] * 80 + [Outcome.NOT_JUDGED] * 20), most=40)
    assert sum(row.outcome is Outcome.FAILED for _, row in listed.rows) == 30


def test_questions_that_changed_are_listed_first(rows):
    listed = kept(rows([Outcome.NOT_JUDGED] * 40), frozenset({"3", "33"}), most=4)
    assert {4, 34} <= {number for number, _ in listed.rows}
