"""The catalog's passages: written with a document, read by key for the derived indexes and for hits."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from core.types import DocumentRef, Passage
from index import changes, schema
from index.pieces import batched

Halves = NDArray[np.float16]
"""Shape (n, dimension), little-endian: vectors as the catalog stores them."""

_CELLS = " | "
_SQL_VARIABLES = 5_000  # SQLite takes more in one statement, but not without end
_ROWS = 2_000  # written at once, so that the passages of a huge document are not in memory twice


@dataclass(frozen=True, slots=True)
class Embedded:
    """Passages with their vectors, shape (n, dimension), as they are stored, and the hashes of the encoder's inputs."""

    passages: Sequence[Passage]
    vectors: Halves
    input_hashes: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Searched:
    """A passage as keyword search sees it: its context, in the language of its document, and its text, in its own."""

    key: int
    context: str
    body: str
    document_language: str | None
    language: str | None


def context_of(title: str, section: Sequence[str]) -> str:
    """The title and section path: what a passage is about, where its own words do not say."""
    return " › ".join(dict.fromkeys([title, *section]))


def encoder_input(passage: Passage) -> str:
    """What is embedded: the passage under its context. The passage's own text stays as it is."""
    return f"{context_of(passage.document.title, passage.section)}\n{searched(passage.text)}"


def searched(text: str) -> str:
    """What search sees of a passage: rows of tables name a column once, not in each row.

    A row that is cited has to name its columns ("2022: 4.1"); to search, each repetition only blurs what a passage
    is about (measured in docs/decisions).
    """
    if _CELLS not in text:
        return text
    named: set[str] = set()
    lines = []
    for line in text.split("\n"):
        cells = []
        for cell in line.split(_CELLS) if _CELLS in line else ():
            name, colon, value = cell.partition(": ")
            cells.append(value if colon and name in named else cell)
            named |= {name} if colon else set()
        lines.append(_CELLS.join(cells) if cells else line)
    return "\n".join(lines)


def input_hash(encoder: str, text: str) -> bytes:
    """Names a vector by what it was made from, so that it need not be made again."""
    return hashlib.sha256(f"{encoder}\0{text}".encode()).digest()


def put(connection: Connection, collection_id: int, document_key: int, made: Embedded, language: str | None) -> None:
    """Write the passages of a document in this language."""
    for start in range(0, len(made.passages), _ROWS):
        some = made.passages[start : start + _ROWS]
        rows = [
            {
                "collection_id": collection_id,
                "document_key": document_key,
                "start": passage.start,
                "end": passage.end,
                "section": list(passage.section),
                "first_page": passage.pages[0] if passage.pages else None,
                "last_page": passage.pages[1] if passage.pages else None,
                "text": passage.text,
                "input_hash": made.input_hashes[start + i],
                "vector": made.vectors[start + i].tobytes(),
                "language": passage.language if passage.language != language else None,
            }
            for i, passage in enumerate(some)
        ]
        connection.execute(insert(schema.passages), rows)


def remove(connection: Connection, collection_id: int, document_key: int) -> None:
    """Take out a document's passages, here and in the derived indexes; its generation is to be raised after it."""
    changes.note_removal(connection, collection_id, document_key)
    connection.execute(delete(schema.passages).where(schema.passages.c.document_key == document_key))


def after(connection: Connection, collection_id: int, key: int, limit: int) -> list[Searched]:
    """The next passages with a greater key, ascending."""
    p, d = schema.passages.c, schema.documents.c
    columns = [p.key, d.title, p.section, p.text, d.language, own_language()]
    query = select(*columns).join_from(schema.passages, schema.documents)
    rows = connection.execute(query.where(p.collection_id == collection_id, p.key > key).order_by(p.key).limit(limit))
    return [
        Searched(key, context_of(title, section), searched(text), *languages)
        for key, title, section, text, *languages in rows
    ]


def own_language() -> ColumnElement[str]:
    """Of a passage, joined with its document."""
    return func.coalesce(schema.passages.c.language, schema.documents.c.language)


def vectors_by_input(connection: Connection, input_hashes: Sequence[bytes]) -> dict[bytes, Halves]:
    """The vectors that need not be made again, in whichever collection they are, by the hash of their input."""
    c = schema.passages.c
    found: dict[bytes, Halves] = {}
    for batch in batched(dict.fromkeys(input_hashes), _SQL_VARIABLES):
        # One of each: a notice that all documents hold has as many equal vectors.
        keys = select(func.min(c.key)).where(c.input_hash.in_(batch)).group_by(c.input_hash)
        for digest, blob in connection.execute(select(c.input_hash, c.vector).where(c.key.in_(keys))):
            found[digest] = np.frombuffer(blob, dtype="<f2")
    return found


def by_key(connection: Connection, collection_id: int, keys: Sequence[int]) -> dict[int, Passage]:
    """Passages of a collection by key; those that were deleted are left out.

    And those of other collections: an index that others may have written to is not trusted to tell them apart.
    """
    p, d = schema.passages.c, schema.documents.c
    columns = [p.key, own_language(), p.start, p.end, p.section, p.first_page, p.last_page, p.text]
    query = select(*columns, d.id, d.uri, d.title, d.media_type).join_from(schema.passages, schema.documents)
    query = query.where(p.collection_id == collection_id, p.key.in_(keys))
    found = {}
    for key, language, start, end, section, first, last, text, *ref in connection.execute(query):
        document = DocumentRef(*ref)
        pages = (first, last) if first is not None else None
        found[key] = Passage(
            f"{document.id}:{start}-{end}", document, tuple(section), pages, start, end, text, language
        )
    return found


def between(connection: Connection, collection_id: int, first: Passage, second: Passage) -> str:
    """The text of their document from the end of one to the start of the other."""
    d = schema.documents.c
    text = func.substr(d.text, first.end + 1, second.start - first.end)
    query = select(text).where(d.collection_id == collection_id, d.id == first.document.id)
    return str(connection.execute(query).scalar_one())
