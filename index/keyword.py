"""Keyword search by BM25, in SQLite's FTS5: one table a collection, in the catalog's own transactions."""

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, text

from index.analyse import terms

# A word of the title or the section path says less about a passage than one of its own.
_CONTEXT_WEIGHT = 0.3


def _table(collection_id: int) -> str:
    return f"terms_{int(collection_id)}"


def create(connection: Connection, collection_id: int) -> None:
    """FTS5 gets terms that are analysed already, so its own tokenizer only splits at spaces."""
    name = _table(collection_id)
    connection.exec_driver_sql(
        f"""CREATE VIRTUAL TABLE {name} USING fts5(context, body, tokenize="unicode61 remove_diacritics 0 """
        """categories 'L* M* N* Co P* S*'")"""
    )
    connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {name}_vocabulary USING fts5vocab({name}, 'row')")


def drop(connection: Connection, collection_id: int) -> None:
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_table(collection_id)}_vocabulary")
    connection.exec_driver_sql(f"DROP TABLE IF EXISTS {_table(collection_id)}")


def add(connection: Connection, collection_id: int, rows: Iterable[tuple[int, str, str]]) -> None:
    """Rows are (passage key, context, text); the context is the title and the section path."""
    values = [
        {"key": key, "context": " ".join(terms(context)), "body": " ".join(terms(body))} for key, context, body in rows
    ]
    if values:
        statement = f"INSERT INTO {_table(collection_id)} (rowid, context, body) VALUES (:key, :context, :body)"
        connection.execute(text(statement), values)


def remove(connection: Connection, collection_id: int, document_key: int) -> None:
    """Forget the passages of a document; to be called before the catalog does."""
    connection.execute(
        text(
            f"DELETE FROM {_table(collection_id)} WHERE rowid IN "
            "(SELECT key FROM passages WHERE document_key = :document_key)"
        ),
        {"document_key": document_key},
    )


def search(
    connection: Connection, collection_id: int, question_terms: Sequence[str], k: int
) -> list[tuple[int, float]]:
    """The ``k`` best (passage key, BM25 score) with any of the terms, best first; scores are above zero."""
    if not question_terms:
        return []
    name = _table(collection_id)
    query = " OR ".join('"' + term.replace('"', "") + '"' for term in question_terms)
    found = connection.execute(
        text(
            # FTS5's bm25() is negative, lower is better: turned round here, once.
            f"SELECT rowid, -bm25({name}, :context_weight, 1.0) AS score FROM {name} "
            f"WHERE {name} MATCH :query ORDER BY score DESC, rowid LIMIT :k"
        ),
        {"query": query, "k": k, "context_weight": _CONTEXT_WEIGHT},
    )
    return [(int(key), float(score)) for key, score in found]


def document_frequencies(connection: Connection, collection_id: int, wanted: Sequence[str]) -> dict[str, int]:
    """In how many passages each term occurs; terms that occur nowhere are left out."""
    if not wanted:
        return {}
    names = {f"t{i}": term for i, term in enumerate(wanted)}
    places = ", ".join(f":{name}" for name in names)
    rows = connection.execute(
        text(f"SELECT term, doc FROM {_table(collection_id)}_vocabulary WHERE term IN ({places})"), names
    )
    return {str(term): int(count) for term, count in rows}
