"""A process that writes to a data folder without end, until it is killed: by its parent, or by itself at some line."""

import os
import random
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

import faiss
import structlog

import index
import service.backup
from core.errors import Conflict, NotFound
from index import building
from index.dense.building import DenseSettings
from index.documents import Entry
from index.store import Store
from index.tidy import tidy
from index.transfer.importing import import_file
from index.transfer.writing import export
from service.backup.restoring import restore
from service.backup.writing import write_backup
from tests.faults.library import COLLECTIONS, Journal, Library, Step, made, split
from tests.index.index_samples import SIZES, WordEncoder

BACKUP = "backup.zip"
RESTORED = "restored"
_NUMBERS = 24
DENSE = DenseSettings(exact_up_to=30)  # so small that bases switch kinds all the time


@dataclass(frozen=True)
class Order:
    """What a worker is to do. ``die_at_line`` counts the lines that it runs of the index and of backups; 0 leaves it
    alive.
    """

    folder: Path
    journal: Path
    library: Library
    seed: int
    die_at_line: int = 0
    only: str = ""
    never: tuple[str, ...] = ()


def open_store(folder: Path) -> Store:
    return Store(folder, WordEncoder(), SIZES, DENSE)


def main(order: Order, ready: Connection) -> None:
    """Never returns, but by a kill or an error."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    faiss.omp_set_num_threads(1)

    rng = random.Random(order.seed)
    journal = Journal(order.journal)
    ready.send(os.getpid())
    if order.die_at_line:
        _die_at_line(order.die_at_line)
    library = order.library
    with open_store(order.folder) as store:
        while True:
            step = _next(rng, library, order)
            journal.begin(step)
            DO[step.name](store, step)
            journal.end()
            library = step.applied(library)


def _next(rng: random.Random, library: Library, order: Order) -> Step:
    weights = {name: weight for name, weight in _WEIGHTS.items() if name not in order.never}
    names = [order.only] if order.only else rng.choices([*weights], [*weights.values()], k=1)
    collection = rng.choice(COLLECTIONS)
    own = library.get(collection, {})
    name = names[0] if own else "put"
    some = rng.sample(range(_NUMBERS), rng.randint(1, 4))
    if name == "put":
        return Step("put", collection, put={n: rng.randrange(10**9) for n in some})
    if name == "remove":
        return Step("remove", collection, removed=tuple(rng.sample(sorted(own), min(len(own), rng.randint(1, 3)))))
    if name in _SECOND:
        return Step("drop", name, drops=True) if name in library else Step(name, name, copied_from=collection)
    if name == "drop":
        return Step("drop", collection, drops=True)
    return Step(name, collection)


def _put(store: Store, step: Step) -> None:
    sources = [made(number, version) for number, version in step.put.items()]
    embedded = store.embed([one.passages for one in sources])
    entries = [(Entry(one.document, own), one.original) for one, own in zip(sources, embedded, strict=True)]
    store.put(store.open_collection(step.collection), entries)
    store.refresh(step.collection)


def _remove(store: Store, step: Step) -> None:
    own = {f"file:///{number}.txt" for number in step.removed}
    store.remove(step.collection, [row.id for row in store.catalog.documents(step.collection) if row.uri in own])
    store.refresh(step.collection)


def _copy(store: Store, step: Step) -> None:
    assert step.copied_from is not None
    building.copy(store, step.copied_from, step.collection)


def _import(store: Store, step: Step) -> None:
    assert step.copied_from is not None
    file = store.data_dir.parent / "exported.zip"  # what a kill leaves is whole: the former one, or this one
    export(store, step.copied_from, file)
    import_file(store, file, step.collection)


def _roll_back(store: Store, step: Step) -> None:
    with suppress(NotFound, Conflict):  # it was not built anew, or was written to since
        building.roll_back(store, step.collection)


def _backup(store: Store, step: Step) -> None:
    write_backup(store.data_dir, store.data_dir.parent / BACKUP, with_indexes=step.collection == COLLECTIONS[0])


def _restore(store: Store, step: Step) -> None:
    """Beside the folder that is written to, in place of what was restored before."""
    file = store.data_dir.parent / BACKUP
    if file.exists():
        kept = restore(file, store.data_dir.parent / RESTORED, replace=True).kept
        if kept is not None:
            shutil.rmtree(kept)


DO: dict[str, Callable[[Store, Step], Any]] = {
    "put": _put,
    "remove": _remove,
    "drop": lambda store, step: store.delete_collection(step.collection),
    "base": lambda store, step: store.refresh(step.collection, save=True),
    "purge": lambda store, step: store.purge(),
    "tidy": lambda store, step: tidy(store.data_dir, store.catalog, store.originals),
    "reindex": lambda store, step: store.rebuild(step.collection, split),
    "rollback": _roll_back,
    "copy": _copy,
    "import": _import,
    "backup": _backup,
    "restore": _restore,
    "search": lambda store, step: store.search(step.collection, "the harbour of the north", 5),
}
_WEIGHTS = {
    "put": 8,
    "remove": 5,
    "base": 3,
    "search": 2,
    "purge": 1,
    "tidy": 1,
    "drop": 0.5,
    "reindex": 0.5,
    "rollback": 0.5,
    "copy": 0.5,
    "import": 0.5,
    "backup": 1.5,
    "restore": 1.5,
}
_SECOND = ("copy", "import")
"""Steps that make a second collection of their own name."""


def _die_at_line(count: int) -> None:
    """Kill this process when it has run so many lines of ``index`` and ``service.backup``, in whichever thread."""
    folders = tuple(str(Path(one.__path__[0])) for one in (index, service.backup))
    left = count

    def on_line(frame: FrameType, event: str, argument: object) -> Callable[..., Any]:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return on_line

    def on_call(frame: FrameType, event: str, argument: object) -> Callable[..., Any] | None:
        return on_line if frame.f_code.co_filename.startswith(folders) else None

    threading.settrace(on_call)
    sys.settrace(on_call)
