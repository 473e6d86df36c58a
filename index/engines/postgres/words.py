"""Keyword search in PostgreSQL: posting lists are read from it, weighed and added here.

A search reads the lists of its terms, which are packed, and keeps the database free of the sums: replicas are easier to
have more of. What the tables lack of the catalog's present state is looked up in the catalog, in the same transaction.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager

import numpy as np
from sqlalchemy import Connection, select, text

from index.dense.keys import Keys, places_of
from index.engines.engine import KeywordSearch
from index.engines.postgres import tables
from index.engines.postgres.behind import Behind
from index.engines.postgres.bm25 import Bm25, best, frequency, summed
from index.engines.postgres.postings import Block, Postings, occurrences, stored, written
from index.inverted import Wanted

_CHECKED = 5_000  # passages that have all terms of a phrase: of more, the best are looked through for it

_LISTS = text(
    "SELECT term, first_key, postings FROM term_postings "
    "WHERE collection_id = :collection_id AND level IN (0, 1) AND term = ANY(CAST(:terms AS text[]))"
)
_t = tables.passages.c
_BODIES = select(_t.key, _t.body).where(
    _t.collection_id == text(":collection_id"),
    text("key = ANY(CAST(:keys AS bigint[]))"),
    text("strpos(body, :run) > 0"),
)


class PostgresWords:
    """See KeywordSearch. For one question: it remembers the lists that it has read."""

    def __init__(self, connection: Connection, collection_id: int, behind: Behind) -> None:
        """``behind`` is what the tables lack, in the connection's transaction."""
        self._connection = connection
        self._collection_id = collection_id
        self._behind = behind
        self._lists: dict[str, Postings | None] = {}

    def search(self, wanted: Wanted, k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        if not (wanted.terms or wanted.forms) or k < 1 or (allowed is not None and not len(allowed)):
            return []
        wanted = _as_stored(wanted)
        lists = self._read([*wanted.terms, *(form for forms in (*wanted.forms, *wanted.phrases) for form in forms)])
        scoring = Bm25(self._behind.statistics, lists, allowed)
        scored = scoring.scores(wanted)
        parts = [scored]
        for run in wanted.phrases:
            keys = scoring.having_all(run)
            if len(keys) > _CHECKED:
                among = places_of(keys, scored[0])
                ranked = scored[0][among], scored[1][among]
                keys = np.sort(ranked[0][best(ranked, _CHECKED)])
            if len(keys) and (times := self._occurrences(run, keys)):
                ordered = np.array(sorted(times), dtype=np.int64)
                counted = np.array([times[key] for key in ordered.tolist()], dtype=np.float64)
                parts.append(scoring.of_phrase(run, ordered, counted))
        keys, scores = summed(parts) if len(parts) > 1 else scored
        places = best((keys, scores), k)
        return list(zip(keys[places].tolist(), scores[places].tolist(), strict=True))

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        named = {term: name for term in terms if (name := stored(term)) is not None}
        lists = self._read(named.values())
        return {
            term: max(frequency(lists[name], "body"), frequency(lists[name], "context"))
            for term, name in named.items()
            if name in lists
        }

    def _read(self, terms: Iterable[str]) -> dict[str, Postings]:
        """The lists of those of the terms that are anywhere."""
        wanted = list(dict.fromkeys(terms))
        if missing := [term for term in wanted if term not in self._lists]:
            self._lists |= self._of_tables(missing)
        return {term: own for term in wanted if (own := self._lists[term]) is not None}

    def _of_tables(self, terms: Sequence[str]) -> dict[str, Postings | None]:
        blocks: dict[str, list[Block]] = {term: self._behind.added.of(term) for term in terms}
        given = {"collection_id": self._collection_id, "terms": list(terms)}
        if self._behind.has_tables:
            for term, first_key, packed in self._connection.execute(_LISTS, given).all():
                blocks[term].append(Block(first_key, packed))
        lists: dict[str, Postings | None] = {}
        for term, own in blocks.items():
            found = Postings.of(own).without(self._behind.removed) if own else None
            lists[term] = found if found is not None and len(found.keys) else None
        return lists

    def _occurrences(self, run: Sequence[str], keys: Keys) -> dict[int, float]:
        """How often a phrase is in the bodies of passages, of those that have it."""
        sought, bodies = written(run), self._behind.bodies
        given = {"collection_id": self._collection_id, "keys": keys.tolist(), "run": sought}
        found = {}
        if self._behind.has_tables:
            found = dict(self._connection.execute(_BODIES, given).tuples().all())
        found |= {key: bodies[key] for key in keys.tolist() if key in bodies}
        return {key: float(times) for key, body in found.items() if (times := occurrences(sought, body))}


class WordsAtAnyTime:
    """See KeywordSearch: each call reads the present state, in a transaction of its own."""

    def __init__(self, reading: Callable[[], AbstractContextManager[KeywordSearch]]) -> None:
        self._reading = reading

    def search(self, wanted: Wanted, k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        with self._reading() as words:
            return words.search(wanted, k, allowed)

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        with self._reading() as words:
            return words.document_frequencies(terms)


def _as_stored(wanted: Wanted) -> Wanted:
    """A phrase with a term that can be in no text is in none."""
    phrases = [[stored(term) for term in phrase] for phrase in wanted.phrases]
    return Wanted(
        _known(wanted.terms),
        [[term for term in phrase if term is not None] for phrase in phrases if phrase and None not in phrase],
        [_known(forms) for forms in wanted.forms],
    )


def _known(terms: Sequence[str]) -> list[str]:
    return [name for term in terms if (name := stored(term)) is not None]
