"""How long it takes from nothing to an answer, and to a server that is ready, on this machine.

python -m bench.starting [--rounds 3]

With an empty cache folder at first, which is what a new user has; then with what that kept, in turn with
``encoder.backend = "torch"``, by which PyTorch and sentence-transformers are loaded. The bundled sample; medians.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from service.commands.serve import SAMPLE, SAMPLE_DOCUMENT

_FOOTNOTED = str(Path(sys.executable).with_name("footnoted"))
_QUESTION = "When was the Central Foreign Affairs Work Conference held?"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--rounds", type=int, default=3)
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory() as place:
        kept = {**os.environ, "XDG_CACHE_HOME": str(Path(place) / "cache"), "HF_HUB_OFFLINE": "1"}
        torch = {**kept, "FOOTNOTED_ENCODER__BACKEND": "torch"}
        data = Path(place) / "data"
        print(f"ingest, with nothing kept  {timed(lambda: ingest(data, kept)):5.1f} s")
        print(f"ask, with nothing kept     {timed(lambda: ask(data, kept)):5.1f} s")
        works: dict[str, Callable[[Mapping[str, str]], None]] = {
            "ingest": lambda environment: ingest(Path(tempfile.mkdtemp(dir=place)), environment),
            "ask": lambda environment: ask(data, environment),
            "serve": lambda environment: serve(data, environment),
        }
        for name, work in works.items():
            pairs = [(timed(lambda: work(kept)), timed(lambda: work(torch))) for _ in range(rounds)]  # noqa: B023
            ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
            print(f"{name:6}  kept {ours:5.1f} s   by PyTorch {theirs:5.1f} s   {theirs / ours:.1f} times")


def timed(work: Callable[[], None]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ingest(data: Path, environment: Mapping[str, str]) -> None:
    """The sample document into a new data folder."""
    run("ingest", str(SAMPLE / SAMPLE_DOCUMENT), data, environment)


def ask(data: Path, environment: Mapping[str, str]) -> None:
    """One question on the command line."""
    run("ask", _QUESTION, data, environment)


def run(command: str, argument: str, data: Path, environment: Mapping[str, str]) -> None:
    """Raises subprocess.CalledProcessError."""
    subprocess.run(
        [_FOOTNOTED, command, argument, "--data-dir", str(data)], env=environment, capture_output=True, check=True
    )


def serve(data: Path, environment: Mapping[str, str]) -> None:
    """From the start to the first answer over HTTP."""
    command = [_FOOTNOTED, "serve", "--port", "0", "--data-dir", str(data)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert server.stdout is not None
        url = next(word for word in server.stdout.readline().split() if word.startswith("http://"))
        with httpx.Client(base_url=url, timeout=60) as client:
            while client.get("/readyz").status_code != 200:
                time.sleep(0.05)
            client.post("/v1/ask", json={"question": _QUESTION}).raise_for_status()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
