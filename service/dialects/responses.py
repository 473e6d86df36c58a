"""OpenAI's Responses: https://platform.openai.com/docs/api-reference/responses

Each citation is two annotations: ``file_citation`` (the document's id and title, and the index in the text where the
sentence ends) and ``url_citation`` (the marker's place, and the source page). A ``file_citation`` has, beyond the
dialect, the exact ``start`` and ``end`` in the document, ``page`` and ``quote``; a response has ``footnoted``.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field
from sse_starlette import ServerSentEvent

from core.errors import InvalidRequest
from core.types import Answer
from service.answer.events import Done, Event, Started
from service.asked import Asked
from service.dialects.answer_text import AnswerText, Marked, More, answer_of
from service.dialects.errors import words
from service.dialects.links import Links
from service.dialects.models import ModelName
from service.dialects.said import Said, question_of, text_of
from service.limits import Text, UserId
from service.streaming import frame

_EXACT = ("start", "end", "page", "quote")


class ResponsesRequest(BaseModel):
    """What is used of a request; instructions, tools, reasoning and all else are accepted and have no effect."""

    model: Text = Field(description="`footnoted/NAME` of a collection.", examples=["footnoted/default"])
    input: str | list[dict[str, Any]] = Field(description="The question, or the conversation with it at the end.")
    stream: bool | None = None
    user: UserId | None = None
    safety_identifier: UserId | None = None
    store: bool | None = Field(None, description="false keeps the question out of the log.")
    previous_response_id: str | None = None
    conversation: Any = None
    filters: dict[str, Any] = Field({}, description="As in `POST /v1/ask`; beyond the dialect.")

    def asked(self, model: ModelName) -> Asked:
        """Raises InvalidRequest."""
        if self.previous_response_id is not None or self.conversation is not None:
            raise InvalidRequest("This server keeps no conversations.", "Send the earlier messages in `input`.")
        question, history = question_of(self._said())
        user = self.user or self.safety_identifier
        return Asked(question, history, model.collection, self.filters, user, self.store is not False)

    def _said(self) -> Iterator[Said]:
        if isinstance(self.input, str):
            yield Said("user", self.input)
            return
        for item in self.input:
            if item.get("type", "message") == "message":
                yield Said(str(item.get("role")), text_of(item.get("content")))


def response_json(events: Sequence[Event], model: str, links: Links, lists_sources: bool) -> dict[str, Any]:
    """A whole answer; ``events`` end with it."""
    answer = answer_of(events)
    writer = AnswerText(links, lists_sources)
    parts = [part for event in events for part in writer.parts(event)]
    text = "".join(part.text for part in parts if isinstance(part, More))
    annotations = [a for part in parts if isinstance(part, Marked) for a in _annotations(part, links)]
    return _finished(_response(answer.id, model), answer, text, annotations, links)


class ResponseEvents:
    """The frames of a streamed answer, each with its name and a running number."""

    def __init__(self, model: str, links: Links, lists_sources: bool) -> None:
        self._writer = AnswerText(links, lists_sources)
        self._links = links
        self._model = model
        self._number = 0
        self._text = ""
        self._annotations: list[dict[str, Any]] = []
        self._response: dict[str, Any] = {}
        self._place: dict[str, Any] = {}

    def frames(self, event: Event) -> Iterator[ServerSentEvent]:
        if isinstance(event, Started):
            yield from self._begin(event.id)
        for part in self._writer.parts(event):
            if isinstance(part, More):
                self._text += part.text
                yield self._frame("response.output_text.delta", **self._place, delta=part.text, logprobs=[])
                continue
            for annotation in _annotations(part, self._links):
                at = {**self._place, "annotation_index": len(self._annotations), "annotation": annotation}
                self._annotations.append(annotation)
                yield self._frame("response.output_text.annotation.added", **at)
        if isinstance(event, Done):
            yield from self._end(event.answer)

    def failure(self, problem: Mapping[str, Any]) -> Iterator[ServerSentEvent]:
        error = {"code": problem["code"], "message": words(problem)}
        yield self._frame("error", **error, param=None)
        yield self._frame("response.failed", response={**self._response, "status": "failed", "error": error})

    def _begin(self, answer_id: str) -> Iterator[ServerSentEvent]:
        self._response = _response(answer_id, self._model)
        message = _message(answer_id, "in_progress", [])
        self._place = {"item_id": message["id"], "output_index": 0, "content_index": 0}
        yield self._frame("response.created", response=self._response)
        yield self._frame("response.in_progress", response=self._response)
        yield self._frame("response.output_item.added", output_index=0, item=message)
        yield self._frame("response.content_part.added", **self._place, part=_output_text("", []))

    def _end(self, answer: Answer) -> Iterator[ServerSentEvent]:
        response = _finished(self._response, answer, self._text, self._annotations, self._links)
        message = response["output"][0]
        yield self._frame("response.output_text.done", **self._place, text=self._text, logprobs=[])
        yield self._frame("response.content_part.done", **self._place, part=message["content"][0])
        yield self._frame("response.output_item.done", output_index=0, item=message)
        yield self._frame("response.completed", response=response)

    def _frame(self, kind: str, **members: Any) -> ServerSentEvent:
        number, self._number = self._number, self._number + 1
        return frame({"type": kind, "sequence_number": number, **members}, event=kind)


def _response(answer_id: str, model: str) -> dict[str, Any]:
    """As it begins."""
    return {
        "id": f"resp_{answer_id}",
        "object": "response",
        "created_at": int(time.time()),
        "status": "in_progress",
        "error": None,
        "incomplete_details": None,
        "instructions": None,
        "metadata": {},
        "model": model,
        "output": [],
        "parallel_tool_calls": False,
        "temperature": None,
        "tool_choice": "none",
        "tools": [],
        "top_p": None,
        "usage": None,
    }


def _finished(
    begun: dict[str, Any], answer: Answer, text: str, annotations: list[dict[str, Any]], links: Links
) -> dict[str, Any]:
    message = _message(answer.id, "completed", [_output_text(text, annotations)])
    about = links.about(answer)
    return {**begun, "status": "completed", "output": [message], "usage": _usage(answer), "footnoted": about}


def _message(answer_id: str, status: str, content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": f"msg_{answer_id}", "type": "message", "role": "assistant", "status": status, "content": content}


def _output_text(text: str, annotations: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": annotations, "logprobs": []}


def _annotations(marked: Marked, links: Links) -> list[dict[str, Any]]:
    citation = links.citation(marked.citation)
    file = {"file_id": citation["document_id"], "filename": citation["title"], "index": marked.start - 1}
    url = {"url": citation.get("url", citation["uri"]), "title": citation["title"]}
    return [
        {"type": "file_citation", **file, **{name: citation[name] for name in _EXACT}},
        {"type": "url_citation", "start_index": marked.start, "end_index": marked.end, **url},
    ]


def _usage(answer: Answer) -> dict[str, Any]:
    """What the chat model counted; zeros where none was asked."""
    given, made = (answer.usage.input_tokens, answer.usage.output_tokens) if answer.usage else (0, 0)
    return {
        "input_tokens": given,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": made,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": given + made,
    }
