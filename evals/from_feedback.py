"""Rated questions as cases of a question set, in our JSON Lines format (evals/sets/question_lines.py).

- A thumb up on an answer: answerable, with the cited quotes as evidence and the answer words.
- A thumb up on "the documents do not say", or a thumb down because it should not have been answered: not answerable.
- Any other thumb down, ratings that disagree, and evidence that is not in the documents any more: the question alone,
  with ``answerable`` null and ``"review": true``. The owner fills in ``answerable``, ``answers`` and ``evidence``
  after ``comment``, which tells what was answered and said of it, and takes ``review`` out. `eval run` asks such a
  case as it is and judges only what does not need an expected answer.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from core.types import Citation, Turn
from evals.evidence import path_of
from evals.sets.faults import FaultList
from evals.sets.rows import rows
from evals.sets.types import Evidence
from service.questions.records import AskedQuestion, Rating, Reason

NO_ANSWER = "(none)"
"""Stands for an answer of the conversation that is not known: the format wants words."""
KINDS = {Rating.UP: "thumbs-up", Rating.DOWN: "thumbs-down"}

Case = dict[str, object]


def case_of(question: AskedQuestion, fault: Callable[[Evidence], str | None]) -> Case:
    """A rated question as a line. ``fault`` tells why a piece of evidence cannot be found, if so."""
    downs = [one for one in question.feedback if one.rating is Rating.DOWN]
    ups = [one for one in question.feedback if one.rating is Rating.UP]
    needless = bool(downs) and all(one.reason is Reason.SHOULD_NOT_HAVE_ANSWERED for one in downs)
    cited = [_evidence(citation) for citation in question.citations]
    faults = [told for evidence in cited if (told := fault(evidence))] if question.answered else []
    if ups and downs:
        return _to_review(question, "People disagree.")
    if needless or (ups and not question.answered):
        return _case(question, answerable=False)
    if downs or faults:
        return _to_review(question, "; ".join(faults))
    answers = [question.answer_words] if question.answer_words and question.answer_words.strip() else []
    return _case(question, True, answers, [{"document": e.document, "quote": e.quote} for e in cited])


def _case(
    question: AskedQuestion,
    answerable: bool | None,
    answers: Sequence[str] = (),
    evidence: Sequence[dict[str, str | None]] = (),
) -> Case:
    ratings = {one.rating for one in question.feedback}
    case: Case = {"id": question.answer_id, "question": question.question}
    if history := _pairs(question.history):
        case["history"] = history
    case |= {"answerable": answerable, "answers": list(answers), "evidence": list(evidence)}
    return case | {"kind": KINDS[Rating.DOWN if Rating.DOWN in ratings else Rating.UP], "answer_id": question.answer_id}


def _to_review(question: AskedQuestion, why: str) -> Case:
    return {**_case(question, answerable=None), "review": True, "comment": _comment(question, why)}


def _comment(question: AskedQuestion, why: str) -> str:
    answer = f"Answered: {question.answer}" if question.answered else "Answered: the documents do not say."
    names = [_name(citation.document.uri) for citation in question.citations] or [
        _name(hit.uri) for hit in question.hits
    ]
    label = "Cited" if question.citations else "Nearest documents"
    said = []
    for one in question.feedback:
        reason = f" ({one.reason.value})" if one.reason else ""
        said.append(f"Rated {one.rating.value}{reason}{f': {one.comment}' if one.comment else ''}")
    parts = [answer, f"{label}: {', '.join(dict.fromkeys(names))}" if names else "", *said, why]
    return "\n".join(part for part in parts if part)


def _evidence(citation: Citation) -> Evidence:
    return Evidence(_name(citation.document.uri), citation.quote)


def _name(uri: str) -> str:
    return path_of(uri).name or uri


def _pairs(history: Iterable[Turn]) -> list[dict[str, str]]:
    """Turns as the format has them; an answer with no question before it is left out."""
    pairs: list[dict[str, str]] = []
    for turn in history:
        words = turn.content if turn.content.strip() else NO_ANSWER
        if turn.role == "user":
            pairs.append({"question": words, "answer": NO_ANSWER})
        elif pairs:
            pairs[-1]["answer"] = words
    return pairs


def added_to(present: str, cases: Sequence[Case], path: Path) -> tuple[str, list[Case]]:
    """The text of a set with the cases that it does not have yet, and those cases.

    What is there stays as it is, byte for byte: a hand may have edited it. A case is known by its answer's id.

    :raises InvalidRequest: for a file that is not JSON Lines, with its faults.
    """
    faults = FaultList(path)
    known = {
        row.values.get(name) for row in rows(present.removeprefix("\ufeff"), faults) for name in ("id", "answer_id")
    }
    faults.raise_any()
    new = [case for case in cases if case["answer_id"] not in known]
    lines = [json.dumps(case, ensure_ascii=False) + "\n" for case in new]
    gap = "\n" if present and not present.endswith("\n") and lines else ""
    return present + gap + "".join(lines), new
