"""How long it takes to know the passages that a filter allows: `python -m bench.filters [--passages 1000000]`.

Twenty passages a document; each filter is run without what was remembered of it, five times; milliseconds, the median.
No text is embedded: the keys are what is measured, and dense and keyword search take them from there.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import insert

from index import collections, schema
from index.collections import IndexSpec
from index.filters.allowed import allowed_keys
from index.filters.parse import parse

_A_DOCUMENT = 20
_ROWS = 1_000
FILTERS = {
    "tag of 0.01 % of the documents": {"tag": "one of 10000"},
    "tag of 1 %": {"tag": "one of 100"},
    "attribute of 10 %": {"attribute.year": {"gte": 2010, "lt": 2011}},
    "tag of 50 %": {"tag": "one of 2"},
    "language of 2.5 % of the passages": {"language": "fr"},
    "language, a tenth and no tag": {"language": "de", "not": {"tag": "one of 2"}},
    "ingested within a day, 10 %": {"ingested_at": "2024-01-03"},
    "uri below a folder, 1 %": {"uri": {"prefix": "file:///docs/07/"}},
    "all but a tag of 1 %": {"not": {"tag": "one of 100"}},
}


def fill(path: Path, passages: int) -> tuple[object, int]:
    """A catalog of empty documents; gives its engine and the collection's id."""
    engine = schema.open_database(path)
    with schema.write(engine) as connection:
        made = collections.create(connection, "c", IndexSpec("none", 1, 1, 1))
        for first in range(0, passages // _A_DOCUMENT, _ROWS):
            numbers = range(first, min(first + _ROWS, passages // _A_DOCUMENT))
            connection.execute(insert(schema.documents), [_document(i, made.id) for i in numbers])
            tags = [
                {"document_key": i + 1, "tag": f"one of {n}"} for i in numbers for n in (2, 100, 10_000) if i % n == 0
            ]
            connection.execute(insert(schema.document_tags), tags)
            years = [{"document_key": i + 1, "name": "year", "text": "", "number": 2010 + i % 10} for i in numbers]
            connection.execute(insert(schema.document_attributes), years)
            rows = [_passage(i, made.id, part) for i in numbers for part in range(_A_DOCUMENT)]
            connection.execute(insert(schema.passages), rows)
        labels = [{"document_key": i + 1, "label": "board"} for i in range(0, passages // _A_DOCUMENT, 100)]
        connection.execute(insert(schema.document_labels), labels)
    return engine, made.id


def _document(i: int, collection_id: int) -> dict[str, object]:
    return {
        "key": i + 1, "collection_id": collection_id, "id": f"{i:032x}", "uri": f"file:///docs/{i % 100:02}/{i}",
        "title": f"Document {i}", "media_type": "text/plain", "language": "de" if i % 10 == 3 else "en",
        "sha256": f"{i:064x}", "characters": 10_000, "passages": _A_DOCUMENT, "pages": None, "metadata": {},
        "blocks": [], "text": "word " * 2_000, "ingested_at": f"2024-01-{1 + i % 10:02}T10:00:00+00:00",
    }  # fmt: skip


def _passage(i: int, collection_id: int, part: int) -> dict[str, object]:
    return {
        "collection_id": collection_id, "document_key": i + 1, "start": 0, "end": 0, "section": [], "text": "",
        "input_hash": b"", "vector": b"", "language": "fr" if part == 0 and i % 2 else None,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--passages", type=int, default=1_000_000)
    wanted = parser.parse_args().passages
    with tempfile.TemporaryDirectory() as folder:
        engine, collection_id = fill(Path(folder) / "catalog.db", wanted)
        asked = [(name, value, None) for name, value in FILTERS.items()]
        asked += [
            ("no filter, no label; 1 % has one", {}, frozenset()),
            ("tag of 1 %, label", FILTERS["tag of 1 %"], frozenset(["board"])),
        ]
        for name, value, labels in asked:
            times, count = [], 0
            for _ in range(5):
                with schema.read(engine) as connection:
                    began = time.perf_counter()
                    count = len(allowed_keys(connection, collection_id, parse(value), labels))
                    times.append((time.perf_counter() - began) * 1000)
            print(f"{name:40} {count:9,} passages {statistics.median(times):9.2f} ms")
        engine.dispose()


if __name__ == "__main__":
    main()
