"""Keyword search by BM25, in a tantivy index beside the catalog: derived from it, and brought up to date.

Terms are analysed before they come here (index/analyse.py), so the index itself only splits at spaces.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import tantivy
from tantivy import Occur, Query

from core.errors import IndexBroken, IndexOutdated
from index.bm25_weights import CONTEXT_WEIGHT, PHRASE_WEIGHT
from index.dense.keys import Keys

_HEAP_BYTES = 64_000_000
_LISTED = 4_096  # so many allowed keys are looked up; of more, what was found is looked through
_STATE = 1
_OTHER_SCHEMA = "schema does not match"
_LEFTOVER = re.compile(r'FileAlreadyExists\("([^"]+)"\)')


@dataclass(frozen=True, slots=True)
class State:
    """What of a collection is in the index: its changes up to ``generation``, its passages up to ``last_key``, and by
    which analysis their terms were made.
    """

    generation: int = -1
    last_key: int = 0
    analysis: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a question looks for: stemmed terms, and runs of them that stand together in it, such as "cve 2024 3094".

    ``forms`` are terms that languages stem in several ways: of one term's forms, the best in a passage counts.
    """

    terms: Sequence[str]
    phrases: Sequence[Sequence[str]] = ()
    forms: Sequence[Sequence[str]] = ()


class InvertedIndex:
    """Passages of one collection by their terms. Scores are BM25's (k1 1.2, b 0.75): above 0, higher is better.

    Searching is safe from several threads and beside other processes, of which one may write at a time.
    """

    def __init__(self, folder: Path | None) -> None:
        """Opened, or made, empty; in memory without a folder. Raises IndexBroken, IndexOutdated."""
        self._schema = _schema()
        self._folder = folder
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            self._index = tantivy.Index(self._schema, str(folder) if folder else None)
            self._state = self._read_state()
        except (ValueError, OSError) as error:  # tantivy's way to tell a damaged or foreign index
            raise (IndexOutdated if _OTHER_SCHEMA in str(error) else IndexBroken)(
                f"The keyword index in {folder} cannot be opened: {error}.", "Delete that folder: it is made anew."
            ) from error

    def __len__(self) -> int:
        return int(self._index.searcher().num_docs) - self._notes

    @property
    def state(self) -> State:
        return self._state

    def reaches(self) -> int:
        """The generation that a search would find now: tantivy takes up by itself what was written elsewhere."""
        return self._read_state().generation

    def reload(self) -> State:
        """See what another process has written since."""
        self._index.reload()
        self._state = self._read_state()
        return self._state

    def update(
        self,
        added: Iterable[tuple[int, str, str]],
        removed: Iterable[int] | None,
        state: State,
        *,
        merging: bool = True,
    ) -> bool:
        """Write all of it at once, or nothing. False when another process is writing.

        ``added`` are (key, context, body), each the terms of a passage, spaces between them; ``removed`` None empties
        it first. Parts of the index are merged in the end, which may take long, if ``merging``. Raises IndexBroken.
        """
        try:
            writer = self._index.writer(_HEAP_BYTES, 1)
        except ValueError as error:
            if "LockBusy" in str(error):
                return False
            raise _not_written(error) from error
        try:
            if removed is None:
                writer.delete_all_documents()
            else:
                writer.delete_documents_by_term("state", _STATE)
                for key in removed:
                    writer.delete_documents_by_term("key", key)
            for key, context, body in added:
                writer.add_document(tantivy.Document(key=key, context=context, body=body))
            writer.add_document(tantivy.Document(state=_STATE, **asdict(state)))
            writer.commit()
            if merging:
                writer.wait_merging_threads()
        except (ValueError, OSError) as error:  # tantivy's way to tell a full disk
            self._remove_leftover(str(error))
            raise _not_written(error) from error
        self.reload()
        return True

    def search(self, wanted: Wanted, k: int, allowed: Keys | None = None) -> list[tuple[int, float]]:
        """The ``k`` best (key, score) with any of the terms, best first; with ``allowed``, of these keys only."""
        if not (wanted.terms or wanted.forms) or k < 1 or (allowed is not None and not len(allowed)):
            return []
        query = self._query(wanted)
        if allowed is None:
            return self._found(query, k)
        if len(allowed) <= _LISTED:
            # Its score is the same for all that it lets through.
            listed = Query.const_score_query(Query.term_set_query(self._schema, "key", allowed.tolist()), 0.0)
            return self._found(Query.boolean_query([(Occur.Must, query), (Occur.Must, listed)]), k)
        limit, total = 8 * k, self._index.searcher().num_docs
        while True:
            found = self._found(query, limit)
            keys = np.array([key for key, _ in found], dtype=np.int64)
            kept = [pair for pair, is_in in zip(found, np.isin(keys, allowed), strict=True) if is_in]
            if len(kept) >= k or len(found) < limit or limit >= total:
                return kept[:k]
            limit *= 8

    def keys(self) -> Keys:
        """Of all passages that are in it, ascending."""
        searcher = self._index.searcher()
        hits = searcher.search(Query.all_query(), limit=max(1, searcher.num_docs), count=False).hits
        found = searcher.fast_field_values("key", [address for _, address in hits])
        return np.sort(np.array([key for key in found if key is not None], dtype=np.int64))

    def document_frequencies(self, terms: Sequence[str]) -> dict[str, int]:
        """In how many passages each term occurs, in the text or, if that is more, in the context; terms that occur
        nowhere are left out.

        Removed passages count until their part of the index is merged with others.
        """
        searcher = self._index.searcher()
        counts = {t: max(searcher.doc_freq("body", t), searcher.doc_freq("context", t)) for t in terms}
        return {term: count for term, count in counts.items() if count}

    def _remove_leftover(self, message: str) -> None:
        """A file of a write that was killed before its commit, which stands in the way of the next one's."""
        named = _LEFTOVER.search(message)
        if named and self._folder is not None:
            (self._folder / Path(named[1]).name).unlink(missing_ok=True)

    def _query(self, wanted: Wanted) -> Query:
        parts = []
        for forms in (*((term,) for term in wanted.terms), *wanted.forms):
            parts.append((Occur.Should, self._best_of("body", forms)))
            parts.append((Occur.Should, Query.boost_query(self._best_of("context", forms), CONTEXT_WEIGHT)))
        for phrase in wanted.phrases:
            together = Query.phrase_query(self._schema, "body", list(phrase))
            parts.append((Occur.Should, Query.boost_query(together, PHRASE_WEIGHT)))
        return Query.boolean_query(parts)

    def _best_of(self, field: str, forms: Sequence[str]) -> Query:
        queries = [Query.term_query(self._schema, field, form) for form in forms]
        return queries[0] if len(queries) == 1 else Query.disjunction_max_query(queries)

    def _found(self, query: Query, k: int) -> list[tuple[int, float]]:
        searcher = self._index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        keys = searcher.fast_field_values("key", [address for _, address in hits])
        found = [(int(key), float(score)) for (score, _), key in zip(hits, keys, strict=True) if key is not None]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))

    def _read_state(self) -> State:
        searcher = self._index.searcher()
        hits = searcher.search(Query.term_query(self._schema, "state", _STATE), limit=1).hits
        self._notes = len(hits)
        if not hits:
            return State()
        stored = searcher.doc(hits[0][1])
        return State(int(stored["generation"][0]), int(stored["last_key"][0]), str(stored["analysis"][0]))


def _not_written(error: Exception) -> IndexBroken:
    return IndexBroken(
        f"The keyword index cannot be written: {error}.", "Make room, or mend its permissions: nothing is lost."
    )


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("key", indexed=True, fast=True)
    builder.add_text_field("context", tokenizer_name="whitespace")
    builder.add_text_field("body", tokenizer_name="whitespace")
    # One document tells how far the index is, so that this is committed together with what it tells of.
    builder.add_integer_field("state", indexed=True)
    builder.add_integer_field("generation", stored=True)
    builder.add_integer_field("last_key", stored=True)
    builder.add_text_field("analysis", stored=True, tokenizer_name="raw")
    return builder.build()
