"""Documents looked at again: after a change of encoder or passage sizes, or of what is looked for."""

from sqlalchemy import select

from core.errors import NotFound
from index import quality, schema
from index.catalog import Catalog
from index.document_passages import passages_of
from index.encode import Encoder
from index.encoder_languages import languages_of
from ingest.quality import assess
from ingest.signature import signature

_ALL = 2**31


def assess_again(catalog: Catalog, collection_name: str, encoder: Encoder) -> None:
    """Assess documents anew by their passages in the catalog. Raises NotFound for the collection.

    What a parser found is kept, since only a new ingest parses; so what was never assessed stays so. A document that
    is replaced or deleted meanwhile is passed over: whoever replaced it has assessed it.
    """
    for row in catalog.documents(collection_name):
        try:
            _assess(catalog, collection_name, row.id, encoder)
        except NotFound:
            continue


def _assess(catalog: Catalog, collection_name: str, document_id: str, encoder: Encoder) -> None:
    with schema.read(catalog.engine) as connection:
        collection = catalog.collection_in(connection, collection_name)
        known = quality.findings_of(connection, collection.id, [document_id]).get(document_id)
    if known is None:
        return
    document = catalog.document(collection_name, document_id)
    passages = passages_of(catalog, collection_name, document_id, _ALL).passages
    counts = encoder.count_tokens([passage.text for passage in passages])
    findings = assess(document, passages, counts, known, languages_of(encoder.name), encoder.max_tokens)
    made = signature(document.text)
    d = schema.documents.c
    query = select(d.key).where(d.collection_id == collection.id, d.id == document_id)
    with schema.write(catalog.engine) as connection:
        key = connection.execute(query).scalar_one_or_none()
        if key is not None:
            quality.put(connection, key, findings, made)
