"""What has to hold after a kill: the step at hand is done or not, and search finds what is there and nothing else."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from index.purge import purge
from index.store import Store
from index.tidy import tidy, unreferenced
from index.verify.check import Check, Level
from index.verify.run import verify
from tests.faults.library import BY_WORDS, Library, Step, made, marker

Seen = dict[str, dict[int, set[int]]]
"""By collection and number: every version of a document that may ever have been there."""


class Lost(AssertionError):
    """The folder is not as it has to be."""


@dataclass
class Tally:
    """How many kills there were, by what the worker was doing."""

    kills: int = 0
    during: Counter[str] = field(default_factory=Counter)
    undone: int = 0
    done: int = 0
    purged: int = 0
    """How often a deleted text was still in the catalog's file and `purge` had to take it out."""


def settled(store: Store, library: Library, pending: Step | None, tally: Tally) -> Library:
    """The library as it is, if the step that was begun is done or not: nothing in between. Raises Lost."""
    present = present_in(store)
    before, after = library, pending.applied(library) if pending else library
    if ids_of(after) == without_empty(present):
        tally.done += after != before
        return after
    if ids_of(before) != without_empty(present):
        raise Lost("the catalog has neither what was before the step nor what is after")
    tally.undone += after != before
    return before


def present_in(store: Store) -> dict[str, dict[str, str]]:
    """The ids of the documents that are there, by collection and uri."""
    return {c.name: {row.uri: row.id for row in store.catalog.documents(c.name)} for c in store.catalog.collections()}


def ids_of(library: Library) -> dict[str, dict[str, str]]:
    told = {
        name: {one.uri: one.id for one in (made(n, v).document for n, v in versions.items())}
        for name, versions in library.items()
    }
    return without_empty(told)


def without_empty(told: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    return {name: documents for name, documents in told.items() if documents}


def note(seen: Seen, library: Library, pending: Step | None) -> None:
    """Every version that may ever have been there: what is not there now must not be found."""
    for name, versions in [*library.items(), *([(pending.collection, pending.put)] if pending else ())]:
        for number, version in versions.items():
            seen.setdefault(name, {}).setdefault(number, set()).add(version)


def check_store(store: Store, library: Library, seen: Seen, tally: Tally) -> None:
    """All of it: answers, and every check of `verify`. Raises Lost."""
    data = store.data_dir
    tidy(data, store.catalog, store.originals)  # as every start of a server does
    for collection in store.catalog.collections():
        store.refresh(collection.name)
    check_answers(store, library, seen)
    bad = _not_ok(store, data)
    if [check.name for check in bad] == ["deleted texts"]:  # a copy that SQLite left where it moved a row
        tally.purged += 1
        purge(store.catalog)
        bad = _not_ok(store, data)
    if bad or (strays := unreferenced(store.catalog, data)):
        raise Lost(f"verify: {bad or strays}")


def _not_ok(store: Store, data: Path) -> list[Check]:
    return [check for check in verify(data, store.catalog, store.encoder, 5, 1) if check.level is not Level.OK]


def check_answers(store: Store, library: Library, seen: Seen) -> None:
    for name, versions in library.items():
        for number, version in versions.items():
            hits = store.search(name, marker(number, version), 3, BY_WORDS).hits
            if not hits or marker(number, version) not in hits[0].passage.text:
                raise Lost(f"{marker(number, version)} of {name!r} is not found, but {hits[:1]}")
        gone = [(n, v) for n, former in seen.get(name, {}).items() for v in former if versions.get(n) != v]
        for number, version in gone[-10:]:
            word = marker(number, version)
            if any(word in hit.passage.text for hit in store.search(name, word, 5, BY_WORDS).hits):
                raise Lost(f"{word} is back")
