"""Exact match: is the answer one of the reference answers?"""

from collections.abc import Sequence

from evals.metrics.answer_words import normalised


def exact_match(answer: str, references: Sequence[str]) -> float:
    """1 if ``answer`` equals one of ``references`` after SQuAD's normalisation, else 0.

    Source: ``compute_exact`` of the official SQuAD scripts, the best over the references. Trap: a right answer in
    a whole sentence scores 0, so this judges the answer span, not how well the sentence reads.
    """
    wanted = normalised(answer)
    return float(any(normalised(reference) == wanted for reference in references))
