"""Opens a question set: finds its file, tells its format by its content, finds its documents."""

import json
from pathlib import Path

from core.errors import InvalidRequest, NotFound
from evals.sets.documents import all_documents, find_documents
from evals.sets.faults import FaultList
from evals.sets.financebench import is_financebench, read_financebench
from evals.sets.question_lines import read_question_lines
from evals.sets.rows import rows
from evals.sets.squad import read_squad
from evals.sets.types import Question, QuestionSet, SourceFile

USUAL_NAME = "questions.jsonl"
FORMATS = (
    "A set is JSON Lines with a question a line (id, question, answerable, answers, evidence), "
    "SQuAD JSON, or FinanceBench rows."
)


def load_set(place: Path, documents: Path | None = None, *, with_documents: bool = True) -> QuestionSet:
    """The questions of ``place`` (a file, or a folder that holds one) and their documents.

    ``documents`` is a file or a folder to be read whole. Without it, the documents that the evidence names are
    looked for in and below the set's folder. ``with_documents=False`` looks for none: an existing collection has
    them.

    :raises InvalidRequest: for a set that cannot be read, with all its faults.
    :raises NotFound: for a file or a document that is not there.
    """
    file = _questions_file(place)
    questions, made = _read(file)
    if not questions:
        raise InvalidRequest(f"{file} holds no questions.", FORMATS)
    name = file.parent.resolve().name if file.name == USUAL_NAME else file.stem
    if not with_documents:
        return QuestionSet(name, questions, ())
    if documents is not None:
        return QuestionSet(name, questions, all_documents(documents, questions, file))
    return QuestionSet(name, questions, made or find_documents(file.parent, questions))


def _questions_file(place: Path) -> Path:
    if place.is_file():
        return place
    if not place.is_dir():
        raise NotFound(f"{place} does not exist.", "Name a question set: a file, or a folder that holds one.")
    if (place / USUAL_NAME).is_file():
        return place / USUAL_NAME
    files = sorted(path for path in place.iterdir() if path.suffix in {".json", ".jsonl"} and path.is_file())
    if len(files) == 1:
        return files[0]
    wrong = f"has several: {', '.join(path.name for path in files)}" if files else "has none"
    raise InvalidRequest(
        f"{place} should hold one questions file, but {wrong}.",
        f"Name the file itself, or call it {USUAL_NAME}.",
    )


def _read(file: Path) -> tuple[tuple[Question, ...], tuple[SourceFile, ...]]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{file} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from error
    except OSError as error:
        raise InvalidRequest(f"{file} cannot be read: {error.strerror}.", "Check the file's permissions.") from error
    if _is_squad(file, text):
        return read_squad(text, file)
    first = next(rows(text, FaultList(file)), None)
    if first is not None and is_financebench(first):
        return read_financebench(text, file), ()
    if first is not None and "question" not in first.values:
        raise InvalidRequest(f'{file}, {first.place}: no "question", so the format is not known.', FORMATS)
    return read_question_lines(text, file), ()


def _is_squad(file: Path, text: str) -> bool:
    """One JSON value over the whole file is SQuAD's; so is a file named .json that is broken JSON."""
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return file.suffix == ".json" and next(rows(text, FaultList(file)), None) is None
    return isinstance(value, dict) and "data" in value
