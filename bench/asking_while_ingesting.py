"""How long questions over HTTP take while a server reads files, and while it does not, in one run.

python -m bench.asking_while_ingesting FOLDER [--seconds 60]

A server on a new data folder has the bundled sample. Questions on it are asked one after the other, first with
nothing else to do, then while a sync reads FOLDER. Prints both medians and 95th percentiles, and their ratios.
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from service.commands.serve import SAMPLE

_WARM_UP = 10


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--seconds", type=float, default=60, help="Longest time of each of the two parts.")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        data = Path(place) / "data"
        command = [str(Path(sys.executable).with_name("footnoted")), "serve", "--demo", "--port", "0"]
        with (Path(place) / "log").open("wb") as log:
            server = subprocess.Popen(
                [*command, "--data-dir", str(data)], stdout=subprocess.PIPE, stderr=log, text=True
            )
        try:
            assert server.stdout is not None
            url = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
            token = (data / "admin.token").read_text().strip()
            headers = {"Authorization": f"Bearer {token}"}
            with httpx.Client(base_url=url, timeout=300, headers=headers) as client:
                measure(client, given.folder.resolve(), given.seconds)
        finally:
            server.terminate()
            server.wait()


def measure(client: httpx.Client, folder: Path, seconds: float) -> None:
    """Ask alone, ask beside a sync, and print both."""
    while client.get("/readyz").status_code != 200:
        time.sleep(0.2)
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    questions = [json.loads(line)["question"] for line in lines if line]
    for i in range(_WARM_UP):
        ask(client, questions[i % len(questions)])
    end = time.monotonic() + seconds
    alone: list[float] = []
    while time.monotonic() < end:
        alone.append(ask(client, questions[len(alone) % len(questions)]))
    job = client.post("/v1/admin/sync", json={"collection": "read", "sources": [str(folder)]}).raise_for_status().json()
    while not state(client, job["id"])["progress"]["stage"]:
        time.sleep(0.1)
    end = time.monotonic() + seconds
    beside: list[float] = []
    while time.monotonic() < end and state(client, job["id"])["status"] == "running":
        beside.append(ask(client, questions[len(beside) % len(questions)]))
    told = state(client, job["id"])
    print(f"asked alone:       {told_of(alone)}")
    print(f"asked beside sync: {told_of(beside)}")
    for name, at in (("p50", 0.5), ("p95", 0.95)):
        print(f"{name} ratio: {quantile(beside, at) / quantile(alone, at):.2f}")
    print(f"the sync: {told['status']}, {told['progress']}, {told['counts']}")


def ask(client: httpx.Client, question: str) -> float:
    """Seconds until the whole answer is here."""
    began = time.monotonic()
    client.post("/v1/ask", json={"question": question}).raise_for_status()
    return time.monotonic() - began


def state(client: httpx.Client, job_id: str) -> Any:
    return client.get(f"/v1/jobs/{job_id}").raise_for_status().json()


def quantile(seconds: list[float], at: float) -> float:
    return statistics.quantiles(seconds, n=100, method="inclusive")[round(100 * at) - 1]


def told_of(seconds: list[float]) -> str:
    half, most = quantile(seconds, 0.5), quantile(seconds, 0.95)
    return f"{len(seconds)} questions, p50 {1000 * half:.0f} ms, p95 {1000 * most:.0f} ms"


if __name__ == "__main__":
    main()
