"""Encoders of collections that were built with another one than the setting says, and answer until built anew."""

import threading
from collections.abc import Callable

from core.errors import EncoderUnavailable, IndexMismatch
from index.collections import Collection
from index.encode import Encoder


class OtherEncoders:
    """Opened when they are first asked for, and kept. Safe from several threads."""

    def __init__(self, open_encoder: Callable[[str], Encoder] | None) -> None:
        self._open = open_encoder
        self._opened: dict[str, Encoder] = {}
        self._lock = threading.Lock()

    def get(self, collection: Collection, setting: str) -> Encoder:
        """Raises IndexMismatch where it cannot be opened, or is not the one that it was; ``setting`` is named."""
        name = collection.spec.encoder
        if self._open is None or name == setting:
            raise _mismatch(collection, setting)
        try:
            with self._lock:
                encoder = self._opened.get(name) or self._opened.setdefault(name, self._open(name))
            dimension = encoder.dimension  # loads it
        except EncoderUnavailable as error:
            raise _mismatch(collection, setting) from error
        if dimension != collection.spec.dimension:
            raise _mismatch(collection, setting)
        return encoder


def _mismatch(collection: Collection, setting: str) -> IndexMismatch:
    return IndexMismatch(
        f"The collection {collection.name!r} was built with the encoder {collection.spec.encoder!r} of "
        f"{collection.spec.dimension} dimensions; the setting says {setting!r}, and the former cannot be used.",
        f"Set encoder.model back, or run `footnoted reindex --collection {collection.name}`.",
    )
