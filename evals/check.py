"""What is wrong with a question set, before a system is measured by it.

An error makes a figure wrong whatever the system answers: evidence that is not there, two questions that cannot both
be answered right, or a question that is not new to a set it should be apart from. A warning is to be looked at: it
may be meant so. A note says what the set cannot measure.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from evals.evidence import EvidenceLocator
from evals.metrics.answer_words import normalised
from evals.metrics.interval import interval
from evals.metrics.token_f1 import token_f1
from evals.near_duplicates import NearDuplicates, comparable
from evals.sets.types import Question
from evals.text_match import fold

WIDEST = 0.1
LONGEST_SHOWN = 90
YES_NO = {"yes", "no"}


class Severity(StrEnum):
    """How bad a finding is; the first makes the check fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding. ``meaning`` says what is wrong, ``remedy`` what to do."""

    code: str
    severity: Severity
    meaning: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found; ``place`` and ``id`` are those of a question, and empty where it is of the set."""

    kind: Kind
    what: str
    place: str = ""
    id: str = ""


UNREADABLE = Kind(
    "document_unreadable",
    Severity.ERROR,
    "documents cannot be read or are not there",
    "Put them in place, or say where they are with --documents.",
)
NOT_IN_DOCUMENTS = Kind(
    "evidence_not_in_documents",
    Severity.ERROR,
    "evidence is not in the text of the documents, so its question always counts as a miss",
    "Copy the quote from the document; if it stands there, the reader of that format has lost it.",
)
CONTRADICTION = Kind(
    "answerable_and_not",
    Severity.ERROR,
    "the same question is answerable here and not answerable there",
    "Say in the question what it is about, or remove one.",
)
DIFFERENT_ANSWERS = Kind(
    "different_answers",
    Severity.ERROR,
    "the same question has answers here and there that share no word",
    "Say in the question what it is about, or give both the answers of both.",
)
DUPLICATE = Kind(
    "duplicate_question",
    Severity.WARNING,
    "the same question is asked again and counts twice",
    "Remove one.",
)
NEAR_DUPLICATE = Kind(
    "near_duplicate_question",
    Severity.WARNING,
    "nearly the same question is asked again",
    "Remove one, unless the small difference is the point.",
)
NEARLY_CONTRADICTION = Kind(
    "nearly_answerable_and_not",
    Severity.WARNING,
    "nearly the same question is answerable here and not answerable there",
    "Meant where a set tests small differences (SQuAD 2.0); else check which is right.",
)
NOTHING_KNOWN = Kind(
    "nothing_known",
    Severity.WARNING,
    "questions are answerable, but with neither answers nor evidence nothing but a refusal can be judged",
    "Add the answer, or where it is written.",
)
ANSWER_NOT_QUOTED = Kind(
    "answer_not_in_evidence",
    Severity.WARNING,
    "no answer stands in the evidence's quotes, so exact match cannot be reached by quoting",
    "Give the words of the document as one of the answers, unless it is worded freely on purpose.",
)
FEW = Kind(
    "few_questions",
    Severity.WARNING,
    "there are too few questions to tell two systems apart",
    "Add questions, or read the figures with their intervals.",
)
NOT_MEASURED = Kind(
    "not_measured",
    Severity.NOTE,
    "the set cannot measure something",
    "Add such questions if it matters to you.",
)


def check_questions(questions: Sequence[Question]) -> list[Finding]:
    """What can be said without the documents."""
    return [*_repeated(questions), *_references(questions), *_sizes(questions)]


def check_evidence(questions: Sequence[Question], locator: EvidenceLocator) -> list[Finding]:
    """Evidence that is not in the documents as they were read."""
    findings: list[Finding] = []
    for question in questions:
        located = [locator.locate(evidence) for evidence in question.evidence]
        # Several answers in one lost quote have one fault.
        faults = dict.fromkeys(found.fault for found in located if found.fault)
        findings.extend(at(NOT_IN_DOCUMENTS, question, fault) for fault in faults)
    return findings


def at(kind: Kind, question: Question, what: str) -> Finding:
    """A finding of a question."""
    return Finding(kind, what, question.place, question.id)


def asked(question: Question) -> tuple[str, ...]:
    """The question and its conversation, comparable: a follow-up is another question after another history."""
    return comparable(question.text), *(comparable(turn.content) for turn in question.history)


def named(question: Question) -> str:
    """How a question is referred to from elsewhere."""
    return f"{question.place} ({question.id})" if question.place else question.id


def shown(text: str) -> str:
    """The text in quotation marks, on one line, cut where it is long."""
    line = " ".join(text.split())
    return f'"{line}"' if len(line) <= LONGEST_SHOWN else f'"{line[: LONGEST_SHOWN - 1]}…"'


def _repeated(questions: Sequence[Question]) -> Iterator[Finding]:
    keys = [asked(question) for question in questions]
    firsts: dict[tuple[str, ...], Question] = {}
    fresh: list[tuple[Question, tuple[str, ...]]] = []
    for question, key in zip(questions, keys, strict=True):
        first = firsts.setdefault(key, question)
        if first is question:
            fresh.append((question, key))
        else:
            yield _repetition(question, first)
    yield from _near(fresh)


def _repetition(question: Question, first: Question) -> Finding:
    again = f"{shown(question.text)}, as in {named(first)}"
    if _contradict(question, first):
        here, there = ("answerable", "not answerable") if question.answerable else ("not answerable", "answerable")
        return at(CONTRADICTION, question, f"{again}: {here} here, {there} there")
    if question.answers and first.answers and _share_no_word(question.answers, first.answers):
        both = f"{shown(question.answers[0])} here, {shown(first.answers[0])} there"
        return at(DIFFERENT_ANSWERS, question, f"{again}: {both}")
    return at(DUPLICATE, question, again)


def _contradict(question: Question, other: Question) -> bool:
    return {question.answerable, other.answerable} == {True, False}


def _share_no_word(some: Sequence[str], others: Sequence[str]) -> bool:
    return not any(token_f1(answer, others) for answer in some)


def _near(fresh: Sequence[tuple[Question, tuple[str, ...]]]) -> Iterator[Finding]:
    """Each question with the most similar one before it, of the same conversation."""
    by_history: dict[tuple[str, ...], list[tuple[Question, str]]] = defaultdict(list)
    for question, (text, *history) in fresh:
        by_history[tuple(history)].append((question, text))
    for group in by_history.values():
        index = NearDuplicates([text for _, text in group])
        for number, (question, text) in enumerate(group):
            if found := index.best(text, before=number):
                other = group[found[0]][0]
                what = f"{shown(question.text)}, {found[1]:.0%} as in {named(other)}: {shown(other.text)}"
                yield at(NEARLY_CONTRADICTION if _contradict(question, other) else NEAR_DUPLICATE, question, what)


def _references(questions: Sequence[Question]) -> Iterator[Finding]:
    for question in questions:
        if question.answerable and not question.answers and not question.evidence:
            yield at(NOTHING_KNOWN, question, shown(question.text))
        quotes = [evidence.quote for evidence in question.evidence if evidence.quote is not None]
        wanted = [answer for answer in question.answers if normalised(answer) not in YES_NO]
        if quotes and wanted and not _any_stands(wanted, quotes):
            yield at(ANSWER_NOT_QUOTED, question, f"{shown(wanted[0])} is not in {shown(quotes[0])}")


def _any_stands(answers: Sequence[str], quotes: Sequence[str]) -> bool:
    folded = [fold(quote).text.casefold() for quote in dict.fromkeys(quotes)]
    return any(fold(answer).text.casefold() in quote for answer in answers for quote in folded)


def _sizes(questions: Sequence[Question]) -> Iterator[Finding]:
    answerable = sum(question.answerable is True for question in questions)
    unanswerable = sum(question.answerable is False for question in questions)
    for name, count in {"answerable": answerable, "unanswerable": unanswerable}.items():
        low, high = interval(0.5, count)
        if count and (high - low) / 2 > WIDEST:
            known = f"a share of 50 % of them has the 95 % interval {100 * low:.0f} – {100 * high:.0f} %"
            yield Finding(FEW, f"{count} {name} questions: {known}")
    if unknown := len(questions) - answerable - unanswerable:
        yield Finding(
            NOT_MEASURED,
            f"{unknown} of {len(questions)} questions do not say whether they are answerable: they count as neither",
        )
    if unanswerable and not answerable:
        yield Finding(NOT_MEASURED, "no question is answerable: how many of those are answered cannot be measured")
    if answerable and not unanswerable:
        yield Finding(NOT_MEASURED, "no question is unanswerable: how many of those are refused cannot be measured")
    if not any(question.evidence for question in questions):
        yield Finding(NOT_MEASURED, "no question has evidence: finding and citing cannot be measured")
    if not any(question.answers for question in questions):
        yield Finding(NOT_MEASURED, "no question has an answer to compare with: what is said cannot be measured")
