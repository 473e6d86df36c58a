"""Question sets as a spreadsheet saves them: a header row, then a question a row.

    id;question;answer;answerable;document;quote;page;kind;tags
    q1;When was it held?;December 27th|27 December;yes;report.pdf;was held on December 27th;;dates;
    q2;Who paid for it?;;no;;;;;

Only ``question`` must be there; the order of the columns and the case of their names do not matter. Several answers
or tags are parted by "|". A document without quote or page is evidence as a whole; a quote without a document counts
wherever it stands. Columns that are not ours are passed over. Trap: one that is nearly ours is a fault, since
passing over "anwser" would silently make a set without answers.
"""

from difflib import get_close_matches

from evals.sets.faults import FaultList, Fields
from evals.sets.question_lines import read_question
from evals.sets.rows import SeenIds
from evals.sets.table import Table
from evals.sets.types import ANY_DOCUMENT, Evidence, Question

SAME = {
    **dict.fromkeys(("answer", "expected answer", "expected", "reference"), "answers"),
    **dict.fromkeys(("source", "source document", "file"), "document"),
    **dict.fromkeys(("quotation", "citation", "evidence"), "quote"),
    "tag": "tags",
}
COLUMNS = ("id", "question", "answer", "answers", "answerable", "document", "quote", "page", "kind", "tag", "tags")
LONGEST_PAGE = 9  # digits
SEPARATOR = "|"
FLAGS = {**dict.fromkeys(("yes", "y", "true", "1"), True), **dict.fromkeys(("no", "n", "false", "0"), False)}
NEARLY = 0.8


def is_question_table(columns: tuple[str, ...]) -> bool:
    return "question" in columns


def read_question_table(table: Table, faults: FaultList) -> tuple[Question, ...]:
    """:raises InvalidRequest: with every bad column and row."""
    _check_columns(table.columns, faults)
    seen = SeenIds()
    questions = [_question(row, seen) for row in table.rows]
    faults.raise_any()
    return tuple(questions)


def _check_columns(columns: tuple[str, ...], faults: FaultList) -> None:
    known = f"The columns are {', '.join(COLUMNS)}; only question must be there."
    if "question" not in columns:
        faults.add("the header", f'no column "question" among: {", ".join(columns)}', known)
        faults.raise_any()  # without it, every row would be a fault too
    for one, other in SAME.items():
        if one in columns and other in columns:
            faults.add("the header", f'the columns "{one}" and "{other}" are the same', "Keep one of them.")
    for name in columns:
        near = [] if name in COLUMNS or name in SAME else get_close_matches(name, COLUMNS, n=1, cutoff=NEARLY)
        if near:
            faults.add("the header", f'the column "{name}" is not known; is it "{near[0]}"?', known)


def _question(row: Fields, seen: SeenIds) -> Question:
    values = {SAME.get(name, name): value for name, value in row.values.items()}
    cells = Fields(values, row.place, row.faults)
    read: dict[str, object] = {name: values.get(name) for name in ("id", "question", "kind")}
    read["answers"] = _several(cells, "answers")
    read["tags"] = _several(cells, "tags")
    read["answerable"] = _flag(cells)
    return read_question(Fields(read, row.place, row.faults), seen, _evidence(cells))


def _several(row: Fields, name: str) -> list[str]:
    return [part.strip() for part in (row.text(name, required=False) or "").split(SEPARATOR) if part.strip()]


def _flag(row: Fields) -> bool | None:
    text = row.text("answerable", required=False)
    if text is None:
        return None
    if text.casefold() not in FLAGS:
        row.wrong(f'"answerable" is "{text}"', '"answerable" is yes, no, or empty where it is not known.')
    return FLAGS.get(text.casefold())


def _evidence(row: Fields) -> tuple[Evidence, ...]:
    document = row.text("document", required=False)
    quote = row.text("quote", required=False)
    page = _page(row)
    if document is None and page is not None and quote is None:
        row.wrong('"page" without "document"', "Say in which document the page is.")
    if document is None and quote is None:
        return ()
    return (Evidence(document or ANY_DOCUMENT, quote, page),)


def _page(row: Fields) -> int | None:
    text = row.text("page", required=False)
    if text is None:
        return None
    # "3.0" is how pandas writes a whole number in a column with gaps.
    whole = text.removesuffix(".0")
    if whole.isdecimal() and len(whole) <= LONGEST_PAGE and int(whole) >= 1:
        return int(whole)
    row.wrong(f'"page" is "{text}"', '"page" is a whole number, 1 or more.')
    return None
