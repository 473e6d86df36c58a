"""Building a base beside the one that serves, from the catalog's vectors."""

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from sqlalchemy import Engine

from core.errors import IndexBroken, NotFound
from index import changes, collections, schema
from index.collections import Collection
from index.dense import manifest
from index.dense.keys import NO_KEYS, Keys
from index.dense.manifest import Manifest
from index.encode import Vectors
from index.file_lock import only_holder, wait_for

_CELLS_PER_ROOT = 2  # cells per square root of the passages: finding the cells, and looking into some, cost alike
_TRAINED_PER_CELL = 40
_ROUNDS = 8  # of k-means
_TRIED = 100  # searches, to find how many cells to look into
_FEWEST_PROBES = 32


@dataclass(frozen=True, slots=True)
class DenseSettings:
    """Up to ``exact_up_to`` passages all are compared. In a larger collection cells of near passages are looked into,
    as many as it takes to find the share ``recall`` of the best ten.
    """

    exact_up_to: int = 50_000
    recall: float = 0.98


def build(engine: Engine, folder: Path, collection_id: int, settings: DenseSettings) -> Manifest | None:
    """Make a base of all that a collection holds and swap it in; None while another thread or process makes one.

    Raises NotFound (the collection is gone, or made anew meanwhile), IndexBroken, NotReady, OSError (a full disk).
    """
    folder.mkdir(parents=True, exist_ok=True)
    with only_holder(_lock_of(folder, collection_id)) as alone:
        if not alone:
            return None
        with schema.read(engine) as connection:
            collection = _present(collections.by_id(connection, collection_id))
            extent = changes.extent(connection, collection_id)
        assert extent is not None  # read with the collection
        _sweep(folder, collection_id)
        name = f"{collection_id}-{extent.generation}-{secrets.token_hex(4)}"
        file, keys_file = folder / f"{name}.faiss", folder / f"{name}.keys.npy"
        try:
            index, keys, probes = _index(engine, collection, extent, settings)
            _write(index, file)
            np.save(keys_file, keys)
            made = Manifest(
                collection.name,
                extent.generation,
                extent.last_key,
                len(keys),
                "ivf-sq8" if probes else "flat-fp16",
                probes,
                file.name,
                manifest.digest(file),
                keys_file.name,
                manifest.digest(keys_file),
                collection.spec,
            )
            # In a write transaction nobody can delete the collection between the look and the swap.
            with schema.write(engine) as connection:
                if _present(collections.by_id(connection, collection_id)).spec != collection.spec:
                    _present(None)
                manifest.write(folder, collection_id, made)
        finally:
            _sweep(folder, collection_id)  # the former base, or the files of one that failed
        return made


def wait(folder: Path, collection_id: int) -> None:
    """Until nobody builds a base of the collection."""
    wait_for(_lock_of(folder, collection_id))


def drop(folder: Path, collection_id: int) -> None:
    """Forget the files of a deleted collection."""
    manifest.path_of(folder, collection_id).unlink(missing_ok=True)
    _lock_of(folder, collection_id).unlink(missing_ok=True)
    _sweep(folder, collection_id)


def _index(
    engine: Engine, collection: Collection, extent: changes.Extent, settings: DenseSettings
) -> tuple[Any, Keys, int]:
    """A FAISS index of the passages in the order of their keys, the keys, and the number of cells to look into."""
    dimension = collection.spec.dimension
    index: Any  # FAISS's own types know half of what it can
    cells = _CELLS_PER_ROOT * round(extent.passages**0.5)
    inexact = extent.passages > settings.exact_up_to
    sample = _sample(engine, collection, extent, _TRAINED_PER_CELL * cells) if inexact else _no_vectors(dimension)
    if len(sample):
        cells = min(cells, len(sample))
        index = faiss.index_factory(dimension, f"IVF{cells},SQ8", faiss.METRIC_INNER_PRODUCT)
        index.cp.niter, index.cp.min_points_per_centroid = _ROUNDS, 1
        index.train(sample)
    else:
        index = faiss.IndexScalarQuantizer(dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        index.train(np.zeros((1, dimension), dtype=np.float32))  # nothing to learn, but FAISS insists
    all_keys = [NO_KEYS]
    for keys, vectors in changes.stream(engine, collection.id, extent.last_key, dimension):
        index.add(vectors)
        all_keys.append(keys)
    return index, np.concatenate(all_keys), _probes(index, sample, settings.recall) if len(sample) else 0


def _sample(engine: Engine, collection: Collection, extent: changes.Extent, count: int) -> Vectors:
    with schema.read(engine) as connection:
        keys = changes.all_keys(connection, collection.id, extent.last_key)
        chosen = np.sort(np.random.default_rng(extent.generation).choice(keys, min(count, len(keys)), replace=False))
        return changes.vectors_of(connection, chosen, collection.spec.dimension)[1]


def _no_vectors(dimension: int) -> Vectors:
    return np.empty((0, dimension), dtype=np.float32)


def _probes(index: Any, sample: Vectors, recall: float) -> int:
    """How many cells to look into to find this share of the best ten.

    Tried with points between two passages: harder than questions, most of which are near a passage.
    """
    tried = np.random.default_rng(0).choice(sample, (_TRIED, 2)).sum(axis=1)
    tried /= np.maximum(np.linalg.norm(tried, axis=1, keepdims=True), 1e-9)
    with_probes: Any = faiss.SearchParametersIVF
    best = index.search(tried, 10, params=with_probes(nprobe=index.nlist))[1]
    cells = int(index.nlist)
    probes = min(_FEWEST_PROBES, cells)
    while probes < cells:
        found = index.search(tried, 10, params=with_probes(nprobe=probes))[1]
        share = np.mean([len(np.intersect1d(a, b)) / 10 for a, b in zip(best, found, strict=True)])
        if share >= recall:
            break
        probes = min(probes * 3 // 2, cells)
    return probes


def _write(index: faiss.Index, file: Path) -> None:
    try:
        faiss.write_index(index, str(file))
    except RuntimeError as error:  # FAISS's way to tell a full disk
        raise IndexBroken(
            f"{file} cannot be written.", "Make room: questions are answered meanwhile, more slowly."
        ) from error


def _sweep(folder: Path, collection_id: int) -> None:
    """Delete what no manifest names; processes that have it open keep it."""
    present = manifest.read(folder, collection_id)
    named = {present.file, present.keys_file} if present else set()
    for file in folder.glob(f"{collection_id}-*"):
        if file.name not in named:
            file.unlink(missing_ok=True)


def _lock_of(folder: Path, collection_id: int) -> Path:
    return folder / f"{collection_id}.lock"


def _present(collection: Collection | None) -> Collection:
    if collection is None:
        raise NotFound("The collection was deleted, or built anew, while an index of it was made.", "Nothing is lost.")
    return collection
