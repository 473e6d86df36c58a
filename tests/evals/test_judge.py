from dataclasses import replace

import pytest

from core.types import AnswerStatus
from evals.evidence import EvidenceLocator
from evals.judge import Judge, said
from evals.rows import AskError
from evals.sets.types import Evidence, Question

TEXT = "It was held in Rome. It was hot. Nobody knows why."
WHERE = Question("1", "Where?", True, ("Rome",), (Evidence("a.txt", quote=TEXT[:20], answer=(15, 19)),))
LOST = Question(
    "2", "Where?", True, ("Rome",), (Evidence("a.txt", quote="held in Bonn"), Evidence("a.txt", quote=TEXT[:20]))
)
NEVER = Question("3", "Why?", False)


@pytest.fixture
def source(make_document):
    return make_document("a.txt", TEXT)


@pytest.fixture
def judge(source):
    read = {source.id: source}.__getitem__
    return Judge(EvidenceLocator([source.ref], read), read)


def test_hits_and_citations_are_held_against_the_evidence(judge, source, make_answer):
    given = make_answer(source, hits=[(21, 32), (0, 32), (0, 10)], citations=[(21, 32), (0, 20)], span=(15, 19))
    row = judge.judge(WHERE, given, 12.5)
    assert row.hits_on_evidence == (False, True, False)
    assert row.hit_pieces == ((), (0,), ())
    assert row.citations_on_evidence == (False, True)
    assert row.citations_exact == (True, True)
    assert (row.exact_match, row.token_f1) == (1.0, 1.0)
    assert (row.answered, row.refused, row.latency_ms) == (True, False, 12.5)


def test_sentences_are_compared_where_there_is_no_span(judge, source, make_answer):
    given = make_answer(source, citations=[(0, 20), (21, 32)])
    assert said(given) == "It was held in Rome. It was hot."
    row = judge.judge(WHERE, given, 1)
    assert row.exact_match == 0.0
    assert row.token_f1 == pytest.approx(2 * 1 / (8 + 1))  # one word in common, of eight and one


def test_a_refusal_scores_nothing_even_with_words(judge, source, make_answer):
    refused = make_answer(source, citations=[(15, 19)], status=AnswerStatus.NOT_FOUND)
    row = judge.judge(WHERE, refused, 1)
    assert (row.exact_match, row.token_f1, row.refused) == (0.0, 0.0, True)


def test_a_question_without_an_answer_is_not_compared(judge, source, make_answer):
    row = judge.judge(NEVER, make_answer(source, citations=[(0, 20)]), 1)
    assert (row.exact_match, row.token_f1, row.has_evidence) == (None, None, False)


def test_lost_evidence_is_told_and_the_rest_still_counts(judge, source, make_answer):
    row = judge.judge(LOST, make_answer(source, citations=[(0, 20)]), 1)
    assert row.evidence_faults == ('a.txt does not have the quote "held in Bonn"', None)
    assert row.citations_on_evidence == (True,)


def test_answers_marked_in_one_quote_are_one_piece_of_evidence(judge, source, make_answer):
    quote = TEXT[:20]
    spans = tuple(Evidence("a.txt", quote=quote, answer=span) for span in [(15, 19), (12, 19)])
    other = Evidence("a.txt", quote="Nobody knows why.", grade=2)
    question = Question("4", "Where?", True, ("Rome",), (*spans, other))
    row = judge.judge(question, make_answer(source, hits=[(33, 50), (0, 20)], citations=[(0, 50)]), 1)
    assert row.piece_grades == (1, 2)
    assert row.hit_pieces == ((1,), (0,))
    assert row.citation_pieces == ((0, 1),)


def test_a_sentence_that_its_quote_does_not_say_is_not_supported(judge, source, make_answer):
    given = make_answer(source, citations=[(0, 20), (21, 32)])
    told = replace(given, sentences=(replace(given.sentences[0], text="It was held in Bonn."), given.sentences[1]))
    assert judge.judge(WHERE, told, 1).sentences_supported == (False, True)


def test_a_quote_that_is_not_the_documents_text_is_not_exact(judge, source, make_document, make_answer):
    forged = make_document("a.txt", TEXT.replace("Rome", "Bonn"))
    row = judge.judge(WHERE, make_answer(forged, citations=[(0, 20)]), 1)
    assert row.citations_exact == (False,)


def test_an_error_is_a_row_that_found_and_said_nothing(judge):
    row = judge.failed(WHERE, AskError("not_ready", "Busy.", "Try again."), 3)
    assert (row.answered, row.refused) == (False, False)
    assert (row.exact_match, row.token_f1, row.hits_on_evidence) == (0.0, 0.0, ())
    assert judge.failed(NEVER, AskError("x", "y", ""), 3).exact_match is None
