"""The documents of a system, each with a name that evidence can call it by."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.types import DocumentRef
from evals.evidence import path_of
from evals.generate.templates import LANGUAGE
from evals.generate.types import Source
from evals.sets.documents import is_named
from evals.system import System


@dataclass(frozen=True, slots=True)
class Skipped:
    """A document that no questions are made of, and why."""

    uri: str
    reason: str


def sources_of(system: System, *, any_language: bool) -> tuple[list[Source], list[Skipped]]:
    """The documents in the order of their names, and those left out. Patterns know English; a chat model more."""
    refs = system.documents()
    sources, skipped = [], []
    for ref in refs:
        name = name_of(ref, refs)
        document = system.document(ref.id)
        if name is None:
            skipped.append(Skipped(ref.uri, "its address has no file name that is its own"))
        elif not any_language and document.language not in (None, LANGUAGE):
            skipped.append(Skipped(ref.uri, f"its language is {document.language}; only English goes without --writer"))
        else:
            sources.append(Source(name, document))
    return sorted(sources, key=lambda source: source.name), skipped


def name_of(ref: DocumentRef, refs: Sequence[DocumentRef]) -> str | None:
    """The file name, or as much of the path's end as tells it from the others."""
    parts = [part for part in path_of(ref.uri).parts if part != "/"]
    others = [path_of(other.uri) for other in refs if other.id != ref.id]
    for count in range(1, len(parts) + 1):
        name = "/".join(parts[-count:])
        if not any(is_named(other, name) for other in others):
            return name
    return None
