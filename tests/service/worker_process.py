"""What the tests of the worker share: its process id, files that take a while, jobs that are waited for."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

LIMIT_S = 240


def slow_text(about: str, paragraphs: int = 900) -> str:
    """Text whose embedding takes seconds; no paragraph is like another, so that none is taken from a cache."""
    lines = (
        f"{about} number {i} weighs {i * 7} kilograms and lives in pond {i % 97} of park {i}."
        for i in range(paragraphs)
    )
    return "\n\n".join(
        f"{line} Nobody has told {about} {i} apart from its {i + 3} sisters." * 3 for i, line in enumerate(lines)
    )


def worker_of(server_pid: int) -> int | None:
    """The process id of the worker that reads documents, which a process of the server started; None where there is
    none now."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            command = (stat.parent / "cmdline").read_text()
            if "service.jobs.worker" in command and _parent_of(_parent_of(int(stat.parent.name))) == server_pid:
                return int(stat.parent.name)
        except OSError:
            continue  # it ended meanwhile
    return None


def _parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for(what: Callable[[], Any]) -> Any:
    """Its first value that is true."""
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.2)
    pytest.fail(f"It did not come: {what.__doc__ or what}")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def send(client: httpx.Client, files: dict[str, str], collection: str = "default") -> dict[str, Any]:
    """An upload's job, as it was accepted."""
    parts = [("files", (name, text)) for name, text in files.items()]
    response = client.post("/v1/documents", files=parts, data={"collection": collection})
    assert response.status_code == 202, response.text
    return response.json()


def job_of(client: httpx.Client, job: dict[str, Any]) -> dict[str, Any]:
    return client.get(f"/v1/jobs/{job['id']}").raise_for_status().json()


def times_taken_in(client: httpx.Client, collection: str = "default") -> dict[str, str]:
    """When each document was written, by uri."""
    rows = client.get("/v1/documents", params={"collection": collection}).raise_for_status().json()["documents"]
    return {row["uri"]: row["ingested_at"] for row in rows}
