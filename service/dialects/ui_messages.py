"""The Vercel AI SDK's UI message stream, version 1: https://ai-sdk.dev/docs/ai-sdk-ui/stream-protocol

One text part with markers; for each citation a ``source-url`` part (the source page; every document has one, so there
is no ``source-document`` beside it, which pages would show twice) and a ``data-citation`` part with the exact place and
the quote; for each sentence a ``data-sentence`` part with its verdict; the status as the message's metadata.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from sse_starlette import ServerSentEvent

from core.types import Citation
from service.answer.events import Cited, Done, Event, SentenceDone, Started
from service.asked import Asked
from service.dialects.answer_text import AnswerText, More
from service.dialects.errors import words
from service.dialects.links import Links
from service.dialects.said import Said, question_of, text_of
from service.limits import Text, UserId
from service.streaming import frame
from service.wire import sentence_json

STREAM_HEADERS = {"x-vercel-ai-ui-message-stream": "v1"}
_TEXT_ID = "answer"


class _Message(BaseModel):
    role: str
    parts: list[dict[str, Any]] = []


class UiMessagesRequest(BaseModel):
    """What ``DefaultChatTransport`` sends, with ``collection`` and ``filters`` by its option ``body``."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)
    messages: list[_Message] = Field(min_length=1, description="The last one of the user is the question.")
    collection: Text = Field("default", description="Which documents to ask.")
    filters: dict[str, Any] = Field({}, description="As in `POST /v1/ask`.")
    user: UserId | None = None
    store: bool = Field(True, description="false keeps the question out of the log.")

    def asked(self) -> Asked:
        """Raises InvalidRequest."""
        question, history = question_of(Said(m.role, text_of(m.parts)) for m in self.messages)
        return Asked(question, history, self.collection, self.filters, self.user, self.store)


class UiMessageParts:
    """The frames of an answer."""

    def __init__(self, links: Links) -> None:
        self._writer = AnswerText(links)
        self._links = links
        self._open = False

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        if isinstance(event, Started):
            yield _part("start", messageId=event.id)
        for part in self._writer.parts(event):
            if isinstance(part, More):
                yield from self._text(part.text)
        match event:
            case SentenceDone():
                data = {"index": event.index, **sentence_json(event.sentence)}
                yield _part("data-sentence", id=f"sentence-{event.index}", data=data)
            case Cited():
                yield from self._source(event.citation)
            case Done():
                if self._open:
                    yield _part("text-end", id=_TEXT_ID)
                about = {"footnoted": self._links.about(event.answer)}
                yield _part("finish", finishReason="stop", messageMetadata=about)
                yield ServerSentEvent("[DONE]", sep="\n")

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        yield _part("error", errorText=words(problem), code=problem["code"])

    def _text(self, text: str) -> Iterator[ServerSentEvent]:
        if not self._open:
            self._open = True
            yield _part("text-start", id=_TEXT_ID)
        yield _part("text-delta", id=_TEXT_ID, delta=text)

    def _source(self, citation: Citation) -> Iterator[ServerSentEvent]:
        members = self._links.citation(citation)
        url = members.get("url", members["uri"])
        yield _part("source-url", sourceId=str(citation.marker), url=url, title=members["title"])
        yield _part("data-citation", id=f"citation-{citation.marker}", data=members)


def _part(kind: str, **members: Any) -> ServerSentEvent:
    return frame({"type": kind, **members})
