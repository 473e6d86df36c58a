"""Finds the files of a set's documents: those that its evidence names, or all that the user points at."""

from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from core.errors import InvalidRequest, NotFound
from evals.sets.types import ANY_DOCUMENT, Question, SourceFile


def named_documents(questions: Iterable[Question]) -> list[str]:
    """The documents that the evidence names, in order of first use."""
    names = dict.fromkeys(evidence.document for question in questions for evidence in question.evidence)
    return [name for name in names if name != ANY_DOCUMENT]


def is_named(path: PurePosixPath, name: str) -> bool:
    """Whether ``name`` is the path's file name, or more of its end ("2023/report.pdf")."""
    parts = PurePosixPath(name).parts
    return bool(parts) and path.parts[-len(parts) :] == parts


def find_documents(folder: Path, questions: Iterable[Question]) -> tuple[SourceFile, ...]:
    """The files in or below ``folder`` that the evidence names; of several with one name, those nearest the top.

    :raises NotFound: listing the names that are not there.
    """
    names = named_documents(questions)
    if not names:
        raise InvalidRequest(
            "No question of the set names a document in its evidence.",
            "Say where the documents are with --documents, or evaluate a collection with --collection.",
        )
    files = _files_below(folder)
    found: dict[Path, None] = {}
    missing: list[str] = []
    for name in names:
        matches = [path for path in files if is_named(PurePosixPath(path.as_posix()), name)]
        depth = min((len(path.parts) for path in matches), default=0)
        found.update((path, None) for path in matches if len(path.parts) == depth)
        if not matches:
            missing.append(name)
    if missing:
        raise NotFound(
            f"The evidence names {_documents(len(missing))} not found in or below {folder}: {', '.join(missing)}.",
            "Put them there, correct the names in the set, or say where they are with --documents.",
        )
    return tuple(SourceFile(path.name, path=path) for path in found)


def all_documents(place: Path, questions: Iterable[Question], questions_file: Path) -> tuple[SourceFile, ...]:
    """The file ``place``, or every file in or below that folder: all are read, not only those that are named.

    :raises NotFound: if there is none, or one that the evidence names is not among them.
    """
    if not place.exists():
        raise NotFound(f"{place} does not exist.", "Point --documents at a file or a folder.")
    files = [place] if place.is_file() else _files_below(place)
    files = [path for path in files if path.resolve() != questions_file.resolve()]
    if not files:
        raise NotFound(f"There are no documents in {place}.", "Point --documents at a file or a folder with some.")
    posix = [PurePosixPath(path.as_posix()) for path in files]
    missing = [name for name in named_documents(questions) if not any(is_named(path, name) for path in posix)]
    if missing:
        raise NotFound(
            f"The evidence names {_documents(len(missing))} not found in {place}: {', '.join(missing)}.",
            "Put them there, or correct the names in the set.",
        )
    return tuple(SourceFile(path.name, path=path) for path in files)


def _files_below(folder: Path) -> list[Path]:
    """Every file in or below ``folder``, sorted, without what is hidden or an editor's lock file ("~$report.docx")."""
    found = []
    for path in folder.rglob("*"):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and not path.name.startswith("~$") and path.is_file():
            found.append(path)
    return sorted(found)


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"
