"""What a pronoun that opens a sentence of an answer may stand for: "It weighs 9 kg" is true of one thing only."""

import re

from service.conversation.phrases import Phrase, is_telling, noun_phrases
from service.conversation.pronouns import is_person, is_plural, put

_OPENING = re.compile(r"(?:he|she|it|they|his|her|its|their)\b", re.I)
_MOST = 4


class SpokenOf:
    """The things that the sentences of an answer named last."""

    def __init__(self) -> None:
        self._things: list[Phrase] = []

    def readings(self, claim: str) -> list[str]:
        """The claim with each thing that its opening pronoun may stand for; none where there is no such."""
        found = _OPENING.match(claim)
        if found is None:
            return []
        person, many = is_person(found), is_plural(found)
        return [put(claim, found, p.text) for p in self._things if (p.is_name if person else p.is_plural == many)]

    def told(self, claim: str) -> None:
        """A sentence that opens with a pronoun goes on with the same things, and may add some."""
        named = [p for p in noun_phrases(claim) if is_telling(p) and not p.text[0].isdigit()]
        self._things = [*(self._things if _OPENING.match(claim) else []), *named][:_MOST]
