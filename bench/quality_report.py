"""How long a quality report of a large collection takes: ``python -m bench.quality_report [DOCUMENTS]``.

Made-up documents of 300 words, each tenth of them a near copy of another one; every second has a finding.
"""

import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import insert

from core.types import Finding
from index import quality, schema
from index.catalog import Catalog, IndexSpec
from ingest.near_identical import NearIdentical
from ingest.signature import signature
from service.quality.as_json import collection_quality_json
from service.quality.report import collection_quality, document_quality

_T = TypeVar("_T")
_WORDS = [f"word{i}" for i in range(20_000)]
_BLOCKS = [["paragraph", i * 400, i * 400 + 398, i // 5 + 1, None] for i in range(200)]


def main(count: int) -> None:
    rng = random.Random(1)
    texts = [rng.choices(_WORDS, k=300) for _ in range(count)]
    for i in range(0, count, 10):
        texts[i] = [*texts[(i + 1) % count][:295], *rng.choices(_WORDS, k=5)]
    with tempfile.TemporaryDirectory() as folder:
        catalog = Catalog(Path(folder) / "catalog.db")
        collection = catalog.ensure_collection("large", IndexSpec("all-MiniLM-L6-v2", 384, 120, 200))
        began = time.perf_counter()
        made = [signature(" ".join(words)) for words in texts]
        _tell("signatures", began)
        with schema.write(catalog.engine) as connection:
            for i, one in enumerate(made):
                row = _row(collection.id, i)
                key = connection.execute(insert(schema.documents).values(row)).inserted_primary_key
                assert key is not None
                message = "No text on pages 2–4 (3 of 9 pages): they are probably scanned. Run OCR over the file."
                quality.put(connection, key[0], [Finding("pages_without_text", message, (2, 3, 4))] * (i % 2), one)
        report = _timed("report of the collection", lambda: collection_quality(catalog, "large"))
        _timed("the same again, all loaded", lambda: collection_quality(catalog, "large"))
        _timed("as JSON, 100 of each kind", lambda: collection_quality_json(report, "large"))
        _timed("report of a document", lambda: document_quality(catalog, "large", "id1"))
        print(f"{len(report.near_identical)} groups of near copies, {count // 10} made")
        rows = _timed("signatures read", lambda: catalog.signatures(collection))
        near = _timed("signatures made ready", lambda: NearIdentical(rows))
        _timed("one look-up", lambda: near.nearest("elsewhere", made[0]))
        catalog.close()


def _row(collection_id: int, i: int) -> dict[str, object]:
    return {
        "collection_id": collection_id,
        "id": f"id{i}",
        "uri": f"file:///folder/document-{i}.txt",
        "title": f"Document {i}",
        "media_type": "application/pdf",
        "language": "en",
        "sha256": str(i),
        "characters": 80_000,
        "passages": 100,
        "pages": 40,
        "metadata": {},
        "blocks": _BLOCKS,
        "text": "x" * 80_000,
        "ingested_at": "2026-01-01T00:00:00+00:00",
    }


def _timed(what: str, work: Callable[[], _T]) -> _T:
    began = time.perf_counter()
    made = work()
    _tell(what, began)
    return made


def _tell(what: str, began: float) -> None:
    print(f"{what}: {1000 * (time.perf_counter() - began):.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
