"""Checks of the catalog in itself: the file, the counts, the offsets, the stored vectors."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, case, func, select

from index import schema
from index.verify.check import Check, Tally

_RESTORE = "Restore a copy of the data folder, or ingest these documents again."
KEPT_COPY = re.compile(r".+\.format-\d+\.db")
"""A copy of a database from before an upgrade: neither checked nor backed up."""

_d, _p, _c = schema.documents.c, schema.passages.c, schema.collections.c


def databases(data_dir: Path) -> Check:
    """SQLite's own checks of every database of the folder: pages, indexes, foreign keys."""
    tally = Tally("databases", "databases", "Restore a copy of the data folder.")
    for path in sorted(data_dir.glob("*.db")):
        if KEPT_COPY.fullmatch(path.name):
            continue
        tally.saw()
        try:
            with closing(sqlite3.connect(path)) as connection:
                for (told,) in connection.execute("PRAGMA integrity_check(5)"):
                    if told != "ok":
                        tally.fault(f"{path.name}: {told}")
                for table, row, parent, _ in connection.execute("PRAGMA foreign_key_check"):
                    tally.fault(f"{path.name}: row {row} of {table} leads to nothing in {parent}")
        except sqlite3.Error as error:
            tally.fault(f"{path.name}: {error}")
    return tally.check()


def counts(connection: Connection) -> Check:
    """What documents say of their passages and characters, and that passages are in their document's collection."""
    tally = Tally("counts", "documents", _RESTORE)
    passages = (
        select(_p.document_key, func.count().label("number"), func.count(_p.collection_id.distinct()).label("places"),
               func.min(_p.collection_id).label("place"))
        .group_by(_p.document_key).subquery()
    )  # fmt: skip
    query = select(_d.id, _d.passages, _d.collection_id, passages.c.number, passages.c.places, passages.c.place)
    for document, said, collection, number, places, place in connection.execute(
        query.outerjoin_from(schema.documents, passages, passages.c.document_key == _d.key)
    ):
        tally.saw()
        if said != (number or 0):
            tally.fault(f"document {document} is said to have {said} passages and has {number or 0}")
        elif number and (places, place) != (1, collection):
            tally.fault(f"passages of document {document} are in another collection")
    return tally.check()


def offsets(connection: Connection) -> Check:
    """``document.text[start:end] == passage.text`` for every passage, none over another; blocks lie in the text."""
    tally = Tally("offsets", "passages", _RESTORE)
    of_document = select(_p.start, _p.end, _p.text).order_by(_p.start)
    for key, document, text, characters, blocks in _documents(connection):
        if len(text) != characters:
            tally.fault(f"document {document} is said to have {characters} characters and has {len(text)}")
        last = 0
        for _, start, end, *_ in blocks:
            if not last <= start <= end <= len(text):
                tally.fault(f"a block of document {document} at {start}–{end} is out of place")
            last = end
        last = 0
        for start, end, own in connection.execute(of_document.where(_p.document_key == key)):
            tally.saw()
            if start < last or text[start:end] != own or not own:
                tally.fault(f"passage {document}:{start}-{end} is not what its document has there")
            last = end
    return tally.check()


def _documents(connection: Connection) -> Iterator[tuple[int, str, str, int, list[list[int]]]]:
    """One at a time: their texts together may be more than memory holds."""
    keys = connection.execute(select(_d.key).order_by(_d.key)).scalars().all()
    columns = select(_d.key, _d.id, _d.text, _d.characters, _d.blocks)
    for key in keys:
        yield from (tuple(row) for row in connection.execute(columns.where(_d.key == key)))


def vectors(connection: Connection) -> Check:
    """Every stored vector has its collection's dimension."""
    tally = Tally("vectors", "vectors", "Build the collection anew: `footnoted reindex`.")
    wrong = func.count(case((schema.dimension_of(_p.vector) != _c.dimension, 1)))
    query = select(_c.name, func.count(), wrong).join_from(
        schema.passages, schema.collections, _p.collection_id == _c.id
    )
    for name, count, faulty in connection.execute(query.group_by(_c.id)):
        tally.saw(count)
        if faulty:
            tally.fault(f"{faulty} vectors of {name!r} are of another dimension than its encoder's")
    return tally.check()
