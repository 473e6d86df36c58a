"""What the audit log keeps of the settings that a server starts with: which were changed, and what is no secret."""

import json
from collections.abc import Iterable
from pathlib import Path

import structlog

from core.errors import FootnotedError
from index.place import Place
from service.audit.commanded import command_actor
from service.audit.log import record_act
from service.audit.records import MOST_CHARS
from service.settings import Origin

log = structlog.get_logger("footnoted")


def note_start(place: Path | Place, found: Iterable[Origin]) -> None:
    """One act, or several where they do not fit one. What cannot be kept is told in the log; the server starts."""
    try:
        for part in settings_seen(found):
            record_act(place, command_actor(), "server.start", part)
    except FootnotedError as error:
        log.error("act_lost", code=error.code, act="server.start")


def settings_seen(found: Iterable[Origin]) -> list[str]:
    """In parts that fit an act's target: ``name=value`` where it is a number or a switch, else the name alone."""
    told = [_told(one) for one in sorted(found, key=lambda one: one.name) if one.origin != "default"]
    parts: list[str] = []
    for one in told:
        if parts and len(parts[-1]) + 1 + len(one) <= MOST_CHARS:
            parts[-1] += f" {one}"
        else:
            parts.append(one)
    return parts or ["(defaults)"]


def _told(one: Origin) -> str:
    plain = one.value is None or isinstance(one.value, bool | int | float)
    return f"{one.name}={json.dumps(one.value)}" if plain else one.name
