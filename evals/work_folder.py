"""The folder in which a set is evaluated: its documents, and an index of nothing else.

<work folder>/set.json     which documents it is for
<work folder>/documents/   documents that were made from the set's own text
<work folder>/data/        the data folder of the system under evaluation
"""

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import Conflict, InvalidRequest, ReadError
from evals.sets.types import Question, QuestionSet, SourceFile
from evals.write_file import write_atomically

MARK = "set.json"
UNSAFE = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """An opened work folder: the data folder, and the set's documents as files."""

    data_dir: Path
    files: tuple[Path, ...]


def digest(documents: Sequence[SourceFile]) -> str:
    """A hash of the documents' names and contents, whatever their order."""
    lines = []
    for document in documents:
        lines.append(f"{document.name}\0{hashlib.sha256(_content(document)).hexdigest()}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def digest_of_questions(questions: Sequence[Question]) -> str:
    """A hash of everything that the questions say."""
    return hashlib.sha256("\n".join(repr(question) for question in questions).encode()).hexdigest()


def _content(document: SourceFile) -> bytes:
    if document.path is None:
        return (document.text or "").encode()
    try:
        return document.path.read_bytes()
    except OSError as error:
        raise ReadError(f"{document.path} cannot be read: {error.strerror}.", "Check its permissions.") from error


def default_folder(data_dir: Path, question_set: QuestionSet) -> Path:
    """The same set with the same documents always gets the same folder."""
    name = UNSAFE.sub("-", question_set.name).strip("-.") or "set"
    return data_dir / "evals" / f"{name}-{digest(question_set.documents)[:12]}"


def open_work_folder(folder: Path, documents: Sequence[SourceFile]) -> WorkFolder:
    """Makes the folder, or opens it again for the same documents.

    :raises Conflict: if the folder holds anything else, as its documents would answer too.
    """
    text = json.dumps({"documents": digest(documents)}) + "\n"
    mark = folder / MARK
    if mark.is_file():
        if mark.read_text(encoding="utf-8") != text:
            raise Conflict(f"{folder} was made for other documents.", "Name another --work-dir, or delete this one.")
    elif folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is not a work folder of an evaluation.", "Name a new or empty folder.")
    else:
        _make(folder)
        write_atomically(mark, text)
    files = tuple(_file(document, folder / "documents") for document in documents)
    return WorkFolder(folder / "data", files)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidRequest(f"{folder} cannot be made: {error.strerror}.", "Name another --work-dir.") from error


def _file(document: SourceFile, folder: Path) -> Path:
    if document.path is not None:
        return document.path.resolve()
    _make(folder)
    path = (folder / document.name).resolve()
    text = document.text or ""
    if not path.is_file() or path.read_bytes() != text.encode():
        write_atomically(path, text)
    return path
