"""An OTLP collector, and a server that is watched in every way."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

_WAIT_S = 30
SECRET_WORDS = "zebrafish marmalade"
"""Part of questions, and of nothing else: where it turns up, contents were told."""


@dataclass(frozen=True)
class Span:
    name: str
    trace: str
    id: str
    parent: str
    service: str
    attributes: dict[str, Any]
    raw: bytes


@dataclass
class Collector:
    """What `opentelemetry-collector` does at /v1/traces, as far as a test needs it."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def take(self, body: bytes, headers: dict[str, str]) -> None:
        request = ExportTraceServiceRequest.FromString(body)
        self.headers.append(headers)
        for of_resource in request.resource_spans:
            service = {a.key: a.value.string_value for a in of_resource.resource.attributes}["service.name"]
            for of_scope in of_resource.scope_spans:
                for one in of_scope.spans:
                    attributes = {a.key: a.value.string_value or a.value.int_value for a in one.attributes}
                    ids = one.trace_id.hex(), one.span_id.hex(), one.parent_span_id.hex()
                    self.spans.append(Span(one.name, *ids, service, attributes, one.SerializeToString()))

    def wait_for(self, found: Callable[[list[Span]], bool]) -> list[Span]:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            spans = list(self.spans)
            if found(spans):
                return spans
            time.sleep(0.1)
        pytest.fail(f"The spans did not come: {[(s.service, s.name) for s in self.spans]}")


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/v1/traces"
            made.take(
                self.rfile.read(int(self.headers["Content-Length"])), {k.lower(): v for k, v in self.headers.items()}
            )
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield made
        server.shutdown()


@dataclass(frozen=True)
class Observed:
    """A server of its own, its client, and what it logs."""

    client: httpx.Client
    url: str
    stderr: Path

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stderr.read_text().splitlines() if line.startswith("{")]

    def line_of(self, event: str, request_id: str) -> dict[str, Any]:
        deadline = time.monotonic() + _WAIT_S
        while time.monotonic() < deadline:
            for line in self.log_lines():
                if (line["event"], line.get("request_id")) == (event, request_id):
                    return line
            time.sleep(0.05)
        pytest.fail(f"No line {event} of {request_id}")

    def samples(self) -> dict[str, float]:
        """Each line of /metrics: its name with labels, and the value."""
        text = self.client.get("/metrics").raise_for_status().text
        pairs = [line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in pairs}


@pytest.fixture(scope="module")
def observed(start_server, tmp_path_factory, collector) -> Iterator[Observed]:
    """Traces go to the collector; the sample is in its default collection."""
    data_dir = tmp_path_factory.mktemp("observed") / "data"
    more = {
        "FOOTNOTED_TELEMETRY__OTLP_ENDPOINT": collector.url,
        "OTEL_BSP_SCHEDULE_DELAY": "200",
        "FOOTNOTED_TELEMETRY__LOG_FORMAT": "json",
    }
    with start_server(data_dir, "--demo", **more) as running, httpx.Client(base_url=running.url, timeout=120) as client:
        yield Observed(client, running.url, data_dir.with_name("data.stderr"))


@pytest.fixture
def run_python() -> Callable[[str], str]:
    """What a program prints, run in a process of its own."""

    def run(code: str, **environment: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **environment}
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run
