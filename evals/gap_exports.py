"""Gaps as a table for spreadsheets, as issues to work on, and as JSON."""

import csv
import hashlib
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from core.plain_text import printable
from evals.evidence import path_of
from evals.gaps import Gap, NearestDocument, State

SHOWN = 10
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")
_COLUMNS = (
    "gap", "state", "people", "questions", "first_asked", "last_asked", "examples_answered_today", "confidence_today",
    "nearest_document", "nearest_uri", "similarity", "near", "examples",
)  # fmt: skip


def as_csv(gaps: Sequence[Gap]) -> str:
    """One gap a row. Other people's words cannot become formulas: such cells begin with an apostrophe."""
    file = io.StringIO()
    writer = csv.writer(file, quoting=csv.QUOTE_ALL)
    writer.writerow(_COLUMNS)
    for gap in gaps:
        group, today = gap.group, gap.today
        nearest = today.documents[0] if today.documents else None
        cells = (
            group.title,
            gap.state.value,
            group.people,
            len(group.questions),
            group.first_asked,
            group.last_asked,
            f"{today.answered} of {today.asked}",
            today.confidence,
            nearest.title if nearest else "",
            nearest.uri if nearest else "",
            nearest.similarity if nearest else None,
            "yes" if nearest and nearest.is_near else "no",
            "; ".join(group.examples),
        )
        writer.writerow([_harmless(cell) if isinstance(cell, str) else cell for cell in cells])
    return file.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet would run what begins so (OWASP, "CSV injection"), also after spaces."""
    cell = printable(cell)
    return f"'{cell}" if cell.startswith(_FORMULA) or cell.lstrip().startswith(_FORMULA) else cell


def as_json(gap: Gap) -> dict[str, object]:
    group, today = gap.group, gap.today
    return {
        "gap": group.title,
        "state": gap.state.value,
        "people": group.people,
        "questions": len(group.questions),
        "first_asked": group.first_asked,
        "last_asked": group.last_asked,
        "examples": list(group.examples),
        "comments": list(group.comments),
        "today": {
            "answered": today.answered,
            "asked": today.asked,
            "confidence": today.confidence,
            "documents": [{**asdict(document), "near": document.is_near} for document in today.documents],
        },
        "answer_ids": [question.answer_id for question in group.questions],
    }


def issue_name(gap: Gap) -> str:
    """The file of an issue. It comes from the first question, so that a later report writes over it."""
    first = min(gap.group.questions, key=lambda question: (question.asked_at, question.answer_id))
    words = re.sub(r"\W+", "-", first.understood_as.casefold()).strip("-")[:60].strip("-")
    return f"{words or 'gap'}-{hashlib.sha256(first.answer_id.encode()).hexdigest()[:8]}.md"


def as_issue(gap: Gap) -> str:
    """A gap as an issue: what people asked, what is near, what to write."""
    group = gap.group
    people = _count(group.people, "person", "people")
    lines = [
        f"# {_plain(group.title)}",
        "",
        f"{people}, {_count(len(group.questions), 'question', 'questions')}, "
        f"from {group.first_asked[:10]} to {group.last_asked[:10]}. {standing(gap)}",
        "",
        "## What people asked",
        "",
        *(f"- {_plain(text)}{f' ({times} times)' if times > 1 else ''}" for text, times in _wordings(gap)[:SHOWN]),
    ]
    if len(_wordings(gap)) > SHOWN:
        lines.append(f"- … and {len(_wordings(gap)) - SHOWN} other wordings")
    if group.comments:
        lines += ["", "## What they said of the answers", "", *(f"- {_plain(c)}" for c in group.comments[:SHOWN])]
    lines += ["", "## Nearest documents", ""]
    lines += [f"- {_document(document, len(group.questions))}" for document in gap.today.documents] or ["- none"]
    return "\n".join([*lines, "", "## What to write", "", _advice(gap), ""])


def standing(gap: Gap) -> str:
    """How the gap stands today, in a sentence."""
    today = gap.today
    if gap.state is State.CLOSED:
        return "Closed: these questions are answered today."
    if gap.state is State.TO_CHECK:
        return "To check: these questions are answered today, but an answer was rated down."
    return f"Open: of {_count(today.asked, 'question', 'questions')} asked again, {today.answered} answered today."


def _wordings(gap: Gap) -> list[tuple[str, int]]:
    counts = Counter(" ".join(question.understood_as.split()) for question in gap.group.questions)
    return counts.most_common()


def _document(document: NearestDocument, questions: int) -> str:
    if document.similarity is None:
        how = "not found any more"
    else:
        how = f"{'near' if document.is_near else 'not near'}, similarity {document.similarity:.2f}"
    came_up = f"; it came up for {document.came_up} of {_count(questions, 'question', 'questions')}"
    return (
        f"{_plain(document.title)} ({_plain(path_of(document.uri).name)}): {how}{came_up if document.came_up else ''}"
    )


def _advice(gap: Gap) -> str:
    if gap.state is State.CLOSED:
        return "Nothing: read today's answers once, and close this."
    titles = ", ".join(f"“{_plain(document.title)}”" for document in gap.near)
    if gap.state is State.TO_CHECK:
        return f"Read today's answers. Where they are wrong, correct what they quote: {titles or 'see the citations'}."
    if titles:
        return f"The subject is near in {titles}, but the answer is not found: say it there, in a plain sentence."
    return "Nothing in the documents is near: a new page or section that answers the questions above."


def _plain(text: str) -> str:
    """Other people's words in Markdown, as words only: no markup, no links, nobody notified."""
    words = " ".join(printable(text).split())
    # A zero-width joiner after them keeps "@name" and bare addresses from being taken for more than words.
    return _MARKUP.sub(r"\\\1", re.sub(r"(@|:(?=//)|www\.)", "\\1\u2060", words))


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
