"""The readers there are, by name."""

from functools import cache

from index.encode import Encoder
from service.answer.cross_encoder import CrossEncoderReader
from service.answer.overlap import OverlapReader
from service.answer.reader import Reader


def open_reader(name: str, encoder: Encoder) -> Reader:
    """ "cross-encoder" or "overlap"; models are loaded when they are first needed."""
    return OverlapReader(encoder) if name == "overlap" else _cross_encoder()


@cache
def _cross_encoder() -> CrossEncoderReader:
    """One for all engines of the process: it takes 400 MB and holds nothing of theirs."""
    return CrossEncoderReader()
