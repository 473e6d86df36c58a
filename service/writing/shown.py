"""What of a model's answer is shown, and when: the policy ``mark``, ``drop`` or ``refuse``."""

from collections.abc import Iterator, Sequence

from core.types import AnswerSentence, Citation, Verdict
from service.answer.events import Cited, Event, SentenceDone, Token
from service.language.phrases import refusals
from service.writing.answer_text import Sentence, Words
from service.writing.prompts import ABSTENTION

_Checked = tuple[Sentence, AnswerSentence, Sequence[Citation]]


class Shown:
    """One answer's events, in order; keeps the sentences and citations that they told."""

    def __init__(self, policy: str) -> None:
        self.sentences: list[AnswerSentence] = []
        self.citations: list[Citation] = []
        self.left_out = 0
        self._policy = policy
        self._held: list[_Checked] = []
        self._written = ""  # of the sentence at hand
        self._told = ""  # of it, as tokens
        self._any_told = False

    @property
    def is_refused(self) -> bool:
        """Nothing that follows could be shown."""
        return self._policy == "refuse" and self.left_out > 0

    @property
    def is_supported(self) -> bool:
        """Whether a sentence with a source is shown."""
        return any(sentence.markers for sentence in self.sentences)

    @property
    def is_empty(self) -> bool:
        """Nothing is shown, nothing held, nothing left out."""
        return not (self.sentences or self._held or self.left_out)

    def words(self, words: Words) -> Iterator[Token]:
        """Told as they come where sentences are marked; a sentence that may become the abstention is held."""
        if self._policy != "mark":
            return
        self._written += words.text
        if self._told or not _bare(ABSTENTION).startswith(_bare(self._written)):
            yield from self._rest(words.on_new_line)

    def sentence(self, sentence: Sentence, checked: AnswerSentence, citations: Sequence[Citation]) -> Iterator[Event]:
        """A sentence is whole, and was checked."""
        if self._policy == "mark":
            self._written = sentence.text
            yield from self._rest(sentence.on_new_line)
            yield from self._done(checked, citations)
            return
        if checked.verdict is Verdict.UNSUPPORTED:
            self.left_out += 1
            return
        self._held.append((sentence, checked, citations))
        # "Here is what I found:" is worth showing when something was found.
        if self._policy == "drop" and checked.verdict is not Verdict.NO_CLAIM:
            yield from self._release()

    def skip(self) -> None:
        """The sentence at hand is not to be shown; none of its words was told."""
        self._written = ""

    def finish(self) -> Iterator[Event]:
        """The model is done."""
        if self._policy == "refuse":
            if not self.is_refused and any(checked.markers for _, checked, _ in self._held):
                yield from self._release()
        elif self.is_supported:
            yield from self._release()

    def broken_off(self) -> Iterator[Event]:
        """The model ended in the middle: of its last sentence nothing was checked."""
        self._held.clear()
        if self._told:
            yield from self._done(AnswerSentence(self._told, (), Verdict.UNSUPPORTED, 0.0), ())

    def _release(self) -> Iterator[Event]:
        for sentence, checked, citations in self._held:
            self._written = sentence.text
            for word in sentence.text.split(" "):
                self._written = f"{self._told} {word}" if self._told else word
                yield from self._rest(sentence.on_new_line)
            yield from self._done(checked, citations)
        self._held.clear()

    def _rest(self, on_new_line: bool) -> Iterator[Token]:
        """What is written of the sentence at hand, and was not told yet."""
        more = self._written[len(self._told) :]
        if not more:
            return
        apart = "" if self._told or not self._any_told else "\n" if on_new_line else " "
        self._told, self._any_told = self._written, True
        yield Token(apart + more)

    def _done(self, checked: AnswerSentence, citations: Sequence[Citation]) -> Iterator[Event]:
        yield SentenceDone(len(self.sentences), checked)
        self.sentences.append(checked)
        self._written = self._told = ""
        known = {citation.marker for citation in self.citations}
        for citation in citations:
            if citation.marker not in known:
                self.citations.append(citation)
                yield Cited(citation)


def is_abstention(text: str) -> bool:
    """Whether a sentence is the one by which the model says that the passages do not tell, also translated."""
    return any(_bare(text) == _bare(known) for known in (ABSTENTION, *refusals()))


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c == " ").strip()
