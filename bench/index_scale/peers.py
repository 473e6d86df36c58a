"""The same passages in LangChain's FAISS store, Chroma and LanceDB, as their tutorials use them."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from index.encode import Vectors

_AT_ONCE = 5_000  # Chroma takes no more in one call


class Peer(Protocol):
    """A store of passages by id; ``search`` gives the ids of the nearest, best first."""

    def add(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None: ...

    def delete(self, ids: Sequence[str]) -> None: ...

    def search(self, vector: np.ndarray, k: int) -> list[str]: ...

    def save(self) -> None: ...


class LangChainFaiss:
    """langchain_community.vectorstores.FAISS: exact search, all in memory."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import faiss
        from langchain_community.docstore.in_memory import InMemoryDocstore
        from langchain_community.vectorstores import FAISS

        self._folder = folder
        index = faiss.IndexFlatIP(dimension)
        self._store = FAISS(_no_text, index, InMemoryDocstore(), {})

    def add(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        self._store.add_embeddings(list(zip(texts, vectors.tolist(), strict=True)), ids=list(ids))

    def delete(self, ids: Sequence[str]) -> None:
        self._store.delete(list(ids))

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        return [str(document.id) for document in self._store.similarity_search_by_vector(vector.tolist(), k)]

    def save(self) -> None:
        self._store.save_local(str(self._folder))


class Chroma:
    """chromadb's persistent client: HNSW."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import chromadb

        client: Any = chromadb.PersistentClient(str(folder), settings=chromadb.Settings(anonymized_telemetry=False))
        self._store = client.create_collection(uuid.uuid4().hex, metadata={"hnsw:space": "ip"}, embedding_function=None)

    def add(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        for start in range(0, len(ids), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            self._store.add(ids=list(ids[some]), documents=list(texts[some]), embeddings=vectors[some])

    def delete(self, ids: Sequence[str]) -> None:
        self._store.delete(ids=list(ids))

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        found: list[str] = self._store.query(query_embeddings=[vector], n_results=k)["ids"][0]
        return found

    def save(self) -> None:
        """It is written as it is added."""


class Lance:
    """LanceDB on disk: IVF with scalar quantisation, built when all are in; what is added later is compared whole."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import lancedb
        import pyarrow as pa

        columns = {"id": pa.string(), "text": pa.string(), "vector": pa.list_(pa.float32(), dimension)}
        self._schema = pa.schema(list(columns.items()))
        self._table: Any = lancedb.connect(str(folder)).create_table("passages", schema=self._schema)
        self._waiting: list[Any] = []

    def add(self, ids: Sequence[str], texts: Sequence[str], vectors: Vectors) -> None:
        import pyarrow as pa

        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).ravel())
        column = pa.FixedSizeListArray.from_arrays(flat, vectors.shape[1])
        self._waiting.append(pa.record_batch([pa.array(ids), pa.array(texts), column], schema=self._schema))
        if sum(map(len, self._waiting)) >= _AT_ONCE or len(ids) == 1:
            self._write()

    def delete(self, ids: Sequence[str]) -> None:
        self._table.delete("id IN ({})".format(", ".join(f"'{one}'" for one in ids)))

    def search(self, vector: np.ndarray, k: int) -> list[str]:
        return [
            str(row["id"])
            for row in self._table.search(vector).distance_type("dot").select(["id", "_distance"]).limit(k).to_list()
        ]

    def save(self) -> None:
        self._write()
        self._table.create_index(metric="dot", index_type="IVF_SQ")

    def _write(self) -> None:
        import pyarrow as pa

        if self._waiting:
            self._table.add(pa.Table.from_batches(self._waiting))
            self._waiting = []


def _no_text(_: str) -> list[float]:
    raise NotImplementedError("Everything here is given as vectors.")
