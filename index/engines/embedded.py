"""Files beside the catalog: FAISS for vectors, tantivy for words. One machine, several processes."""

from pathlib import Path

from sqlalchemy import Connection, Engine

from index.collections import Collection
from index.dense.building import DenseSettings
from index.dense.index import DenseIndex
from index.inverted import InvertedIndex
from index.keyword_indexes import KeywordIndexes
from index.snapshots import Snapshots


class EmbeddedEngine:
    """See SearchEngine."""

    def __init__(self, engine: Engine, folder: Path, settings: DenseSettings) -> None:
        self.keywords = KeywordIndexes(engine, folder)
        self.snapshots = Snapshots(engine, folder, settings, self.keywords.generation)

    @property
    def background(self) -> bool:
        return self.snapshots.background

    @background.setter
    def background(self, value: bool) -> None:
        self.snapshots.background = value

    def dense(self, connection: Connection, collection: Collection) -> DenseIndex:
        return self.snapshots.get(connection, collection)

    def words(self, collection: Collection, connection: Connection | None = None) -> InvertedIndex:
        return self.keywords.get(collection)

    def is_past(self, collection: Collection) -> bool:
        return self.snapshots.is_past(collection) or self.keywords.is_past(collection)

    def refresh_words(self, collection: Collection) -> None:
        self.keywords.refresh(collection)

    def refresh(self, collection: Collection) -> None:
        self.keywords.refresh(collection)
        self.snapshots.refresh(collection)

    def save(self, collection: Collection) -> None:
        self.snapshots.save(collection)

    def rebuild(self, collection: Collection) -> None:
        self.keywords.rebuild(collection)
        self.snapshots.save(collection)

    def drop(self, collection: Collection) -> None:
        self.snapshots.drop(collection)
        self.keywords.drop(collection)

    def close(self) -> None:
        """Nothing is held open."""
