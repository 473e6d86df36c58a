"""OpenAI's Chat Completions: https://platform.openai.com/docs/api-reference/chat

``annotations`` say which marker in the text stands for which source page: ``content[start_index:end_index]`` is
``[1]``, in code points. Beyond the dialect: ``citations`` beside them, with the exact place in the document and the
quote, and ``footnoted``, with the status, the verdict on each sentence and the confidence. Clients pass over what
they do not know.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sse_starlette import ServerSentEvent

from core.types import Answer
from service.answer.events import Done, Event, Started
from service.asked import Asked
from service.dialects.answer_text import AnswerText, Marked, More, Part, answer_of
from service.dialects.errors import openai_error
from service.dialects.links import Links
from service.dialects.models import ModelName
from service.dialects.said import Said, question_of, text_of
from service.limits import Text, UserId
from service.streaming import frame


class _Message(BaseModel):
    role: str
    content: Any = None


class _StreamOptions(BaseModel):
    include_usage: bool = False


class ChatRequest(BaseModel):
    """What is used of a request; temperature, tools, response_format and all else are accepted and have no effect."""

    model: Text = Field(description="`footnoted/NAME` of a collection.", examples=["footnoted/default"])
    messages: list[_Message] = Field(min_length=1, description="The last one of the user is the question.")
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    user: UserId | None = None
    safety_identifier: UserId | None = None
    store: bool | None = Field(None, description="false keeps the question out of the log.")
    filters: dict[str, Any] = Field({}, description="As in `POST /v1/ask`; beyond the dialect.")

    def asked(self, model: ModelName) -> Asked:
        """Raises InvalidRequest."""
        question, history = question_of(Said(m.role, text_of(m.content)) for m in self.messages)
        user = self.user or self.safety_identifier
        return Asked(question, history, model.collection, self.filters, user, self.store is not False)


def completion_json(events: Sequence[Event], model: str, links: Links, lists_sources: bool) -> dict[str, Any]:
    """A whole answer; ``events`` end with it."""
    answer = answer_of(events)
    writer = AnswerText(links, lists_sources)
    parts = [part for event in events for part in writer.parts(event)]
    message = {
        "role": "assistant",
        "content": "".join(part.text for part in parts if isinstance(part, More)),
        "refusal": None,
        "annotations": [_annotation(part, links) for part in parts if isinstance(part, Marked)],
        "citations": [links.citation(citation) for citation in answer.citations],
    }
    return {
        "id": _id(answer.id),
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
        "usage": _usage(answer),
        "footnoted": links.about(answer),
    }


class ChatChunks:
    """The frames of a streamed answer: ``data:`` lines, and ``[DONE]``."""

    def __init__(self, model: str, links: Links, lists_sources: bool, include_usage: bool) -> None:
        self._writer = AnswerText(links, lists_sources)
        self._links = links
        self._include_usage = include_usage
        self._base: dict[str, Any] = {"object": "chat.completion.chunk", "created": int(time.time()), "model": model}

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        if isinstance(event, Started):
            self._base = {"id": _id(event.id), **self._base}
            yield self._chunk({"role": "assistant", "content": "", "refusal": None})
        for part in self._writer.parts(event):
            yield self._chunk(self._delta(part))
        if isinstance(event, Done):
            yield self._chunk({}, finish_reason="stop", footnoted=self._links.about(event.answer))
            if self._include_usage:
                yield frame({**self._base, "choices": [], "usage": _usage(event.answer)})
            yield ServerSentEvent("[DONE]", sep="\n")

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        yield frame(openai_error(problem))

    def _delta(self, part: Part) -> dict[str, Any]:
        if isinstance(part, More):
            return {"content": part.text}
        return {"annotations": [_annotation(part, self._links)], "citations": [self._links.citation(part.citation)]}

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None, **more: Any) -> ServerSentEvent:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish_reason}
        usage = {"usage": None} if self._include_usage else {}
        return frame({**self._base, "choices": [choice], **usage, **more})


def models_json(names: list[str]) -> dict[str, Any]:
    """Anthropic's client, which asks at the same address, reads it too."""
    ends = {"first_id": names[0] if names else None, "last_id": names[-1] if names else None, "has_more": False}
    return {"object": "list", "data": [model_json(name) for name in names], **ends}


def model_json(name: str) -> dict[str, Any]:
    both = {"id": name, "object": "model", "created": 0, "owned_by": "footnoted"}
    return {**both, "type": "model", "display_name": name, "created_at": "1970-01-01T00:00:00Z"}


def _annotation(marked: Marked, links: Links) -> dict[str, Any]:
    citation = links.citation(marked.citation)
    place = {"url": citation.get("url", citation["uri"]), "title": citation["title"]}
    return {"type": "url_citation", "url_citation": {"start_index": marked.start, "end_index": marked.end, **place}}


def _usage(answer: Answer) -> dict[str, int]:
    """What the chat model counted; zeros where none was asked."""
    given, made = (answer.usage.input_tokens, answer.usage.output_tokens) if answer.usage else (0, 0)
    return {"prompt_tokens": given, "completion_tokens": made, "total_tokens": given + made}


def _id(answer_id: str) -> str:
    return f"chatcmpl-{answer_id}"
