"""``footnoted mcp``: an MCP server on standard input and output, for agents that start their tools themselves."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from typing import TYPE_CHECKING

from core.errors import FootnotedError
from service.commands.options import DataDir, settings_with
from service.console import rendered_errors
from service.engine import Engine

if TYPE_CHECKING:
    from core.types import Turn
    from service.answer.events import Event


def mcp(data_dir: DataDir = None) -> None:
    """Let an agent ask the documents: tools and resources by the Model Context Protocol, over standard input.

    Whoever starts it may read the data folder, so documents with labels are found too; nothing is kept in the log.
    """
    import anyio

    from service.dialects.mcp_server import Reached, make_mcp_server

    def unrecorded(events: "Iterator[Event]", collection: str, history: "tuple[Turn, ...]") -> "Iterator[Event]":
        return events

    with rendered_errors(False), Engine.open(settings_with(data_dir)) as engine:
        reached = Reached(engine, None, None, unrecorded)
        server = make_mcp_server(lambda request: reached, version("footnoted"))
        threading.Thread(target=_warm_up, args=(engine,), name="warm-up", daemon=True).start()
        anyio.run(server.run_stdio_async)


def _warm_up(engine: Engine) -> None:
    with suppress(FootnotedError):  # the first call of a tool says so
        engine.warm_up()
