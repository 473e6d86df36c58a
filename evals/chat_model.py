"""A chat model, opened by one string: "openai:gpt-4o-mini", "ollama:llama3.2", "anthropic:claude-haiku-4-5".

LangChain is imported only here. Keys come from the environment variables that the provider's package reads
(OPENAI_API_KEY, ANTHROPIC_API_KEY, …); they are no parameter here, so that they can be in no log and in no run.
"""

import json
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.errors import FootnotedError, InvalidRequest, NotReady, UnsupportedModel
from core.plain_text import printable

INSTALL = 'pip install "footnoted[llm]"'
ATTEMPTS = 5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
TIMEOUT_S = 120.0
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD")
_SHORTEST_SECRET = 8
_PASSING = frozenset({408, 409, 425, 429})

Schema = Mapping[str, Any]
"""A JSON schema with a title: what an answer must look like."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a reply cost, as the provider counts; 0 where it does not."""

    input: int = 0
    output: int = 0

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.input + other.input, self.output + other.output)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, as it wrote it."""

    text: str
    tokens: Tokens


class ChatModel:
    """Asks one model. Safe from several threads."""

    def __init__(self, name: str, model: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        """``model`` is a chat model of LangChain; see ``open_chat_model``."""
        self.name = name
        self._model = model
        self._sleep = sleep
        # Servers that call themselves compatible may reject a schema; the first refusal settles it for all.
        self._takes_schemas = (getattr(model, "profile", None) or {}).get("structured_output") is not False

    def ask(self, system: str, user: str, schema: Schema) -> Reply:
        """The reply to a system and a user message. ``schema`` is asked for where the model supports that.

        A reply need not follow the schema even then: parse it as untrusted text.

        :raises NotReady: after five tries with growing pauses, if the provider is overloaded, failing or too slow.
        :raises InvalidRequest: if it refuses the request: the key, the model's name, the length.
        """
        messages = [("system", system), ("user", user)]
        if self._takes_schemas and (chain := self._with_schema(schema)) is not None:
            try:
                return self._retried(lambda: _structured_reply(chain.invoke(messages)))
            except InvalidRequest:
                # Asked again without the schema: if that was not the reason, the same error tells.
                reply = self._retried(lambda: _reply(self._model.invoke(messages)))
                self._takes_schemas = False
                return reply
        return self._retried(lambda: _reply(self._model.invoke(messages)))

    def _with_schema(self, schema: Schema) -> Any | None:
        try:
            return self._model.with_structured_output(dict(schema), method="json_schema", include_raw=True)
        except (NotImplementedError, ValueError):
            return None

    def _retried(self, send: Callable[[], Reply]) -> Reply:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return send()
            except Exception as error:  # each provider raises classes of its own
                if not _passes(error):
                    raise _explained(error, self.name) from error
                if attempt == ATTEMPTS:
                    raise NotReady(
                        f"{self.name} gave no answer in {ATTEMPTS} tries: {_short(error)}",
                        "Try later, ask less at once (--jobs), or name another model.",
                    ) from error
            pause = min(FIRST_PAUSE_S * 2 ** (attempt - 1), LONGEST_PAUSE_S)
            self._sleep(pause * random.uniform(0.75, 1.25))
        raise AssertionError("the last attempt returns or raises")


def open_chat_model(name: str, base_url: str | None = None, *, timeout_s: float = TIMEOUT_S) -> ChatModel:
    """The model with that name, at the provider's own address or at ``base_url``.

    Nothing is sent yet.

    :raises UnsupportedModel: if the name is unknown, or the provider's package is not installed.
    :raises InvalidRequest: if the provider's key is not in the environment.
    """
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise UnsupportedModel(f"{name} needs LangChain, which is not installed.", f"{INSTALL}.") from error
    # We try again ourselves: providers' packages differ in what they retry, and Ollama's retries nothing.
    options: dict[str, Any] = {"temperature": 0, "timeout": timeout_s, "max_retries": 0}
    if name.startswith("ollama:"):
        options = {"temperature": 0, "client_kwargs": {"timeout": timeout_s}}
    if base_url is not None:
        options["base_url"] = base_url
    try:
        return ChatModel(name, init_chat_model(name, **options))
    except ImportError as error:
        raise UnsupportedModel(
            f"{name}: {_short(error)}", f"Install that package, or {INSTALL} for OpenAI's."
        ) from error
    except ValueError as error:
        raise UnsupportedModel(
            f'"{name}" is not a model that LangChain can open: {_short(error)}',
            'Name provider and model, as in "openai:gpt-4o-mini" or "ollama:llama3.2".',
        ) from error
    except Exception as error:  # openai raises a class of its own where the key is missing
        raise _explained(error, name) from error


def _reply(message: Any) -> Reply:
    used = message.usage_metadata or {}
    return Reply(_clean(str(message.text)), Tokens(used.get("input_tokens", 0), used.get("output_tokens", 0)))


def _structured_reply(result: Mapping[str, Any]) -> Reply:
    reply = _reply(result["raw"])
    if not reply.text.strip() and result["parsed"] is not None:  # some providers send it as a tool call
        return Reply(json.dumps(result["parsed"], ensure_ascii=False), reply.tokens)
    return reply


def _passes(error: Exception) -> bool:
    """Whether the same request may do better later: 429, 5xx, a broken connection, a time-out."""
    import httpx
    from langchain_core import exceptions as known

    lasting = (known.ModelAuthenticationError, known.ModelPermissionDeniedError, known.ModelInvalidRequestError)
    if isinstance(error, lasting):
        return False
    passing = (known.ModelRateLimitError, known.ModelAPIError, known.ModelConnectionError, known.ModelTimeoutError)
    if isinstance(error, (*passing, httpx.TransportError, json.JSONDecodeError)):
        return True
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and (status in _PASSING or status >= 500)


def _explained(error: Exception, name: str) -> FootnotedError:
    return InvalidRequest(
        f"{name} cannot be asked: {_short(error)}",
        "Check the model's name, --base-url, and the provider's key in the environment (such as OPENAI_API_KEY; a "
        "server of your own takes any).",
    )


def _short(error: Exception) -> str:
    first = _clean(str(error)).strip().split("\n")[0] or type(error).__name__
    return first if len(first) <= 200 else f"{first[:199]}…"


def _clean(text: str) -> str:
    """What may be printed and kept: an endpoint may send the key back that it was sent."""
    for name, value in os.environ.items():
        if _SECRET.search(name) and len(value) >= _SHORTEST_SECRET:
            text = text.replace(value, "[key]")
    return printable(text)
