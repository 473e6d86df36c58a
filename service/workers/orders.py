"""What the master tells a worker, and what a worker tells the master: lines of JSON over pipes."""

import json
import os
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from service.settings import Settings, settings_from_json


@dataclass(frozen=True, slots=True)
class Order:
    """The first line on a worker's standard input; when that closes, the master is gone.

    ``listening`` and ``reports`` are file descriptors that it inherits: the port, and the pipe for its reports. With
    ``waits`` it accepts connections only once its models are loaded, since others answer until then. With ``demo`` it
    ingests the sample into an empty data folder.
    """

    settings: Settings
    listening: int
    reports: int
    waits: bool = False
    demo: bool = False

    def to_line(self) -> bytes:
        told = {"settings": self.settings.model_dump_json(), "listening": self.listening, "reports": self.reports}
        return json.dumps({**told, "waits": self.waits, "demo": self.demo}).encode() + b"\n"

    @classmethod
    def from_line(cls, line: str) -> "Order":
        told: dict[str, Any] = json.loads(line)
        return cls(settings=settings_from_json(told.pop("settings")), **told)


def read_line(pipe: int) -> str:
    """Not by sys.stdin, whose lock a thread that waits there would hold; what follows the line may be lost."""
    line = b""
    while not line.endswith(b"\n") and (more := os.read(pipe, 2**16)):
        line += more
    return line.decode()


class Stage(StrEnum):
    """How far a worker is."""

    STARTING = "starting"
    OPENED = "opened"  # the data folder is open
    READY = "ready"  # it accepts connections, and its models are loaded
    FAILED = "failed"  # its models cannot be loaded: it answers, and says so


@dataclass(frozen=True, slots=True)
class Report:
    """A worker's stage, a question to try where the sample is there, and its memory in MB where the system tells.

    Of ``memory_mb``, ``own_mb`` is its own: what it does not share with other workers.
    """

    stage: Stage
    suggestion: str | None = None
    memory_mb: int | None = None
    own_mb: int | None = None

    def send(self, pipe: int) -> None:
        os.write(pipe, json.dumps(asdict(self)).encode() + b"\n")

    @classmethod
    def from_line(cls, line: bytes) -> "Report":
        told = json.loads(line)
        return cls(Stage(told.pop("stage")), **told)
