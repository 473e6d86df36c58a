"""All checks of a data folder, one after another, each as soon as it is done."""

from collections.abc import Iterator
from pathlib import Path

from index import schema
from index.catalog import Catalog
from index.encode import Encoder
from index.tidy import files_of
from index.verify import catalog as of_catalog
from index.verify import files, remains, sample, words
from index.verify.check import Check


def verify(data_dir: Path, catalog: Catalog, encoder: Encoder | None, sample_size: int, seed: int) -> Iterator[Check]:
    """Every check of what is there. Beside a running server too: all of it reads one state of the catalog.

    ``sample_size`` passages of each collection are embedded again, unless ``encoder`` is None.
    """
    yield of_catalog.databases(data_dir)
    with schema.read(catalog.engine) as connection:
        yield of_catalog.counts(connection)
        yield of_catalog.offsets(connection)
        yield of_catalog.vectors(connection)
        yield files.originals(connection, data_dir / "originals")
        yield files.dense(connection, data_dir / "index")
        yield words.keyword_indexes(connection, data_dir / "index")
    listed = files_of(data_dir)  # before the catalog is asked: what comes later is not stray
    with schema.read(catalog.engine) as connection:
        yield files.leftovers(connection, data_dir, listed)
    if encoder is not None and sample_size:
        yield from encoded_again(catalog, encoder, sample_size, seed)
    with schema.read(catalog.engine) as connection:
        yield from remains.of_all(connection, data_dir)


def verify_deleted(data_dir: Path, catalog: Catalog, wanted: str) -> list[Check]:
    """That no file holds one deleted document, given by id, or a text. Raises NotFound."""
    with schema.read(catalog.engine) as connection:
        return remains.of_one(connection, data_dir, wanted)


def encoded_again(catalog: Catalog, encoder: Encoder, size: int, seed: int) -> Iterator[Check]:
    """Of each collection that was built with the encoder, some passages."""
    for collection in catalog.collections():
        if collection.spec.encoder != encoder.name:
            continue
        with schema.read(catalog.engine) as connection:
            if keys := sample.sampled_keys(connection, collection, size, seed):
                yield sample.encoded_again(connection, collection, keys, encoder)
