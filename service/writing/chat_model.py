"""A chat model, opened by one string: "openai:gpt-4o-mini", "ollama:llama3.2", "anthropic:claude-haiku-4-5".

LangChain is imported here and in chat_errors.py, each time where it is first needed. Keys come from the environment
variables that the provider's package reads (OPENAI_API_KEY, ANTHROPIC_API_KEY, …) or from a file, never as a value of
a setting.
"""

import json
import math
import random
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from core.errors import InvalidRequest, NotReady, UnsupportedModel
from service.telemetry.telemetry import trace_out
from service.writing.chat_errors import clean, explained, passes, short
from service.writing.timed import Limits, TooSlow, timed

INSTALL = 'pip install "footnoted[llm]"'
ATTEMPTS = 5
FIRST_PAUSE_S = 1.0
LONGEST_PAUSE_S = 30.0
TIMEOUT_S = 120.0
# Where these providers' last piece does not tell why the text ends, the connection was cut.
_TELL_THE_END = ("openai:", "ollama:", "anthropic:")
_REASONS = ("finish_reason", "stop_reason", "done_reason")
_AT_THE_LIMIT = frozenset({"length", "max_tokens"})

Schema = Mapping[str, Any]
"""A JSON schema with a title: what an answer must look like."""

Message = tuple[str, str]
"""A role ("system", "user", "assistant") and what it says."""


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


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a reply that is still being written; one without text comes while there is none. ``tokens`` is what
    the reply cost, where the piece tells."""

    text: str
    tokens: Tokens | None = None


class BrokenOff(NotReady):
    """A reply ended before its end: the connection was cut, the model fell silent, or a limit of length was met."""


class ChatModel:
    """Asks one model. Safe from several threads."""

    def __init__(
        self,
        name: str,
        model: Any,
        sleep: Callable[[float], None] = time.sleep,
        hidden: Sequence[str] = (),
    ) -> None:
        """``model`` is a chat model of LangChain; see ``open_chat_model``. ``hidden`` are keys, to be told nowhere."""
        self.name = name
        self._model = model
        self._sleep = sleep
        self._hidden = tuple(hidden)
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
                return self._retried(lambda: self._structured_reply(chain.invoke(messages)))
            except InvalidRequest:
                # Asked again without the schema: if that was not the reason, the same error tells.
                reply = self.complete(messages)
                self._takes_schemas = False
                return reply
        return self.complete(messages)

    def complete(self, messages: Sequence[Message]) -> Reply:
        """The whole reply. Raises NotReady, InvalidRequest, as ``ask``."""
        return self._retried(lambda: self._reply(self._model.invoke(list(messages))))

    def stream(self, messages: Sequence[Message], limits: Limits) -> Generator[Piece, None, None]:
        """The reply as it is written. What fails before the first piece of text is tried again; afterwards nothing is.

        Closing the iterator ends the request at its next piece.

        :raises BrokenOff: if the reply ended before its end.
        :raises NotReady: if there was no text within ``limits.start_s``, or the provider fails.
        :raises InvalidRequest: if it refuses the request: the key, the model's name, the length.
        """
        deadline = time.monotonic() + limits.start_s
        for attempt in count():
            begun = False
            try:
                for piece in self._pieces(messages, limits, deadline):
                    begun = begun or bool(piece.text)
                    yield piece
                return
            except BrokenOff:
                raise
            except TooSlow as error:
                failure = BrokenOff if begun else NotReady
                raise failure(
                    f"{self.name} is too slow: {error}.", "See model.start_s, pause_s and total_s."
                ) from error
            except Exception as error:  # each provider raises classes of its own
                if begun:
                    raise BrokenOff(
                        f"{self.name} broke off: {short(error, self._hidden)}", "Ask again, or see its server's log."
                    ) from error
                self._wait(error, attempt, limits.retries, deadline)

    def hide(self, text: str) -> str:
        """The text without keys and control characters."""
        return clean(text, self._hidden)

    def _pieces(self, messages: Sequence[Message], limits: Limits, deadline: float) -> Iterator[Piece]:
        ended, at_limit = not self.name.startswith(_TELL_THE_END), False
        chunks = timed(lambda: self._model.stream(list(messages)), lambda chunk: bool(chunk.text), limits, deadline)
        left = limits.characters
        for chunk in chunks:
            if chunk is None:
                yield Piece("")
                continue
            used, text = chunk.usage_metadata, str(chunk.text)
            cost = used and Tokens(used.get("input_tokens", 0), used.get("output_tokens", 0))
            yield Piece(text[:left], cost)
            left -= len(text)
            if left < 0:
                raise BrokenOff(
                    f"{self.name} wrote over {limits.characters:,} characters.", "Its server keeps no limit."
                )
            for reason in (chunk.response_metadata.get(name) for name in _REASONS):
                ended = ended or bool(reason)
                at_limit = at_limit or reason in _AT_THE_LIMIT
        if at_limit:  # told at the end, since what it cost comes last
            raise BrokenOff(f"{self.name} stopped at its length limit.", "Raise model.answer_budget.")
        if not ended:
            raise BrokenOff(f"{self.name} broke off: the connection ended.", "Ask again, or see its server's log.")

    def _with_schema(self, schema: Schema) -> Any | None:
        try:
            return self._model.with_structured_output(dict(schema), method="json_schema", include_raw=True)
        except (NotImplementedError, ValueError):
            return None

    def _retried(self, send: Callable[[], Reply]) -> Reply:
        for attempt in count():
            try:
                return send()
            except Exception as error:  # noqa: BLE001 - each provider raises classes of its own; told by _wait
                self._wait(error, attempt, ATTEMPTS - 1)
        raise AssertionError("the last attempt returns or raises")

    def _wait(self, error: Exception, attempt: int, retries: int, deadline: float = math.inf) -> None:
        """Before the next attempt; ``deadline`` is on the clock of ``time.monotonic``.

        Raises NotReady if there is none, and InvalidRequest if it would do no better.
        """
        if not passes(error):
            raise explained(error, self.name, self._hidden) from error
        pause = float(min(FIRST_PAUSE_S * 2**attempt, LONGEST_PAUSE_S) * random.uniform(0.75, 1.25))
        if attempt == retries or time.monotonic() + pause > deadline:
            raise NotReady(
                f"{self.name} gave no answer in {attempt + 1} tries: {short(error, self._hidden)}",
                "Try later, ask less at once, or name another model.",
            ) from error
        self._sleep(pause)

    def _reply(self, message: Any) -> Reply:
        used = message.usage_metadata or {}
        return Reply(self.hide(str(message.text)), Tokens(used.get("input_tokens", 0), used.get("output_tokens", 0)))

    def _structured_reply(self, result: Mapping[str, Any]) -> Reply:
        reply = self._reply(result["raw"])
        if not reply.text.strip() and result["parsed"] is not None:  # some providers send it as a tool call
            return Reply(json.dumps(result["parsed"], ensure_ascii=False), reply.tokens)
        return reply


def open_chat_model(
    name: str,
    base_url: str | None = None,
    *,
    timeout_s: float = TIMEOUT_S,
    key_file: Path | None = None,
    max_tokens: int | None = None,
) -> ChatModel:
    """The model with that name, at the provider's own address or at ``base_url``.

    Nothing is sent yet. The key is in the environment, or the first line of ``key_file``. A reply has ``max_tokens`` at
    most.

    :raises UnsupportedModel: if the name is unknown, or the provider's package is not installed.
    :raises InvalidRequest: if the provider's key is not in the environment, or the file cannot be read.
    """
    try:
        from langchain.chat_models import init_chat_model
    except ImportError as error:
        raise UnsupportedModel(f"{name} needs LangChain, which is not installed.", f"{INSTALL}.") from error
    key = None if key_file is None else _key_in(key_file)
    hidden = [key] if key else []
    try:
        options = _options(name, timeout_s, max_tokens)
        if base_url is not None:
            options["base_url"] = base_url
        if key is not None:
            options["api_key"] = key
        model = init_chat_model(name, **options)
        if name.startswith("anthropic:"):
            # It takes no HTTP client of ours, and its own follows redirects, the key in a header of every request.
            model._client = model._client.with_options(http_client=_anthropic_client(timeout_s))
        return ChatModel(name, model, hidden=hidden)
    except ImportError as error:
        raise UnsupportedModel(
            f"{name}: {short(error, hidden)}", f"Install that package, or {INSTALL} for OpenAI's."
        ) from error
    except ValueError as error:
        raise UnsupportedModel(
            f'"{name}" is not a model that LangChain can open: {short(error, hidden)}',
            'Name provider and model, as in "openai:gpt-4o-mini" or "ollama:llama3.2".',
        ) from error
    except Exception as error:  # openai raises a class of its own where the key is missing
        raise explained(error, name, hidden) from error


def _options(name: str, timeout_s: float, max_tokens: int | None) -> dict[str, Any]:
    """As the providers' packages call them."""
    # A redirect would take the question, the passages and perhaps the key to a server that nobody named.
    if name.startswith("ollama:"):
        limit = {} if max_tokens is None else {"num_predict": max_tokens}
        return {"temperature": 0, "client_kwargs": {"timeout": timeout_s, "follow_redirects": False}, **limit}
    # We try again ourselves: providers' packages differ in what they retry, and Ollama's retries nothing.
    options: dict[str, Any] = {"temperature": 0, "timeout": timeout_s, "max_retries": 0}
    if max_tokens is not None:
        options["max_tokens"] = max_tokens
    if name.startswith("openai:"):
        options["stream_usage"] = True  # with another base URL it is off otherwise
        options["http_client"] = _openai_client(timeout_s)
    return options


@cache
def _openai_client(timeout_s: float) -> Any:
    """One for all models, so that they share its connections, which stay open."""
    from openai import DefaultHttpxClient

    return DefaultHttpxClient(timeout=timeout_s, follow_redirects=False, event_hooks={"request": [trace_out]})


@cache
def _anthropic_client(timeout_s: float) -> Any:
    """As ``_openai_client``."""
    from anthropic import DefaultHttpxClient

    return DefaultHttpxClient(timeout=timeout_s, follow_redirects=False, event_hooks={"request": [trace_out]})


def _key_in(file: Path) -> str:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"The key file {file} cannot be read.", "Correct model.api_key_file.") from error
    if not lines or not lines[0].strip():
        raise InvalidRequest(f"The key file {file} is empty.", "Put the provider's key into its first line.")
    return lines[0].strip()
