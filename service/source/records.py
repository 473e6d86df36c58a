"""What the source view is made of. Offsets are the document's: code points, end exclusive; pages are counted from 1."""

from dataclasses import dataclass
from enum import StrEnum

QUOTE_CHARS = 300
"""How much of a quote a link carries; a longer one is known by its beginning."""


class PlaceState(StrEnum):
    """What became of the words that a link asks for."""

    SAME = "same"  # they stand where the link says
    MOVED = "moved"  # they stand elsewhere, word for word
    CHANGED = "changed"  # only something similar is there
    GONE = "gone"  # they are not there, or cannot be looked for because the link does not tell them


@dataclass(frozen=True, slots=True)
class Asked:
    """What the link asked for: a span of the version that was cited, and its words if the link tells them."""

    start: int
    end: int
    quote: str | None

    @property
    def is_shortened(self) -> bool:
        """Whether the quote is only the beginning of the span's words."""
        return self.quote is not None and QUOTE_CHARS <= len(self.quote) < self.end - self.start


@dataclass(frozen=True, slots=True)
class Place:
    """Where the words are; ``span`` is None where they are gone."""

    state: PlaceState
    span: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class PageBox:
    """A rectangle on a page, in shares of the page as shown, from its top left corner."""

    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Cited:
    """The place in the present document. ``boxes`` is empty where the page does not show it or is none."""

    start: int
    end: int
    page: int | None
    quote: str
    boxes: tuple[PageBox, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """Text inside a block, cited or not."""

    text: str
    lit: bool


@dataclass(frozen=True, slots=True)
class ShownBlock:
    """A block as it is shown; ``kind`` is a BlockKind's value, or "gap" for text between blocks.

    ``start`` is the offset of its first character; a block at the window's border may be cut.
    """

    kind: str
    level: int | None
    page: int | None
    start: int
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """An entry of the outline."""

    title: str
    level: int
    start: int
    page: int | None


@dataclass(frozen=True, slots=True)
class Window:
    """The part of the text that is shown, of ``characters`` in all."""

    start: int
    end: int
    characters: int


@dataclass(frozen=True, slots=True)
class Source:
    """A document with the cited place. ``document_id`` is the present version's, ``asked_id`` the link's."""

    document_id: str
    asked_id: str
    title: str
    uri: str
    media_type: str
    language: str | None
    pages: int | None
    state: PlaceState
    asked: Asked | None
    cited: Cited | None
    window: Window
    blocks: tuple[ShownBlock, ...]
    outline: tuple[Heading, ...]
    view_url: str

    @property
    def is_newer(self) -> bool:
        """Whether the link was made for a version that is no longer there."""
        return self.document_id != self.asked_id
