"""Parsed text under construction: blocks in, final text with exact offsets out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.types import Block, BlockKind, Finding

# Controls that no reader wants to see; tab and line feed stay. Soft hyphens are layout, not text.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\ufeff\ufffe\uffff]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u205f\u3000]+")


def clean(text: str | bytes) -> str:
    """Unify line ends and remove what cannot be shown or stored; visible text is not changed.

    Form feeds become paragraph breaks: plain-text standards (RFCs) use them between pages.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")
    return _LONE_SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text))


def fold_spaces(text: str) -> str:
    """One line: every run of white space becomes one space."""
    return _SPACES.sub(" ", text.replace("\n", " ")).strip()


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a parser makes of a source.

    ``notes`` are plain sentences for whoever ingests: what was odd, though it could be read. ``findings`` are
    what of it may cost answers; they are kept with the document.
    """

    text: str
    blocks: tuple[Block, ...]
    title: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class TextBuilder:
    """Joins blocks by blank lines, so that every offset is exact by construction."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []

    def add(
        self, kind: BlockKind, text: str, *, page: int | None = None, level: int | None = None, glue: str = "\n\n"
    ) -> None:
        """Append a block. Code keeps its white space; other blocks keep their lines only.

        ``glue`` is white space, or nothing, between it and the block before: a paragraph may go on over a page's end.
        """
        cleaned = clean(text)
        if kind is BlockKind.CODE:
            cleaned = cleaned.strip("\n").rstrip()
            # A block may not begin with white space, so the first line's indentation goes.
            cleaned = cleaned.lstrip()
        else:
            lines = (_SPACES.sub(" ", line).strip() for line in cleaned.split("\n"))
            cleaned = "\n".join(line for line in lines if line)
        if not cleaned:
            return
        if self._parts:
            self._parts.append(glue)
            self._length += len(glue)
        start, end = self._length, self._length + len(cleaned)
        self._parts.append(cleaned)
        self._length = end
        self._blocks.append(Block(kind, start, end, page, level))

    def first_heading(self) -> str | None:
        """The text of the first heading, the usual title of a document that names none."""
        text = "".join(self._parts)
        return next((text[b.start : b.end] for b in self._blocks if b.kind is BlockKind.HEADING), None)

    def build(
        self,
        title: str | None = None,
        metadata: Mapping[str, str] | None = None,
        notes: tuple[str, ...] = (),
        findings: tuple[Finding, ...] = (),
    ) -> Parsed:
        return Parsed("".join(self._parts), tuple(self._blocks), title, metadata or {}, notes, findings)
