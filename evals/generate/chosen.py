"""The sentences that questions are made of: whole, plain ones, taken in turn from all documents and sections."""

import random
from collections.abc import Iterator, Sequence

from core.types import BlockKind, Document
from evals.generate.types import Draft, Sentence, Source
from service.answer.sentences import sentences

FEWEST_WORDS, MOST_WORDS = 5, 45
_LETTERS = 0.65


def sentences_of(source: Source) -> list[Sentence]:
    """The informative sentences of a document's paragraphs and lists, in order."""
    found = []
    for section, start, end in _prose(source.document):
        for first, last in sentences(source.document.text[start:end]):
            text = " ".join(source.document.text[start + first : start + last].split())
            if _is_informative(text):
                found.append(Sentence(source, section, start + first, start + last, text))
    return found


def in_turn(drafts: Sequence[Draft], rng: random.Random) -> list[Draft]:
    """All of them, drawn by turns from documents, and from the sections of each: none is asked of more than others."""
    groups: dict[str, dict[str, list[Draft]]] = {}
    for draft in drafts:
        sections = groups.setdefault(draft.sentence.source.name, {})
        sections.setdefault(draft.sentence.section, []).append(draft)
    queues = []
    for sections in groups.values():
        shuffled = [rng.sample(section, len(section)) for section in sections.values()]
        queues.append(_alternate(rng.sample(shuffled, len(shuffled))))
    return _alternate(queues)


def _alternate(queues: Sequence[Sequence[Draft]]) -> list[Draft]:
    """The first of each queue, then the second of each, and so on."""
    longest = max((len(queue) for queue in queues), default=0)
    return [queue[i] for i in range(longest) for queue in queues if i < len(queue)]


def _prose(document: Document) -> Iterator[tuple[str, int, int]]:
    """(heading above, start, end) of the blocks that are read as sentences."""
    section = ""
    for block in document.blocks:
        if block.kind is BlockKind.HEADING:
            section = " ".join(document.text[block.start : block.end].split())
        elif block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST):
            yield section, block.start, block.end


def _is_informative(text: str) -> bool:
    words = text.split()
    if not FEWEST_WORDS <= len(words) <= MOST_WORDS:
        return False
    return sum(c.isalpha() or c == " " for c in text) >= _LETTERS * len(text)
