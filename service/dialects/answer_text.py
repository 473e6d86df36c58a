"""The events of an answer as one growing text, with the place of every marker in it.

``It was held in Beijing. [1]``: each sentence, its markers, and what the check came to where it is not "supported".
Text that was streamed cannot be taken back. Where the whole answer differs from what was streamed (a sentence did not
pass the check, or the chat model broke off), the text says so and the checked answer follows.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.types import Answer, AnswerSentence, AnswerStatus, Citation
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token
from service.dialects.links import Links
from service.language.phrases import mark, phrases_for

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#!|~])")


@dataclass(frozen=True, slots=True)
class More:
    """Text to be appended."""

    text: str


@dataclass(frozen=True, slots=True)
class Marked:
    """The marker at ``text[start:end]`` stands for a citation. Code points of the answer's text, end exclusive."""

    citation: Citation
    start: int
    end: int


Part = More | Marked


def replay(answer: Answer) -> Iterator[Event]:
    """The events of an answer that is whole already, so that it takes the same way as a streamed one."""
    yield Started(answer.id, answer.understood_as, answer.hits)
    by_marker = {citation.marker: citation for citation in answer.citations}
    for index, sentence in enumerate(answer.sentences):
        yield Token(f" {sentence.text}" if index else sentence.text)
        yield SentenceDone(index, sentence)
        for marker in sentence.markers:
            if citation := by_marker.pop(marker, None):
                yield Cited(citation)
    yield Done(answer)


def answer_of(events: Sequence[Event]) -> Answer:
    """The whole answer, which the events end with."""
    done = events[-1]
    assert isinstance(done, Done)
    return done.answer


def settled(events: Sequence[Event]) -> Sequence[Event]:
    """The events of a whole answer for a client that sees none of them before the end.

    As they came, with their line breaks; anew, of the answer, where something was shown that is not in it.
    """
    answer = answer_of(events)
    shown = [event.sentence.text for event in events if isinstance(event, SentenceDone)]
    tokens = [isinstance(event, Token) for event in events if isinstance(event, Token | SentenceDone)]
    dangling = bool(tokens) and tokens[-1]
    same = shown == [sentence.text for sentence in answer.sentences] and not dangling
    return events if same else list(replay(answer))


def closing_text(answer: Answer, shown: Iterable[str], dangling: bool) -> str:
    """What an answer ends with, beside its sentences.

    ``shown`` are the sentences that the client has, ``dangling`` whether it also has words that became no sentence.
    """
    texts = list(shown)
    phrases = phrases_for(answer.understood_as)
    parts = []
    if dangling or texts != [sentence.text for sentence in answer.sentences]:
        parts += [phrases.taken_back, answer.text]
    if answer.status is AnswerStatus.NOT_FOUND:
        parts.append(phrases.not_found)
    if answer.clarification is not None:
        options = [f"- {option}" for option in answer.clarification.options]
        parts.append("\n".join([answer.clarification.text, *options]))
    parts.append(answer.notice.text if answer.notice else "")
    closing = "\n\n".join(part for part in parts if part)
    return f"\n\n{closing}" if closing and (texts or dangling) else closing


class AnswerText:
    """Takes the events in order."""

    def __init__(self, links: Links, lists_sources: bool = False) -> None:
        self._links = links
        self._lists_sources = lists_sources
        self._length = 0
        self._asked = ""
        self._shown: list[str] = []
        self._open = False  # tokens of a sentence that is not done
        self._known: dict[int, Citation] = {}
        self._waiting: list[tuple[int, int, int]] = []  # markers in the text whose citation has not come

    def parts(self, event: Event) -> Iterator[Part]:
        match event:
            case Started():
                self._asked = event.understood_as
            case Token():
                self._open = True
                yield self._more(event.text)
            case SentenceDone():
                yield from self._sentence(event.sentence)
            case Cited():
                self._known[event.citation.marker] = event.citation
                yield from self._placed()
            case Done():
                closing = closing_text(event.answer, self._shown, self._open)
                if self._lists_sources and event.answer.citations:
                    closing += self._sources(event.answer.citations)
                if closing:
                    yield self._more(closing)

    def _sentence(self, sentence: AnswerSentence) -> Iterator[Part]:
        if not self._open:
            yield self._more(f" {sentence.text}" if self._shown else sentence.text)
        self._open = False
        self._shown.append(sentence.text)
        written = ""
        for marker in sentence.markers:
            start = self._length + len(written) + 1
            written += f" [{marker}]"
            self._waiting.append((marker, start, self._length + len(written)))
        if doubt := mark(sentence.verdict, self._asked):
            written += f" {doubt}"
        if written:
            yield self._more(written)
        yield from self._placed()

    def _placed(self) -> Iterator[Marked]:
        waiting, self._waiting = self._waiting, []
        for marker, start, end in waiting:
            if marker in self._known:
                yield Marked(self._known[marker], start, end)
            else:
                self._waiting.append((marker, start, end))

    def _more(self, text: str) -> More:
        self._length += len(text)
        return More(text)

    def _sources(self, citations: Iterable[Citation]) -> str:
        lines = []
        for citation in citations:
            title = _MARKDOWN.sub(r"\\\1", " ".join(citation.document.title.split()))
            page = f", page {citation.page}" if citation.page else ""
            address = self._links.citation(citation).get("url")
            lines.append(f"- [{citation.marker}] {title}{page}" + (f": <{address}>" if address else ""))
        return "\n\nSources:\n" + "\n".join(lines)
