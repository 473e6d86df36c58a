"""Questions written by a chat model, one passage at a time. Its word is taken for nothing that can be checked.

Documents are untrusted: one may tell the model to write something else. What comes back must be a question, short, and
with a quote that stands in the passage; so the most that a document can do is to spoil questions about itself.
"""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.errors import FootnotedError
from core.types import BlockKind
from evals.generate.types import Draft, Sentence, Source
from evals.generate.writer_prompt import SCHEMA, SYSTEM, user_message
from evals.reply_json import object_in
from evals.text_match import Searchable
from service.writing.chat_model import ChatModel, Tokens

RULE = "writer"
PASSAGE_CHARS = 1500
FEWEST_CHARS = 200
MOST_CHARS = {"question": 300, "answer": 300, "quote": 800}
UNREADABLE = "a reply of the model that cannot be read"
NOT_FOUND = "a quote of the model that is not in the document"
NOT_A_QUESTION = "not a question of sensible length"
FAILURES_IN_A_ROW = 3


@dataclass(slots=True)
class Writer:
    """A model with what it has cost and what was dropped of its replies."""

    model: ChatModel
    dropped: Counter[str] = field(default_factory=Counter)
    tokens: Tokens = field(default_factory=Tokens)

    def drafts(self, sources: Sequence[Source], rng: random.Random) -> Iterator[Draft]:
        """Questions passage by passage, in an order drawn; the model is asked as the questions are taken.

        :raises FootnotedError: if the model fails three passages in a row.
        """
        passages = [passage for source in sources for passage in passages_of(source)]
        failures = 0
        for passage in rng.sample(passages, len(passages)):
            try:
                reply = self.model.ask(SYSTEM, user_message(passage.source.document.title, passage.quote), SCHEMA)
            except FootnotedError:
                failures += 1
                self.dropped[UNREADABLE] += 1
                if failures == FAILURES_IN_A_ROW:
                    raise
                continue
            failures = 0
            self.tokens += reply.tokens
            yield from self._checked(reply.text, passage)

    def _checked(self, text: str, passage: Sentence) -> Iterator[Draft]:
        found = object_in(text, "questions")
        items = found["questions"] if found is not None else None
        if not isinstance(items, list):
            self.dropped[UNREADABLE] += 1
            return
        for item in items:
            if not isinstance(item, dict) or not all(
                _is_text(item.get(name), most) for name, most in MOST_CHARS.items()
            ):
                self.dropped[NOT_A_QUESTION] += 1
                continue
            question = " ".join(item["question"].split())
            if not question.endswith(("?", "？", "؟", "՞")):
                self.dropped[NOT_A_QUESTION] += 1
            elif (sentence := _place(item["quote"], passage)) is None:
                self.dropped[NOT_FOUND] += 1
            else:
                yield Draft(question, " ".join(item["answer"].split()), sentence, RULE)


def passages_of(source: Source) -> list[Sentence]:
    """Stretches of neighbouring paragraphs and lists under one heading, up to a length; too short ones left out."""
    found: list[Sentence] = []
    text = source.document.text
    section, start, end = "", -1, -1
    for block in source.document.blocks:
        prose = block.kind in (BlockKind.PARAGRAPH, BlockKind.LIST)
        if start >= 0 and (not prose or block.end - start > PASSAGE_CHARS):
            found.append(Sentence(source, section, start, end, text[start:end]))
            start = -1
        if block.kind is BlockKind.HEADING:
            section = " ".join(text[block.start : block.end].split())
        elif prose:
            start, end = (block.start if start < 0 else start), block.end
    if start >= 0:
        found.append(Sentence(source, section, start, end, text[start:end]))
    return [passage for passage in found if len(passage.text) >= FEWEST_CHARS] or found


def _place(quote: str, passage: Sentence) -> Sentence | None:
    """Where the quote stands in the passage, as the document has it."""
    match = next(iter(Searchable(passage.quote).find(quote.strip())), None)
    if match is None:
        return None
    start, end = passage.start + match.start, passage.start + match.end
    text = " ".join(passage.source.document.text[start:end].split())
    return Sentence(passage.source, passage.section, start, end, text)


def _is_text(value: object, most: int) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= most
