"""A file into a new collection: checked whole, then written hidden, then shown."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from core.errors import IndexBroken, IndexMismatch
from core.types import DocumentRef, Finding, Passage
from index import collections, marks, marks_tables, quality, schema, stored, versions
from index.build_lock import build_lock
from index.building import BuildProgress, Told, dropped_on_failure, sweep_held
from index.collections import Collection, IndexSpec
from index.passages import Embedded, encoder_input, input_hash
from index.transfer.format import DocumentRecord, Spec, refused
from index.transfer.reading import CollectionFile, ReadDocument

if TYPE_CHECKING:
    from index.store import Store

_AT_ONCE = 1_024  # passages that are embedded and written together
_CHARS = 2_000_000
_FEWEST_SPARE = 64 * 1024**2


@dataclass(frozen=True, slots=True)
class Imported:
    """``originals_missing`` counts documents whose original bytes the file does not have."""

    collection: str
    documents: int
    passages: int
    originals_missing: int


def import_file(
    store: "Store", path: Path, name: str | None = None, *, embed: bool = False, told: Told | None = None
) -> Imported:
    """Make a collection of a file's, under its own name or ``name``.

    With ``embed``, the file's vectors are not used but made anew with the present encoder. Otherwise they serve this
    collection only: no other takes a vector from what somebody else made. Raises InvalidRequest (the file is damaged,
    or none), Conflict (the name is taken), IndexMismatch (another encoder, without ``embed``), IndexBroken (no room).
    """
    file = CollectionFile(path)
    try:
        name = name or file.manifest.name
        collections.check_name(name)
        with schema.read(store.catalog.engine) as connection:
            collections.check_free(connection, name)
        spec = _spec(store, file.manifest.spec, embed)
        if not store.place.on_server:
            _check_room(store.data_dir, file.size)
        for one in file.documents():
            _marks_of(one.record)
            for _ in one.original or ():
                pass
        for _ in file.replaced():
            pass
        own = file.manifest.spec.own_sizes or (spec.split_target, spec.split_maximum) != store.split_sizes
        with build_lock(store.place):
            sweep_held(store)
            with schema.write(store.catalog.engine) as connection:
                hidden = versions.hide(connection, spec, own_sizes=own)
            with dropped_on_failure(store, hidden):
                _Import(store, file, hidden, embed, told).run()
                store.refresh_dense(hidden, save=True)
                with schema.write(store.catalog.engine) as connection:
                    collections.check_free(connection, name)
                    versions.show(connection, hidden, name)
        manifest = file.manifest
        return Imported(name, manifest.documents, manifest.passages, manifest.originals_missing)
    finally:
        file.close()


def _spec(store: "Store", given: Spec, embed: bool) -> IndexSpec:
    sizes = given.split_target, given.split_maximum
    own = store.encoder.name, store.encoder.dimension
    if not embed and own != (given.encoder, given.dimension):
        raise IndexMismatch(
            f"The file was made with the encoder {given.encoder!r} of {given.dimension} dimensions; "
            f"the setting says {own[0]!r}.",
            "Embed it anew with --embed, or set encoder.model.",
        )
    return IndexSpec(*own, *sizes)


def _check_room(folder: Path, size: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < size + _FEWEST_SPARE:
        raise IndexBroken(
            f"The file unpacks to {size // 1024**2} MiB, and {folder} has {free // 1024**2} MiB left.", "Make room."
        )


class _Import:
    def __init__(
        self, store: "Store", file: CollectionFile, hidden: Collection, embed: bool, told: Told | None
    ) -> None:
        self._store = store
        self._file = file
        self._hidden = hidden
        self._embed = embed
        self._told = told
        self._documents = self._passages = 0

    def run(self) -> None:
        waiting: list[tuple[ReadDocument, list[Passage]]] = []
        for one in self._file.documents():
            if one.original is not None:
                self._store.originals.put_pieces(one.record.sha256, one.original)
            waiting.append((one, _passages(one.record)))
            rows = sum(len(passages) for _, passages in waiting)
            if rows >= _AT_ONCE or sum(len(read.record.text) for read, _ in waiting) >= _CHARS:
                self._write(waiting)
                waiting = []
        self._write(waiting)
        replaced = ({"document_id": one.id, "uri": one.uri} for one in self._file.replaced())
        self._write_replaced([{"collection_id": self._hidden.id, **row} for row in replaced])

    def _write(self, some: Sequence[tuple[ReadDocument, list[Passage]]]) -> None:
        if self._embed:
            made = self._store.embed([passages for _, passages in some])
        else:
            made = [self._given(one, passages) for one, passages in some]
        try:
            with schema.write(self._store.catalog.engine) as connection:
                for (one, _), embedded in zip(some, made, strict=True):
                    key = stored.write(connection, self._hidden.id, _values(one.record), embedded)
                    marks_tables.put(connection, key, _marks_of(one.record))
                    if (found := one.record.quality) is not None:
                        findings = [Finding(f.code, f.message, f.pages) for f in found.findings]
                        quality.put(connection, key, findings, found.signature)
                collections.bump(connection, self._hidden.id)
        except IntegrityError as error:
            raise refused("two of its documents have one id or address") from error
        self._documents += len(some)
        self._passages += sum(len(passages) for _, passages in some)
        if self._told is not None:
            self._told(BuildProgress(self._documents, self._file.manifest.documents, self._passages))

    def _given(self, one: ReadDocument, passages: list[Passage]) -> Embedded:
        # A hash that no other collection has: whoever made the file cannot choose the vectors of others' texts.
        own = f"{self._hidden.spec.encoder} in {self._hidden.name}"
        return Embedded(passages, one.vectors, [input_hash(own, encoder_input(passage)) for passage in passages])

    def _write_replaced(self, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        try:
            with schema.write(self._store.catalog.engine) as connection:
                connection.execute(insert(schema.replaced_documents), rows)
        except IntegrityError as error:
            raise refused("it tells twice what replaced a document") from error


def _marks_of(record: DocumentRecord) -> marks.Marks:
    return marks.marks_of(record.tags, record.attributes, record.labels)


def _passages(record: DocumentRecord) -> list[Passage]:
    ref = DocumentRef(record.id, record.uri, record.title, record.media_type)
    return [
        Passage(
            f"{record.id}:{p.start}-{p.end}",
            ref,
            p.section,
            p.pages,
            p.start,
            p.end,
            record.text[p.start : p.end],
            p.language or record.language,
        )
        for p in record.passages
    ]


def _values(record: DocumentRecord) -> dict[str, Any]:
    same = ("id", "uri", "title", "media_type", "language", "sha256", "pages", "metadata", "text")
    return {
        **{name: getattr(record, name) for name in same},
        "characters": len(record.text),
        "blocks": [[b.kind.value, b.start, b.end, b.page, b.level] for b in record.blocks],
        # One from the future would be newer than all that is written from now on.
        "ingested_at": min(record.ingested_at, collections.now()),
    }
