from dataclasses import replace
from math import log2

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import AnswerStatus
from evals.figures.catalogue import METRICS, measure_all
from evals.figures.types import Unit
from evals.rows import AskError, Row
from evals.run import Run
from evals.sets.types import Evidence, Question

EVIDENCE = (Evidence("a.txt", quote="Rome"),)


def _pieces(marks):
    return tuple((0,) if mark else () for mark in marks)


@pytest.fixture
def make_row(make_document, make_answer):
    source = make_document("a.txt", "In Rome. In May.")

    def build(
        answerable=True,
        *,
        hits=(),
        cited=(),
        exact=(),
        em=None,
        f1=None,
        status="answered",
        confidence=0.5,
        evidence=EVIDENCE,
        fault=None,
        latency=100.0,
    ):
        error = AskError("internal_error", "Broken.", "") if status == "error" else None
        given = (
            None
            if error
            else make_answer(
                source, hits=[(i, i + 1) for i in range(len(hits))], status=AnswerStatus(status), confidence=confidence
            )
        )
        used = evidence if answerable else ()
        return Row(
            question=Question("q", "Where?", answerable, evidence=used),
            answer=given,
            error=error,
            latency_ms=latency,
            evidence_faults=(fault,) * len(used),
            piece_grades=(1,) if used else (),
            hit_pieces=_pieces(hits),
            citation_pieces=_pieces(cited),
            citations_exact=tuple(exact),
            sentences_supported=tuple(exact),
            exact_match=em,
            token_f1=f1,
            rouge_l=f1,
        )

    return build


@pytest.fixture
def rows(make_row):
    """Four questions with an answer (right, half right, refused, failed) and two without (refused, answered)."""
    return (
        make_row(hits=[True], cited=[True], exact=[True], em=1.0, f1=1.0, confidence=0.9, latency=100),
        make_row(
            hits=[False, True], cited=[False, True], exact=[True, False], em=0.0, f1=0.4, confidence=0.8, latency=200
        ),
        make_row(
            hits=[False] * 4 + [True], em=0.0, f1=0.0, status="not_found", confidence=0.3, latency=300, fault="lost"
        ),
        make_row(status="error", em=0.0, f1=0.0, latency=9999),
        make_row(False, status="not_found", confidence=0.1, latency=400),
        make_row(False, cited=[False], exact=[True], confidence=0.8, latency=500),
    )


# Worked out by hand from the six rows.
EXPECTED = {
    "evidence_located": (3 / 4, 4),
    "hit@1": (1 / 4, 4),
    "hit@3": (2 / 4, 4),
    "hit@5": (3 / 4, 4),
    "hit@10": (3 / 4, 4),
    "recall@5": (3 / 4, 4),
    "recall@10": (3 / 4, 4),
    "mrr@10": ((1 + 1 / 2 + 1 / 5) / 4, 4),
    "ndcg@10": ((1 + 1 / log2(3) + 1 / log2(6)) / 4, 4),
    "map@10": ((1 + 1 / 2 + 1 / 5) / 4, 4),
    "evidence_cited": (2 / 4, 4),
    "evidence_cited_first": (1 / 4, 4),
    "evidence_cited_if_answered": (1.0, 2),
    "evidence_recall": (2 / 4, 4),
    "citation_precision": (2 / 3, 3),
    "citation_recall": (3 / 4, 4),
    "quote_exact": (3 / 4, 4),
    "answer_em": (1 / 4, 4),
    "answer_f1": (1.4 / 4, 4),
    "answer_rouge_l": (1.4 / 4, 4),
    "answer_em_if_answered": (1 / 2, 2),
    "answer_f1_if_answered": (0.7, 2),
    "answered_rate": (2 / 4, 4),
    "refused_rate": (1 / 2, 2),
    "answered_wrong_rate": (1 / 3, 3),
    "confidence_auroc": ((2 + 1.5 + 1) / 6, 5),  # 0.9, 0.8, 0.3 against 0.1, 0.8
    "confidence_ece": ((0.1 + 0.6 + 0.7 + 0.1) / 5, 5),  # bin 0.8 holds 0.8 twice, one of them true
    "risk_coverage_area": ((0 + 2 * 1 / 3) / 3, 3),  # right at 0.9, then right and wrong at 0.8
    "latency_p50_ms": (300.0, 5),
    "latency_p95_ms": (480.0, 5),
    "latency_p99_ms": (496.0, 5),
}


def test_every_figure_by_hand(rows):
    figures = measure_all(Run(rows, top_k=10))
    assert {name: measured.n for name, measured in figures.items()} == {name: n for name, (_, n) in EXPECTED.items()}
    for name, (value, _) in EXPECTED.items():
        assert figures[name].value == pytest.approx(value), name


def test_cutoffs_beyond_the_hits_that_were_asked_for_are_not_measured(rows):
    figures = measure_all(Run(rows, top_k=5))
    assert figures["hit@5"].value == 3 / 4
    assert figures["hit@10"].value is None
    assert figures["mrr@10"].value is None


def test_a_run_of_nothing_measures_nothing():
    assert {measured.value for measured in measure_all(Run((), top_k=10)).values()} == {None}


def test_a_refusals_citations_do_not_count_as_cited(make_row):
    row = make_row(cited=[True], exact=[True], status="not_found")
    figures = measure_all(Run((row,), top_k=10))
    assert figures["evidence_cited"].value == 0.0
    assert figures["evidence_cited_first"].value == 0.0
    assert figures["quote_exact"].value == 1.0


def test_a_question_of_unknown_kind_counts_neither_way(make_row):
    row = make_row(None)
    figures = measure_all(Run((row,), top_k=10))
    for name in ("answered_rate", "refused_rate", "answered_wrong_rate", "confidence_auroc", "confidence_ece"):
        assert figures[name].n == 0


@given(random=st.randoms())
def test_the_order_of_the_questions_is_free(shared_rows, random):
    shuffled = tuple(random.sample(shared_rows, len(shared_rows)))
    before, after = measure_all(Run(shared_rows, 10)), measure_all(Run(shuffled, 10))
    for name in METRICS:
        assert after[name].value == pytest.approx(before[name].value), name


@pytest.fixture(scope="module")
def shared_rows(make_document, make_answer):
    question = Question("q", "Where?", True, evidence=EVIDENCE)
    source = make_document("a.txt", "In Rome. In May.")
    rows = []
    for hits in [(True,), (False, True), (), (False,)]:
        given = make_answer(source, hits=[(i, i + 1) for i in range(len(hits))])
        rows.append(Row(question, given, None, 1.0, (None,), (1,), hit_pieces=_pieces(hits), exact_match=0.0))
    return tuple(rows)


@pytest.mark.parametrize("whole", [False, True])
def test_hits_are_ranked_or_where_evidence_is_documents_the_documents(make_document, make_answer, whole):
    """The first three hits are of one document; the fourth, of another, finds the second piece."""
    texts = [make_document(name, "In Rome. In May. In 1990.") for name in ("a.txt", "b.txt")]
    first, second = (make_answer(text, hits=[(0, 8), (9, 16), (17, 25)]).hits for text in texts)
    quotes = (None, None) if whole else ("In Rome", "In May")
    evidence = tuple(Evidence(f"{name}.txt", quote) for name, quote in zip("ab", quotes, strict=True))
    answer = replace(make_answer(texts[0]), hits=(*first, second[1]))
    pieces = ((0,), (0,), (0,), (1,)) if whole else ((0,), (), (), (1,))
    row = Row(Question("q", "Where?", True, evidence=evidence), answer, None, 1.0, (None, None), (1, 1), pieces)
    figures = measure_all(Run((row,), 10))
    second_rank = 2 if whole else 4
    assert figures["recall@5"].value == 1
    assert figures["map@10"].value == pytest.approx((1 + 2 / second_rank) / 2)
    assert figures["ndcg@10"].value == pytest.approx((1 + 1 / log2(second_rank + 1)) / (1 + 1 / log2(3)))


def test_every_metric_says_what_it_means():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert metric.meaning
        assert metric.unit in Unit
