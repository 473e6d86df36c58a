"""Paragraphs of sets in SQuAD's layout as passages, and their sentences as claims."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.types import DocumentRef, Passage
from service.answer.sentences import sentences
from training.support_faults import FAULTS
from training.support_rewording import joined, reworded

_PASSAGES = 8


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim with what is retrieved for it; ``kind`` says how it was made, ``true`` whether the passages say it."""

    text: str
    passages: tuple[Passage, ...]
    kind: str
    true: bool
    source: str


def articles(path: Path) -> dict[str, list[str]]:
    """The paragraphs of each article, in the file's order."""
    loaded = json.loads(path.read_text(encoding="utf-8"))
    return {a["title"]: [p["context"] for p in a["paragraphs"]] for a in loaded["data"]}


def passage(title: str, text: str) -> Passage:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Passage(f"{title}/{digest}", DocumentRef(title, title, title, "text/plain"), (), None, 0, len(text), text)


def claims(article: tuple[str, Sequence[str]], rng: random.Random) -> Iterator[Claim]:
    """True claims, verbatim and reworded, and one of each fault on either, for each sentence that allows it."""
    title, paragraphs = article
    for number, text in enumerate(paragraphs):
        near = [paragraphs[(number + i) % len(paragraphs)] for i in range(min(_PASSAGES, len(paragraphs)))]
        found = tuple(passage(title.replace("_", " "), other) for other in rng.sample(near, len(near)))
        spans = [text[a:b].replace("\n", " ") for a, b in sentences(text)]
        for i, sentence in enumerate(spans):
            if not 40 <= len(sentence) <= 300 or not sentence.endswith("."):
                continue
            yield Claim(sentence, found, "verbatim", True, text)
            other = reworded(sentence, rng)
            if other:
                yield Claim(other[0], found, other[1], True, text)
            if i and (both := joined(spans[i - 1], sentence)):
                yield Claim(both, found, "two sentences joined", True, text)
            for kind, fault in FAULTS.items():
                base = other[0] if other and rng.random() < 0.5 else sentence
                false = fault(base, paragraphs, rng)
                if false and false != base:
                    yield Claim(false, found, kind, False, text)
