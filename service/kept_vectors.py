"""Vectors of the texts that came last: questions of a conversation, sentences of passages that are met again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray


class KeptVectors:
    """Encodes a text once, as long as it is among the last ``most``. Safe from several threads."""

    def __init__(self, encode: Callable[[list[str]], NDArray[np.float32]], most: int) -> None:
        self._encode = encode
        self._most = most
        self._kept: OrderedDict[str, NDArray[np.float32]] = OrderedDict()
        self._lock = threading.Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimension). Raises EncoderUnavailable."""
        wanted = list(dict.fromkeys(texts))
        with self._lock:
            known = {text: self._kept[text] for text in wanted if text in self._kept}
            for text in known:
                self._kept.move_to_end(text)
        missing = [text for text in wanted if text not in known]
        if missing:
            known |= zip(missing, self._encode(missing), strict=True)
            with self._lock:
                self._kept.update({text: known[text] for text in missing})
                while len(self._kept) > self._most:
                    self._kept.popitem(last=False)
        return np.stack([known[text] for text in texts])
