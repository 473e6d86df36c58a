"""Anthropic's Messages, with citations: https://docs.anthropic.com/en/docs/build-with-claude/citations

A block of text is a sentence, with its citations: ``char_location`` (0-based code points of the document's text, end
exclusive) or, where the format has pages, ``page_location`` (1-based, end exclusive). ``cited_text`` is the exact
quote. ``document_index`` counts the cited documents in the order of the answer. Beyond the dialect, a citation has
the exact ``start_char_index`` and ``end_char_index`` also beside pages, and ``url``; a message has ``footnoted``.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sse_starlette import ServerSentEvent

from core.types import Answer, AnswerSentence, Citation
from service.answer.events import Cited, Done, Event, SentenceDone, Started, Token
from service.asked import Asked
from service.dialects.answer_text import answer_of, closing_text
from service.dialects.errors import anthropic_error
from service.dialects.links import Links
from service.dialects.models import ModelName
from service.dialects.said import Said, question_of, text_of
from service.language.phrases import mark
from service.limits import Text, UserId
from service.streaming import frame


class _Message(BaseModel):
    role: str
    content: Any = None


class _Metadata(BaseModel):
    user_id: UserId | None = None


class MessagesRequest(BaseModel):
    """What is used of a request; system, max_tokens, tools and all else are accepted and have no effect."""

    model: Text = Field(description="`footnoted/NAME` of a collection.", examples=["footnoted/default"])
    messages: list[_Message] = Field(min_length=1, description="The last one of the user is the question.")
    stream: bool | None = None
    metadata: _Metadata | None = None
    store: bool | None = Field(None, description="false keeps the question out of the log; beyond the dialect.")
    filters: dict[str, Any] = Field({}, description="As in `POST /v1/ask`; beyond the dialect.")

    def asked(self, model: ModelName) -> Asked:
        """Raises InvalidRequest."""
        question, history = question_of(Said(m.role, text_of(m.content)) for m in self.messages)
        user = self.metadata.user_id if self.metadata else None
        return Asked(question, history, model.collection, self.filters, user, self.store is not False)


def message_json(events: Sequence[Event], model: str, links: Links) -> dict[str, Any]:
    """A whole answer, the fold of its frames; ``events`` end with it."""
    answer = answer_of(events)
    content: list[dict[str, Any]] = []
    blocks = _Blocks(links)
    for event in events:
        for part in blocks.parts(event):
            match part["type"]:
                case "content_block_start":
                    content.append(part["content_block"])
                case "content_block_delta" if part["delta"]["type"] == "text_delta":
                    content[-1]["text"] += part["delta"]["text"]
                case "content_block_delta":
                    content[-1]["citations"].append(part["delta"]["citation"])
    for block in content:
        block["citations"] = block["citations"] or None
    return {
        **_message(answer.id, model),
        "content": content,
        "stop_reason": "end_turn",
        "usage": _usage(answer),
        "footnoted": links.about(answer),
    }


class MessageEvents:
    """The frames of a streamed answer."""

    def __init__(self, model: str, links: Links) -> None:
        self._blocks = _Blocks(links)
        self._links = links
        self._model = model

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        if isinstance(event, Started):
            yield _named({"type": "message_start", "message": _message(event.id, self._model)})
        for part in self._blocks.parts(event):
            yield _named(part)
        if isinstance(event, Done):
            delta = {"stop_reason": "end_turn", "stop_sequence": None}
            about = self._links.about(event.answer)
            yield _named({"type": "message_delta", "delta": delta, "usage": _usage(event.answer), "footnoted": about})
            yield _named({"type": "message_stop"})

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        yield _named(anthropic_error(problem))


def ping() -> ServerSentEvent:
    return _named({"type": "ping"})


class _Blocks:
    """Events to the starts, deltas and stops of blocks. A block stays open for the citations after its sentence."""

    def __init__(self, links: Links) -> None:
        self._links = links
        self._index = -1
        self._asked = ""
        self._open = False
        self._has_words = False  # the block has words of a sentence that is not done
        self._sentence: AnswerSentence | None = None  # the one that is done in the open block
        self._shown: list[str] = []
        self._known: dict[int, Citation] = {}
        self._documents: dict[str, int] = {}

    def parts(self, event: Event) -> Iterator[dict[str, Any]]:
        match event:
            case Started():
                self._asked = event.understood_as
            case Token():
                yield from self._words(event.text)
            case SentenceDone():
                yield from self._done(event.sentence)
            case Cited():
                self._known[event.citation.marker] = event.citation
                if self._sentence and event.citation.marker in self._sentence.markers:
                    yield self._cited(event.citation)
            case Done():
                closing = closing_text(event.answer, self._shown, self._has_words)
                self._has_words = False
                yield from self._stop()
                if closing or self._index < 0:
                    yield from self._start()
                    yield self._delta({"type": "text_delta", "text": closing})
                    yield from self._stop()

    def _words(self, text: str) -> Iterator[dict[str, Any]]:
        if self._sentence is not None:
            yield from self._stop()
        if not self._open:
            yield from self._start()
        self._has_words = True
        yield self._delta({"type": "text_delta", "text": text})

    def _done(self, sentence: AnswerSentence) -> Iterator[dict[str, Any]]:
        if not self._has_words:
            yield from self._words(f" {sentence.text}" if self._shown else sentence.text)
        self._has_words = False
        self._sentence = sentence
        self._shown.append(sentence.text)
        if doubt := mark(sentence.verdict, self._asked):
            yield self._delta({"type": "text_delta", "text": f" {doubt}"})
        for marker in sentence.markers:
            if marker in self._known:
                yield self._cited(self._known[marker])

    def _start(self) -> Iterator[dict[str, Any]]:
        self._index += 1
        self._open = True
        block: dict[str, Any] = {"type": "text", "text": "", "citations": []}
        yield {"type": "content_block_start", "index": self._index, "content_block": block}

    def _stop(self) -> Iterator[dict[str, Any]]:
        if self._open:
            self._open, self._sentence = False, None
            yield {"type": "content_block_stop", "index": self._index}

    def _cited(self, citation: Citation) -> dict[str, Any]:
        return self._delta({"type": "citations_delta", "citation": self._location(citation)})

    def _delta(self, delta: dict[str, Any]) -> dict[str, Any]:
        return {"type": "content_block_delta", "index": self._index, "delta": delta}

    def _location(self, citation: Citation) -> dict[str, Any]:
        document = citation.document
        place: dict[str, Any] = {"type": "char_location"}
        if citation.page is not None:
            pages = {"start_page_number": citation.page, "end_page_number": citation.page + 1}
            place = {"type": "page_location", **pages}
        url = self._links.citation(citation).get("url")
        return {
            **place,
            "cited_text": citation.quote,
            "document_index": self._documents.setdefault(document.id, len(self._documents)),
            "document_title": document.title,
            "file_id": document.id,
            "start_char_index": citation.start,
            "end_char_index": citation.end,
            "url": url,
        }


def _named(data: dict[str, Any]) -> ServerSentEvent:
    return frame(data, event=data["type"])


def _message(answer_id: str, model: str) -> dict[str, Any]:
    """As it begins."""
    usage = {"input_tokens": 0, "output_tokens": 0}
    start = {"id": f"msg_{answer_id}", "type": "message", "role": "assistant", "model": model, "content": []}
    return {**start, "stop_reason": None, "stop_sequence": None, "usage": usage}


def _usage(answer: Answer) -> dict[str, int]:
    """What the chat model counted; zeros where none was asked."""
    given, made = (answer.usage.input_tokens, answer.usage.output_tokens) if answer.usage else (0, 0)
    return {"input_tokens": given, "output_tokens": made}
