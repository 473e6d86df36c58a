"""Whether questions or evidence of a set stand in another one that it should be apart from.

What a system was trained, fitted or tuned on cannot tell how good it is. A passage counts as leaked when at least half
of its runs of eight words stand in the evidence of the other set (as in the contamination check of the GPT-3 paper,
with shorter runs), so a sentence cut from a paragraph is seen from either side if it is long enough. Traps: sets on
the same documents share passages by design; quotes of fewer than eight words are not compared; and evidence without
a quote (pages, whole documents) cannot be.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from evals.check import Finding, Kind, Severity, asked, at, named, shown
from evals.metrics.answer_words import words
from evals.near_duplicates import NearDuplicates
from evals.sets.types import Question
from evals.text_match import fold

RUN = 8
LEAKED_SHARE = 0.5

LEAKED_QUESTION = Kind(
    "leaked_question",
    Severity.ERROR,
    "questions stand in another set too",
    "Remove them from one of the sets.",
)
NEARLY_LEAKED_QUESTION = Kind(
    "nearly_leaked_question",
    Severity.WARNING,
    "questions stand in another set with almost the same words",
    "Look at them, and remove those that ask the same.",
)
LEAKED_PASSAGE = Kind(
    "leaked_passage",
    Severity.WARNING,
    "passages of evidence stand in another set too",
    "Part the sets by document, unless they are on the same documents on purpose.",
)


def check_leaks(questions: Sequence[Question], others: Sequence[Question], name: str) -> list[Finding]:
    """What of ``questions`` is in the ``others``, the questions of the set ``name``."""
    return [*_questions(questions, others, name), *_passages(questions, others, name)]


def _questions(questions: Sequence[Question], others: Sequence[Question], name: str) -> Iterator[Finding]:
    firsts: dict[tuple[str, ...], Question] = {}
    for other in others:
        firsts.setdefault(asked(other), other)
    distinct = list(firsts.items())
    index = NearDuplicates([text for (text, *_), _ in distinct])
    for question in questions:
        key = asked(question)
        if key in firsts:
            yield at(LEAKED_QUESTION, question, f"{shown(question.text)} is {named(firsts[key])} of {name}")
        elif found := index.best(key[0]):
            there, other = distinct[found[0]]
            if there[1:] == key[1:]:
                what = f"{shown(question.text)}, {found[1]:.0%} as in {named(other)} of {name}: {shown(other.text)}"
                yield at(NEARLY_LEAKED_QUESTION, question, what)


def _passages(questions: Sequence[Question], others: Sequence[Question], name: str) -> Iterator[Finding]:
    first_with: dict[tuple[str, ...], Question] = {}
    for quote, other in _quotes(others).items():
        for run in _runs(quote):
            first_with.setdefault(run, other)
    for quote, question in _quotes(questions).items():
        runs = _runs(quote)
        seen = Counter(named(first_with[run]) for run in runs if run in first_with)
        if runs and seen.total() >= LEAKED_SHARE * len(runs):
            source = seen.most_common(1)[0][0]
            what = f"{seen.total() / len(runs):.0%} of {shown(quote)} is evidence of {name}, first of {source}"
            yield at(LEAKED_PASSAGE, question, what)


def _quotes(questions: Sequence[Question]) -> dict[str, Question]:
    """Each quote once, with the first question that it is evidence of."""
    quotes: dict[str, Question] = {}
    for question in questions:
        for evidence in question.evidence:
            if evidence.quote is not None:
                quotes.setdefault(evidence.quote, question)
    return quotes


def _runs(quote: str) -> list[tuple[str, ...]]:
    all_words = words(fold(quote).text)
    return [tuple(all_words[start : start + RUN]) for start in range(len(all_words) - RUN + 1)]
