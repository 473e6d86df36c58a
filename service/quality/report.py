"""The quality of a document and of a collection, put together from what the catalog knows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import NotFound
from core.types import Finding
from index import quality, schema
from index.catalog import Catalog
from index.known import FailedSource
from index.quality import Assessed, SignedRow
from ingest.near_groups import groups
from ingest.near_identical import NEAR, matrix, similarity
from ingest.signature import text_digest

_MOST_ALIKE = 20


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that resembles another. ``similarity`` is 1 where the texts are equal and only there."""

    document: SignedRow
    similarity: float


@dataclass(frozen=True, slots=True)
class DocumentQuality:
    """``alike`` has the most similar first. ``failure`` is why a newer version of the source could not be read."""

    document: Assessed
    alike: tuple[Alike, ...]
    failure: FailedSource | None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding and the document that has it."""

    document: Assessed
    finding: Finding


@dataclass(frozen=True, slots=True)
class CollectionQuality:
    """``findings`` by code, that of most documents first.

    ``duplicates`` are groups of equal text. ``near_identical`` are groups of different texts that hang together by
    similarity, each text by its oldest document; the similarities are to the first of a group.
    """

    documents: int
    passages: int
    findings: dict[str, list[Found]]
    duplicates: list[tuple[Alike, ...]]
    near_identical: list[tuple[Alike, ...]]
    failures: list[FailedSource]
    not_assessed: list[Assessed]


def document_quality(catalog: Catalog, collection_name: str, document_id: str) -> DocumentQuality:
    """Raises NotFound."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, collection_name)
        document = quality.of_document(connection, collection.id, document_id)
        signed = quality.signatures(connection, collection.id)
    if document is None:
        raise NotFound(
            f"There is no document {document_id!r} in the collection {collection_name!r}.",
            "It may have been replaced by a newer version or deleted: list the documents.",
        )
    failure = catalog.failures(collection).get(document.uri)
    return DocumentQuality(document, _alike(signed, document_id), failure)


def collection_quality(catalog: Catalog, collection_name: str) -> CollectionQuality:
    """Raises NotFound."""
    collection = catalog.collection(collection_name)
    with schema.read(catalog.engine) as connection:
        documents = quality.of_collection(connection, collection.id)
        signed = quality.signatures(connection, collection.id)
    by_code: dict[str, list[Found]] = defaultdict(list)
    for document in documents:
        for finding in document.findings or ():
            by_code[finding.code].append(Found(document, finding))
    by_text: dict[bytes, list[SignedRow]] = defaultdict(list)
    for one in signed:
        by_text[text_digest(one.signature)].append(one)
    oldest = [copies[0] for copies in by_text.values()]
    return CollectionQuality(
        documents=len(documents),
        passages=collection.passages,
        findings=dict(sorted(by_code.items(), key=lambda one: (-len(one[1]), one[0]))),
        duplicates=[tuple(Alike(one, 1.0) for one in copies) for copies in by_text.values() if len(copies) > 1],
        near_identical=[
            tuple(Alike(oldest[row], share) for row, share in zip(group.rows, group.similarities, strict=True))
            for group in groups(matrix([one.signature for one in oldest]))
        ],
        failures=list(catalog.failures(collection).values()),
        not_assessed=[document for document in documents if document.findings is None],
    )


def findings_of(catalog: Catalog, collection_name: str, document_ids: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
    """By document id; without those that were never assessed. Raises NotFound for the collection."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, collection_name)
        return quality.findings_of(connection, collection.id, document_ids)


def _alike(signed: Sequence[SignedRow], document_id: str) -> tuple[Alike, ...]:
    own = next((one for one in signed if one.id == document_id), None)
    if own is None:
        return ()
    shares = similarity(own.signature, matrix([one.signature for one in signed]))
    near = [Alike(one, float(share)) for one, share in zip(signed, shares, strict=True) if share >= NEAR]
    others = sorted((one for one in near if one.document.id != document_id), key=lambda one: -one.similarity)
    return tuple(others[:_MOST_ALIKE])
