"""Which languages a collection's passages are in. Functions take part in the caller's transaction."""

from collections import Counter
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from index import schema
from index.analyse import has_stemmer
from index.collections import Collection
from index.filters.sql import keys_with_own_language

_LANGUAGES = 10  # whose words a question is looked for in

_d, _p = schema.documents.c, schema.passages.c


class LanguageCount(NamedTuple):
    """``code`` is of ISO 639-1, None where the texts are too short to tell; ``passages`` is how many are in it."""

    code: str | None
    passages: int


def found_in(connection: Connection, collection_id: int) -> list[str]:
    """All of them: those of documents by how many there are, then those that only passages are in. Quick."""
    of_documents = select(_d.language).where(_d.collection_id == collection_id).group_by(_d.language)
    of_passages = keys_with_own_language(collection_id).with_only_columns(_p.language).group_by(_p.language)
    rows = [
        *connection.execute(of_documents.order_by(func.count().desc(), _d.language)).scalars(),
        *connection.execute(of_passages.order_by(func.count().desc(), _p.language)).scalars(),
    ]
    return [language for language in dict.fromkeys(rows) if language is not None]


def counted(connection: Connection, collection_id: int) -> list[LanguageCount]:
    """Passages by language, that of most first."""
    counts: Counter[str | None] = Counter()
    of_documents = select(_d.language, func.sum(_d.passages)).where(_d.collection_id == collection_id)
    for language, passages in connection.execute(of_documents.group_by(_d.language)):
        counts[language] += passages
    joined = keys_with_own_language(collection_id).join_from(schema.passages, schema.documents)
    own = joined.with_only_columns(_d.language, _p.language, func.count()).group_by(_d.language, _p.language)
    for of_document, language, passages in connection.execute(own):
        counts[of_document] -= passages
        counts[language] += passages
    found = [LanguageCount(code, passages) for code, passages in counts.items() if passages > 0]
    return sorted(found, key=lambda one: (-one.passages, one.code or ""))


class StemmedLanguages:
    """The languages that a collection's words are looked for in, kept as long as it is as it was."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[int, tuple[str, ...]]] = {}

    def get(self, connection: Connection, collection: Collection) -> tuple[str, ...]:
        """Those of its passages, the most frequent first, as far as their words have stems of their own."""
        generation, found = self._kept.get(collection.id, (-1, ()))
        if generation != collection.generation:
            rows = found_in(connection, collection.id)
            found = tuple([language for language in rows if has_stemmer(language)][:_LANGUAGES])
            self._kept[collection.id] = collection.generation, found
        return found
