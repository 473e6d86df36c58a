"""The connection to a Ray cluster, which is this process's only one."""

import logging
import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import ray
from ray.exceptions import RayError

from core.errors import NotReady, SettingsError
from service.cluster.failures import last_line

_KNOCK_S = 10.0
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Node:
    """A machine of the cluster that is up, with the cores and GPUs that Ray counts there."""

    id: str
    cpus: int
    gpus: int


class Connection:
    """Made when it is needed. One that somebody else in this process has made is used, and left open."""

    def __init__(self, address: str) -> None:
        """``address`` as in the setting ingest.ray."""
        self._address = address
        self._is_own = False

    def open(self) -> None:
        """Raises NotReady where there is no cluster at the address, SettingsError where it is of another version."""
        if ray.is_initialized():
            return
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # a cluster of our own tells nobody
        try:
            _knock(self._address)
            logging.getLogger("ray").setLevel(logging.WARNING)  # where it went is its own to know
            with _signals_kept():
                _connect(self._address)
        except OSError as error:
            raise _unreachable(self._address, error) from error
        except (RayError, RuntimeError, ValueError) as error:
            raise SettingsError(
                f"The Ray cluster {self._address!r} of the setting ingest.ray cannot be used: {error}",
                "All nodes and this machine need the same versions of Ray and Python, and the same token, if any.",
            ) from error
        self._is_own = True

    def nodes(self) -> list[Node]:
        """Those that are up."""
        return [
            Node(node["NodeID"], int(node["Resources"].get("CPU", 0)), int(node["Resources"].get("GPU", 0)))
            for node in ray.nodes()  # type: ignore[no-untyped-call]
            if node["Alive"]
        ]

    def lost(self, error: Exception) -> NotReady:
        """For when it broke: the next ``open`` connects anew."""
        self.close()
        return _unreachable(self._address, error)

    def close(self) -> None:
        if self._is_own:
            self._is_own = False
            with _signals_kept():
                ray.shutdown()


def _knock(address: str) -> None:
    """Ray itself tries for minutes where nobody listens. Raises OSError."""
    if address == "auto":
        last = (
            Path(os.environ.get("RAY_TMPDIR", "/tmp")) / "ray" / "ray_current_cluster"
        )  # as the help of ray.init says
        address = os.environ.get("RAY_ADDRESS") or (last.read_text().strip() if last.exists() else "")
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host.strip("[]"), int(port)), _KNOCK_S).close()


def _connect(address: str) -> None:
    """Again where the head could not start the server of a client, which now and then dies when it is forked: a known
    fault of Ray (its issue 63202).
    """
    dashboard = False if address == "local" else None
    for left in reversed(range(_TRIES)):
        try:
            ray.init(address, log_to_driver=False, configure_logging=False, include_dashboard=dashboard)
            return
        except ConnectionAbortedError:
            if not left:
                raise


def _unreachable(address: str, error: Exception) -> NotReady:
    reason = last_line(error)
    return NotReady(
        f"The Ray cluster {address!r} of the setting ingest.ray does not answer: {reason}",
        "Start it with `ray start --head`, or unset ingest.ray to read on this machine.",
    )


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself, which this process ends by in its own way."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
