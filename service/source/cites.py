"""All citations of an answer as a link carries them, so that a reader goes from one to the next."""

import re
from dataclasses import dataclass

_CITE = re.compile(r"([0-9A-Za-z_-]{1,64}):(\d{1,10})-(\d{1,10})", re.ASCII)
_MOST = 100


@dataclass(frozen=True, slots=True)
class Cite:
    """One citation: the id of the version that was cited, and the span."""

    document_id: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.document_id}:{self.start}-{self.end}"


def parse_cites(text: str) -> list[Cite]:
    """``<id>:<start>-<end>,…``, in the answer's order. What does not look like that is passed over."""
    matches = (_CITE.fullmatch(item.strip()) for item in text.split(",")[:_MOST])
    return [Cite(match[1], int(match[2]), int(match[3])) for match in matches if match]


def cites_text(cites: list[Cite]) -> str:
    """As the link carries them."""
    return ",".join(map(str, cites))
