"""The Model Context Protocol: tools and resources for agents. https://modelcontextprotocol.io/specification

Imported where it is served only: the package ``mcp`` takes its time to load.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote, unquote

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ResourceNotFoundError, ToolError
from mcp.types import CallToolResult, Resource, TextContent, ToolAnnotations
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from core.errors import FootnotedError
from core.types import Document, Turn
from service.access.needs import no_collection
from service.answer.events import Event
from service.dialects.answer_text import AnswerText, More, answer_of, settled
from service.dialects.links import Links
from service.engine import Engine
from service.limits import MAX_TOP_K
from service.scope_text import within
from service.streaming import stepped
from service.wire import collection_json, document_json

MOST_CHARS = 20_000
_MOST_RESOURCES = 200
_MOST_OFFSET = 2**31
_SCHEME = "footnoted://"
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_INSTRUCTIONS = (
    "Answers from the owner's documents. `ask` gives an answer whose every sentence was checked against its source, or "
    "says that the documents do not say; `search` gives passages; `read_document` gives more of a document around them."
)

CollectionName = Annotated[str, Field(description="Which documents; `list_collections` tells the names.")]
Filters = Annotated[
    dict[str, Any] | None,
    Field(description='Only documents that this is true of: {"tag": "finance", "attribute.year": {"gte": 2022}}.'),
]


@dataclass(frozen=True, slots=True)
class Reached:
    """The engine for a caller, with the labels that it holds and the collections that it may see (None: all)."""

    engine: Engine
    labels: frozenset[str] | None
    base: str | None
    record: Callable[[Iterator[Event], str, tuple[Turn, ...]], Iterator[Event]]
    collections: frozenset[str] | None = None

    def links(self, collection: str) -> Links:
        return Links(self.base, collection)

    def sees(self, collection: str) -> bool:
        return self.collections is None or collection in self.collections

    def check(self, collection: str) -> None:
        """To who may not see it, a collection is not there. Raises NotFound."""
        if not self.sees(collection):
            raise no_collection(collection)


Reach = Callable[[Request | None], Reached]
"""Gives what a call may use; the request is None over standard input. Raises NotReady."""


def make_mcp_server(reach: Reach, version: str) -> MCPServer[Any]:
    """With the tools ask, search, read_document, list_documents, list_collections, and documents as resources."""
    server = _Server("footnoted", version=version, instructions=_INSTRUCTIONS, log_level="WARNING")
    server.reach = reach
    tools = _Tools(reach)
    for tool in (tools.ask, tools.search, tools.read_document, tools.list_documents, tools.list_collections):
        server.add_tool(tool, annotations=_READS)
    of_document = server.resource(f"{_SCHEME}{{collection}}/{{document_id}}", name="document", mime_type="text/plain")
    of_document(tools.document)
    return server


class _Tools:
    """What the calling model reads of a tool is its docstring and its parameters' descriptions."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach

    async def ask(
        self,
        question: Annotated[str, Field(description="In natural language, complete in itself.")],
        context: Context[Any, Any],
        collection: CollectionName = "default",
        filters: Filters = None,
    ) -> CallToolResult:
        """Answer a question from the documents, every sentence with its source, or say that they do not tell."""
        with _told():
            to = self._reached(context)
            to.check(collection)
            events = to.engine.ask_events(question, collection, within=within(filters or {}, to.labels))
            told = [event async for event in stepped(to.record(events, collection, ()))]
        return _answered(settled(told), to.links(collection))

    async def search(
        self,
        question: Annotated[str, Field(description="In natural language, complete in itself.")],
        context: Context[Any, Any],
        collection: CollectionName = "default",
        top_k: Annotated[int, Field(ge=1, le=MAX_TOP_K, description="How many passages.")] = 5,
        filters: Filters = None,
    ) -> CallToolResult:
        """Find passages for a question, best first, each with its document and exact place."""
        with _told():
            to = self._reached(context)
            to.check(collection)
            asked = within(filters or {}, to.labels)
            hits = await run_in_threadpool(to.engine.search, question, collection, top_k, (), asked)
            links = to.links(collection)
            found = [links.hit(hit) for hit in hits]
        text = "\n\n".join(map(_passage_text, found)) or "Nothing found."
        return _result(text, {"hits": found})

    async def read_document(
        self,
        document_id: Annotated[str, Field(description="As a citation or a passage names it.")],
        context: Context[Any, Any],
        collection: CollectionName = "default",
        start: Annotated[int, Field(ge=0, description="The first character, as citations count them.")] = 0,
        limit: Annotated[int, Field(ge=1, le=MOST_CHARS, description="How many characters.")] = 4000,
    ) -> CallToolResult:
        """Read a stretch of a document's text. Offsets are those of citations: code points, end exclusive."""
        with _told():
            to = self._reached(context)
            document = await run_in_threadpool(_find, to, document_id, collection)
        text = document.text[start : start + limit]
        end = start + len(text)
        following = end if end < len(document.text) else None
        about = {"document_id": document.id, "title": document.title, "uri": document.uri}
        place = {"start": start, "end": end, "characters": len(document.text), "next_start": following}
        return _result(text, {**about, **place})

    async def list_documents(
        self,
        context: Context[Any, Any],
        collection: CollectionName = "default",
        limit: Annotated[int, Field(ge=1, le=1000)] = 100,
        offset: Annotated[int, Field(ge=0, le=_MOST_OFFSET)] = 0,
    ) -> CallToolResult:
        """The documents of a collection by title."""
        with _told():
            to = self._reached(context)
            to.check(collection)
            listed = to.engine.list_documents
            rows, total = await run_in_threadpool(listed, collection, within({}, to.labels), limit, offset)
        documents = [document_json(row.row) for row in rows]
        return _json_result({"documents": documents, "total": total})

    async def list_collections(self, context: Context[Any, Any]) -> CallToolResult:
        """The collections with their counts."""
        with _told():
            to = self._reached(context)
            listed = await run_in_threadpool(to.engine.collections, to.labels)
            found = [one for one in listed if to.sees(one.name)]
        return _json_result({"collections": [collection_json(collection) for collection in found]})

    async def document(self, collection: str, document_id: str, context: Context[Any, Any]) -> str:
        """A document's whole text; the offsets of citations are into it."""
        try:
            to = self._reached(context)
            return (await run_in_threadpool(_find, to, unquote(document_id), unquote(collection))).text
        except FootnotedError as error:
            raise ResourceNotFoundError(str(error)) from error

    def _reached(self, context: Context[Any, Any]) -> Reached:
        request = context.request_context.request
        return self._reach(request if isinstance(request, Request) else None)


class _Server(MCPServer[Any]):
    """Lists documents as resources: those that the caller may find."""

    reach: Reach

    async def list_resources(self) -> list[Resource]:
        return await run_in_threadpool(self._documents)

    def _documents(self) -> list[Resource]:
        to = self.reach(None)
        found: list[Resource] = []
        for collection in filter(lambda one: to.sees(one.name), to.engine.collections()):
            room = _MOST_RESOURCES - len(found)
            rows, _ = to.engine.list_documents(collection.name, within({}, to.labels), room)
            for row in (marked.row for marked in rows):
                uri = f"{_SCHEME}{quote(collection.name, safe='')}/{quote(row.id, safe='')}"
                found.append(Resource(uri=uri, name=row.id, title=row.title, mime_type="text/plain"))
            if len(found) >= _MOST_RESOURCES:
                break
        return found


def _find(to: Reached, document_id: str, collection: str) -> Document:
    to.check(collection)
    to.engine.check_may_find(document_id, collection, to.labels)
    return to.engine.document(document_id, collection)


@contextmanager
def _told() -> Iterator[None]:
    """An error of ours becomes the result that the calling model reads."""
    try:
        yield
    except FootnotedError as error:
        raise ToolError(f"{error} ({error.code})") from error


def _answered(events: Sequence[Event], links: Links) -> CallToolResult:
    writer = AnswerText(links, lists_sources=True)
    parts = [part for event in events for part in writer.parts(event)]
    return _result("".join(part.text for part in parts if isinstance(part, More)), links.about(answer_of(events)))


def _passage_text(hit: Mapping[str, Any]) -> str:
    page = f", page {hit['page']}" if hit["page"] else ""
    place = f"{hit['title']}{page} (document {hit['document_id']}, characters {hit['start']} to {hit['end']})"
    return f"{place}\n{hit['text']}"


def _result(text: str, structured: dict[str, Any]) -> CallToolResult:
    return CallToolResult(content=[TextContent(type="text", text=text)], structured_content=structured)


def _json_result(structured: dict[str, Any]) -> CallToolResult:
    return _result(json.dumps(structured, ensure_ascii=False), structured)
