"""Opens a question set: finds its file, tells its format by its content, finds its documents."""

import json
from collections.abc import Sequence
from pathlib import Path

from core.errors import InvalidRequest, NotFound
from evals.sets.beir import is_beir, read_beir
from evals.sets.cast import is_cast, read_cast
from evals.sets.documents import all_documents, find_documents
from evals.sets.faults import FaultList, Fields
from evals.sets.financebench import is_financebench, read_financebench
from evals.sets.mtrag import is_mtrag, read_mtrag
from evals.sets.question_lines import read_question_lines, read_question_rows
from evals.sets.question_table import is_question_table, read_question_table
from evals.sets.ragas import is_ragas, read_ragas
from evals.sets.rows import rows, rows_of_list
from evals.sets.squad import read_squad
from evals.sets.table import Table, header_of, read_table, table
from evals.sets.types import Question, QuestionSet, SourceFile
from evals.sets.workbook import is_workbook, read_workbook

USUAL_STEM = "questions"
JSON = (".jsonl", ".json")
CODE_PAGES = ("utf_16", "cp1252", "cp1250", "cp1251", "gb18030", "shift_jis", "big5", "cp949")
TABLES = (".csv", ".tsv", ".xlsx")
FORMATS = (
    "A set is JSON Lines with a question a line (id, question, answerable, answers, evidence), a CSV, TSV or Excel "
    "table with a column question, SQuAD JSON, FinanceBench rows, a BEIR folder, a ragas test set, MTRAG tasks, or "
    "TREC CAsT topics."
)

Content = tuple[tuple[Question, ...], tuple[SourceFile, ...]]


def load_set(place: Path, documents: Path | None = None, *, with_documents: bool = True) -> QuestionSet:
    """The questions of ``place`` (a file, or a folder that holds one) and their documents.

    ``documents`` is a file or a folder to be read whole. Without it, the documents are those that the set's own text
    makes, or those that the evidence names, looked for in and below the set's folder. ``with_documents=False`` looks
    for none: an existing collection has them.

    :raises InvalidRequest: for a set that cannot be read, with all its faults.
    :raises NotFound: for a file or a document that is not there.
    """
    if is_beir(place):
        file, name = place, place.resolve().name
        questions, made = read_beir(place)
    else:
        file = _questions_file(place)
        name = file.parent.resolve().name if file.stem == USUAL_STEM else file.stem
        questions, made = _read(file, own_documents=with_documents and documents is None)
    if not questions:
        raise InvalidRequest(f"{file} holds no questions.", FORMATS)
    if not with_documents:
        return QuestionSet(name, questions, ())
    if documents is not None:
        return QuestionSet(name, questions, all_documents(documents, questions, file))
    return QuestionSet(name, questions, made or find_documents(file.parent, questions))


def _questions_file(place: Path) -> Path:
    """The file itself; in a folder the one that is called "questions", or else the only JSON file, or table."""
    if place.is_file():
        return place
    if not place.is_dir():
        raise NotFound(f"{place} does not exist.", "Name a question set: a file, or a folder that holds one.")
    usual = [path for suffix in (*JSON, *TABLES) if (path := place / f"{USUAL_STEM}{suffix}").is_file()]
    if usual:
        return usual[0]
    files = _files(place, JSON) or _files(place, TABLES)
    if len(files) == 1:
        return files[0]
    wrong = f"has several: {', '.join(path.name for path in files)}" if files else "has none"
    raise InvalidRequest(
        f"{place} should hold one questions file, but {wrong}.",
        f"Name the file itself, or call it {USUAL_STEM}{JSON[0]}.",
    )


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in suffixes and path.is_file())


def _read(file: Path, *, own_documents: bool) -> Content:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}.", "Check the file's permissions.") from error
    faults = FaultList(file)
    if is_workbook(content):
        return _read_table(table(read_workbook(content, str(file)), faults), faults, own_documents)
    text = _decoded(content, file)
    if file.suffix.lower() in TABLES or _is_table(text):
        return _read_table(read_table(text, faults), faults, own_documents)
    value = _json(text)
    if (isinstance(value, dict) and "data" in value) or _is_broken_json(file, text, value):
        return read_squad(text, file)
    if isinstance(value, list):
        return _read_list(value, file, own_documents)
    return _read_lines(text, file, own_documents)


def _decoded(content: bytes, file: Path) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = _guessed(content) if file.suffix.lower() in TABLES else None
        if found is None:
            raise InvalidRequest(f"{file} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from error
        text = found
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _guessed(content: bytes) -> str | None:
    """A spreadsheet's plain "CSV" is in the code page of its country."""
    from charset_normalizer import from_bytes

    best = from_bytes(content, cp_isolation=list(CODE_PAGES)).best()
    return str(best).removeprefix("\ufeff") if best is not None else None


def _is_table(text: str) -> bool:
    header = header_of(text)
    return is_question_table(header) or is_ragas(set(header))


def _read_table(read: Table, faults: FaultList, own_documents: bool) -> Content:
    if is_ragas(set(read.columns)):
        return read_ragas(read.rows, faults, with_documents=own_documents)
    return (read_question_table(read, faults) if read.columns else ()), ()


def _json(text: str) -> object:
    """The value that the text is as a whole, or None."""
    try:
        value: object = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value


def _is_broken_json(file: Path, text: str, value: object) -> bool:
    """A file that is called .json and holds neither a value nor one row; its fault is told as SQuAD's."""
    return file.suffix == ".json" and value is None and next(rows(text, FaultList.nowhere()), None) is None


def _read_list(items: Sequence[object], file: Path, own_documents: bool) -> Content:
    faults = FaultList(file)
    if is_cast(items):
        return read_cast(items, faults), ()
    first = next(rows_of_list(items, FaultList.nowhere()), None)
    read = rows_of_list(items, faults)
    if first is not None and is_ragas(first.values.keys()):
        return read_ragas(read, faults, with_documents=own_documents)
    if first is not None and is_mtrag(first):
        return read_mtrag(read, faults)
    _require_question(first, file)
    return read_question_rows(read, faults), ()


def _read_lines(text: str, file: Path, own_documents: bool) -> Content:
    faults = FaultList(file)
    first = next(rows(text, FaultList.nowhere()), None)
    if first is not None and is_financebench(first):
        return read_financebench(text, file), ()
    if first is not None and is_ragas(first.values.keys()):
        return read_ragas(rows(text, faults), faults, with_documents=own_documents)
    if first is not None and is_mtrag(first):
        return read_mtrag(rows(text, faults), faults)
    _require_question(first, file)
    return read_question_lines(text, file), ()


def _require_question(first: Fields | None, file: Path) -> None:
    if first is not None and "question" not in first.values:
        raise InvalidRequest(f'{file}, {first.place}: no "question", so the format is not known.', FORMATS)
