"""The addresses that clients of other APIs call: ``/v1/chat/completions``, ``/v1/responses``, ``/v1/messages``, …

The API key that a client has to send is one of `footnoted keys`, or the operator's token; where everybody may ask, any.
"""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.responses import Response

from core.errors import NotFound
from service.access.needs import Asks, Reads, allow
from service.access.principal import Principal
from service.answer.events import Event
from service.asked import answer_events
from service.dialects.asking import links_of, whole_answer
from service.dialects.chat_completions import ChatChunks, ChatRequest, completion_json, model_json, models_json
from service.dialects.errors import AnthropicRoute, OpenAIRoute
from service.dialects.links import Links
from service.dialects.messages import MessageEvents, MessagesRequest, message_json, ping
from service.dialects.models import PREFIX, ModelName, model_names, parse_model
from service.dialects.responses import ResponseEvents, ResponsesRequest, response_json
from service.dialects.ui_messages import STREAM_HEADERS, UiMessageParts, UiMessagesRequest
from service.engine import Engine
from service.routes.state import ReadyEngine, ServiceState, State
from service.streaming import streamed

_STREAM_TOO: dict[int | str, dict[str, Any]] = {200: {"content": {"application/json": {}, "text/event-stream": {}}}}

openai = APIRouter(prefix="/v1", tags=["dialects"], route_class=OpenAIRoute)
anthropic = APIRouter(prefix="/v1", tags=["dialects"], route_class=AnthropicRoute)
ai_sdk = APIRouter(prefix="/v1", tags=["dialects"])


@openai.post("/chat/completions", responses=_STREAM_TOO, response_class=Response)
async def chat_completions(
    request: Request, given: ChatRequest, engine: ReadyEngine, state: State, caller: Asks
) -> Response:
    """OpenAI's Chat Completions: an answer with its sources as annotations."""
    model, links, events = _asked(request, given, engine, state, caller)
    if given.stream:
        usage = given.stream_options is not None and given.stream_options.include_usage
        return await streamed(events, ChatChunks(given.model, links, model.lists_sources, usage))
    told = await whole_answer(events, request)
    return JSONResponse(completion_json(told, given.model, links, model.lists_sources))


@openai.get("/models")
def list_models(state: State, caller: Reads) -> dict[str, Any]:
    """Each collection that the caller may see as a model."""
    return models_json(_known(state, caller))


@openai.get("/models/{name:path}")
def get_model(state: State, name: str, caller: Reads) -> dict[str, Any]:
    """A collection as a model."""
    if f"{PREFIX}{parse_model(name).collection}" not in _known(state, caller):
        raise NotFound(f"There is no model {name!r}.", "GET /v1/models lists them: each collection is one.")
    return model_json(name)


@openai.post("/responses", responses=_STREAM_TOO, response_class=Response)
async def responses(
    request: Request, given: ResponsesRequest, engine: ReadyEngine, state: State, caller: Asks
) -> Response:
    """OpenAI's Responses: an answer with its sources as annotations."""
    model, links, events = _asked(request, given, engine, state, caller)
    if given.stream:
        return await streamed(events, ResponseEvents(given.model, links, model.lists_sources))
    told = await whole_answer(events, request)
    return JSONResponse(response_json(told, given.model, links, model.lists_sources))


@anthropic.post("/messages", responses=_STREAM_TOO, response_class=Response)
async def messages(
    request: Request, given: MessagesRequest, engine: ReadyEngine, state: State, caller: Asks
) -> Response:
    """Anthropic's Messages: a block of text for each sentence, with its citations."""
    _, links, events = _asked(request, given, engine, state, caller)
    if given.stream:
        return await streamed(events, MessageEvents(given.model, links), ping=ping)
    return JSONResponse(message_json(await whole_answer(events, request), given.model, links))


@ai_sdk.post("/ui-messages", response_class=Response)
async def ui_messages(
    request: Request, given: UiMessagesRequest, engine: ReadyEngine, state: State, caller: Asks
) -> Response:
    """The Vercel AI SDK's UI message stream."""
    allow(caller, given.collection)
    events = answer_events(given.asked(), engine, state, caller.labels)
    return await streamed(events, UiMessageParts(links_of(request, state, given.collection)), STREAM_HEADERS)


def _asked(
    request: Request,
    given: ChatRequest | ResponsesRequest | MessagesRequest,
    engine: Engine,
    state: ServiceState,
    caller: Principal,
) -> tuple[ModelName, Links, Iterator[Event]]:
    """Raises InvalidRequest; the events raise what the search does."""
    model = parse_model(given.model)
    allow(caller, model.collection)
    events = answer_events(given.asked(model), engine, state, caller.labels)
    return model, links_of(request, state, model.collection), events


def _known(state: ServiceState, caller: Principal) -> list[str]:
    """Who may see one collection, but not the default one, has no model of that."""
    names = model_names(collection.name for collection in state.engine.collections())
    return [name for name in names if caller.sees(name.removeprefix(PREFIX))]
