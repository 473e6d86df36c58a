"""BEIR: a folder of corpus.jsonl, queries.jsonl and qrels/ (Thakur et al. 2021, arXiv 2104.08663).

Each row of the corpus becomes a text document, its title a line of its own before the text, and each document that a
query is judged relevant to is evidence as a whole, with the grade of the judgement. The test judgements are taken,
or else those of dev or train.

Traps: a query of which nothing is judged relevant is left out, as there is nothing to find; trec_eval counts it as 0
if it has judgements. A document that was not judged counts as not relevant, although it may answer. Grades below 1
are "not relevant". A corpus row without title and text makes no document.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import InvalidRequest
from evals.sets.faults import FaultList
from evals.sets.file_names import FileNames
from evals.sets.rows import SeenIds, rows_of_lines
from evals.sets.types import Evidence, Question, SourceFile

CORPUS = "corpus.jsonl"
QUERIES = "queries.jsonl"
JUDGEMENTS = ("test", "dev", "train")
LONGEST_GRADE = 9  # digits
HEADER = ["query-id", "corpus-id", "score"]

Grades = dict[str, dict[str, int]]


def is_beir(place: Path) -> bool:
    """Whether a folder is in this layout."""
    return (place / CORPUS).is_file() and (place / QUERIES).is_file()


def read_beir(folder: Path) -> tuple[tuple[Question, ...], tuple[SourceFile, ...]]:
    """The judged queries and the whole corpus.

    :raises InvalidRequest: with everything that is wrong in one of the files.
    """
    grades = _judgements(folder)
    names, documents = _corpus(folder / CORPUS)
    return _queries(folder / QUERIES, grades, names), tuple(documents)


def _corpus(path: Path) -> tuple[dict[str, str], list[SourceFile]]:
    """The documents, and the file name of each id."""
    faults = FaultList(path)
    seen = SeenIds()
    made = FileNames()
    names: dict[str, str] = {}
    documents: list[SourceFile] = []
    with _lines(path) as lines:
        for row in rows_of_lines(lines, faults):
            corpus_id = row.text("_id") or ""
            seen.check(row, corpus_id)
            # An empty title or text is usual, so it is no fault.
            parts = [row.text(name, required=False) for name in ("title", "text") if row.values.get(name)]
            names[corpus_id] = made.name(corpus_id, otherwise="document")
            if text := "\n\n".join(part for part in parts if part):
                documents.append(SourceFile(names[corpus_id], text=f"{text}\n"))
    faults.raise_any()
    return names, documents


def _queries(path: Path, grades: Grades, names: dict[str, str]) -> tuple[Question, ...]:
    faults = FaultList(path)
    seen = SeenIds()
    questions: list[Question] = []
    with _lines(path) as lines:
        for row in rows_of_lines(lines, faults):
            query_id = row.text("_id") or ""
            seen.check(row, query_id)
            text = row.text("text") or ""
            relevant = grades.pop(query_id, {})
            if relevant:
                # A document that the corpus lacks stays evidence: it cannot be found, and that is a miss.
                evidence = tuple(Evidence(names.get(key, key), grade=grade) for key, grade in relevant.items())
                questions.append(Question(query_id, text, True, evidence=evidence, place=row.place))
    for query_id in grades:
        faults.add(
            "the file", f'the judged query "{query_id}" is missing', "Check that queries and qrels are of one set."
        )
    faults.raise_any()
    return tuple(questions)


def _judgements(folder: Path) -> Grades:
    """What is relevant to each query, and how much."""
    paths = [folder / "qrels" / f"{name}.tsv" for name in JUDGEMENTS]
    path = next((path for path in paths if path.is_file()), None)
    if path is None:
        raise InvalidRequest(
            f"{folder} has {CORPUS} and {QUERIES}, but no judgements.",
            f"Put them into qrels/test.tsv, with the header {' '.join(HEADER)}, parted by tabs.",
        )
    faults = FaultList(path)
    grades: Grades = defaultdict(dict)
    with _lines(path) as lines:
        for number, line in enumerate(lines, start=1):
            cells = [cell.strip() for cell in line.split("\t")]
            if number == 1 and cells != HEADER:
                faults.add("line 1", "not the header", f"The first line is {' '.join(HEADER)}, parted by tabs.")
            elif number > 1 and line.strip():
                _judge(cells, f"line {number}", grades, faults)
    faults.raise_any()
    return dict(grades)


def _judge(cells: list[str], place: str, grades: Grades, faults: FaultList) -> None:
    digits = cells[-1].removeprefix("-")
    if len(cells) != len(HEADER) or not all(cells) or not digits.isdecimal() or len(digits) > LONGEST_GRADE:
        faults.add(
            place, "not a judgement", "A judgement is a query id, a corpus id and a whole number, parted by tabs."
        )
    elif int(cells[2]) > 0:
        grades[cells[0]][cells[1]] = int(cells[2])


@contextmanager
def _lines(path: Path) -> Iterator[Iterator[str]]:
    """The file line by line: a corpus may be larger than the memory that its text alone takes twice."""
    try:
        with path.open(encoding="utf-8-sig", newline="\n") as file:
            yield file
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path} is not UTF-8 text.", "Save it as UTF-8.") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.", "Check its permissions.") from error
