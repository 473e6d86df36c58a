"""What the server and its worker log, and where to.

Every line is an event's name and fields. Fields that may hold what people asked, or name their documents, are written
only where the setting says so: who logs need not ask.
"""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from service.telemetry.telemetry_settings import TelemetrySettings

CONTENTS = frozenset({"question", "understood_as", "answer", "path", "uri"})
"""Fields that are left out unless `telemetry.log_contents` is set."""

_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure_logs(settings: TelemetrySettings | None = None) -> None:
    """Lines for people on a terminal, JSON lines elsewhere; always on standard error. Libraries' warnings likewise."""
    settings = settings or TelemetrySettings()
    as_text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if not settings.log_contents:
        shared.append(without_contents)
    if not as_text:
        shared.append(structlog.processors.format_exc_info)
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()) if as_text else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[settings.log_level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)


def without_contents(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """A processor: leaves out the fields of ``CONTENTS``."""
    for name in CONTENTS.intersection(event):
        del event[name]
    return event


def configure_command_logs() -> None:
    """A command prints its own words; of the log, only what went wrong, on standard error."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # as it is then: who runs commands may replace it
    )
