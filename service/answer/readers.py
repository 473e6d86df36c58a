"""The readers there are, by name."""

from index.encode import Encoder
from service.answer.cross_encoder import CrossEncoderReader
from service.answer.overlap import OverlapReader
from service.answer.reader import Reader


def open_reader(name: str, encoder: Encoder) -> Reader:
    """ "cross-encoder" or "overlap"; models are loaded when they are first needed."""
    return OverlapReader(encoder) if name == "overlap" else CrossEncoderReader()
