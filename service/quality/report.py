"""The quality of a document and of a collection, put together from what the catalog knows."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import NotFound
from core.types import Finding
from index import quality, schema
from index.catalog import Catalog
from index.encoder_languages import languages_of
from index.known import FailedSource
from index.languages import LanguageCount, counted
from index.quality import Assessed
from service.quality.resemblance import Alike, resemblance_of


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

    ``languages`` are those of the passages, that of most first; ``covered`` those that the collection's encoder was
    trained on, None where nothing is known of it.

    ``duplicates`` are groups of equal text. ``near_identical`` are groups of different texts that hang together by
    similarity, each text by its oldest document; the similarities are to the first of a group.
    """

    documents: int
    passages: int
    languages: list[LanguageCount]
    findings: dict[str, list[Found]]
    duplicates: list[tuple[Alike, ...]]
    near_identical: list[tuple[Alike, ...]]
    failures: list[FailedSource]
    not_assessed: list[Assessed]
    covered: frozenset[str] | None


def document_quality(catalog: Catalog, collection_name: str, document_id: str) -> DocumentQuality:
    """Raises NotFound."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, collection_name)
        document = quality.of_document(connection, collection.id, document_id)
    if document is None:
        raise NotFound(
            f"There is no document {document_id!r} in the collection {collection_name!r}.",
            "It may have been replaced by a newer version or deleted: list the documents.",
        )
    failure = catalog.failures(collection).get(document.uri)
    resemblance = resemblance_of(catalog, collection.id, collection.generation)
    return DocumentQuality(document, resemblance.alike(document_id), failure)


def collection_quality(catalog: Catalog, collection_name: str) -> CollectionQuality:
    """Raises NotFound."""
    collection = catalog.collection(collection_name)
    with schema.read(catalog.engine) as connection:
        documents = quality.of_collection(connection, collection.id)
        languages = counted(connection, collection.id)
    resemblance = resemblance_of(catalog, collection.id, collection.generation)
    by_code: dict[str, list[Found]] = defaultdict(list)
    for document in documents:
        for finding in document.findings or ():
            by_code[finding.code].append(Found(document, finding))
    return CollectionQuality(
        documents=len(documents),
        passages=collection.passages,
        languages=languages,
        findings=dict(sorted(by_code.items(), key=lambda one: (-len(one[1]), one[0]))),
        duplicates=resemblance.duplicates,
        near_identical=resemblance.near_identical,
        failures=list(catalog.failures(collection).values()),
        not_assessed=[document for document in documents if document.findings is None],
        covered=languages_of(collection.spec.encoder),
    )


def findings_of(catalog: Catalog, collection_name: str, document_ids: Sequence[str]) -> dict[str, tuple[Finding, ...]]:
    """By document id; without those that were never assessed. Raises NotFound for the collection."""
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, collection_name)
        return quality.findings_of(connection, collection.id, document_ids)
