"""Acts of the command line, with what became of them."""

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import typer

from core.errors import FootnotedError
from index.place import Place
from service.audit.log import record_act
from service.audit.records import Outcome

log = structlog.get_logger("footnoted")


def command_actor() -> str:
    """The user of this machine who gives the command."""
    try:
        return f"cli:{getpass.getuser()}"
    except (KeyError, OSError):  # a user number without a name, as in many containers
        return f"cli:{os.getuid()}"


@dataclass(slots=True)
class Acting:
    """An act that is going on. ``target`` may be made more exact until it is over."""

    target: str


@contextmanager
def acting(place: Path | Place, act: str, target: str) -> Iterator[Acting]:
    """A block that is one act. It goes to the audit log when it is over, also where it fails.

    Raises IndexBroken, NotReady where it is done and the log cannot be written: an act must not go untold.
    """
    at_hand = Acting(target)
    try:
        yield at_hand
    except (FootnotedError, OSError, KeyboardInterrupt, typer.Exit):
        _told_failure(place, act, at_hand.target)
        raise
    record_act(place, command_actor(), act, at_hand.target, Outcome.DONE)


def _told_failure(place: Path | Place, act: str, target: str) -> None:
    """What failed is told as well as can be: its own error is the one to see."""
    try:
        place = Place.of(place)
        if place.on_server or place.folder.is_dir():
            record_act(place, command_actor(), act, target, Outcome.FAILED)
    except FootnotedError as error:
        log.error("act_lost", code=error.code, act=act, target=target)
