"""Spans at a real collector: every stage, in the caller's trace, and nothing of what was asked."""

import secrets

import httpx
import pytest

from core.errors import SettingsError
from service.telemetry.telemetry_settings import TelemetrySettings
from service.telemetry.tracing import Tracing

STAGES = {"understand", "encode", "dense", "keyword", "fuse", "read"}
INGEST_STAGES = {"job", "read_source", "split", "embed", "commit"}
WORDS = "zebrafish marmalade"


def new_trace():
    trace = secrets.token_hex(16)
    return trace, {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}


@pytest.mark.parametrize("stream", [False, True])
def test_a_question_is_one_trace_through_every_stage(observed, collector, date_question, stream):
    trace, headers = new_trace()
    asked = {"question": date_question, "stream": stream, "top_k": 7 if stream else 6}  # nobody asked so before
    observed.client.post("/v1/ask", json=asked, headers=headers).raise_for_status()
    spans = collector.wait_for(lambda all: any(s.trace == trace and s.name == "POST /v1/ask" for s in all))
    mine = {span.name: span for span in spans if span.trace == trace}
    assert set(mine) >= STAGES | {"POST /v1/ask"}
    root = mine["POST /v1/ask"]
    assert root.parent == headers["traceparent"].split("-")[2]
    assert {mine[name].parent for name in ("understand", "read")} == {root.id}
    assert root.attributes["http.response.status_code"] == 200
    assert root.service == "footnoted"


def test_no_span_holds_what_was_asked(observed, collector):
    trace, headers = new_trace()
    observed.client.post("/v1/ask", json={"question": f"Where is the {WORDS}?"}, headers=headers)
    observed.client.get(f"/v1/jobs/{WORDS}", headers=headers)
    spans = collector.wait_for(
        lambda all: sum(s.trace == trace and s.name.startswith(("GET", "POST")) for s in all) == 2
    )
    mine = [span for span in spans if span.trace == trace]
    assert "GET /v1/jobs/{job_id}" in {span.name for span in mine}
    for word in WORDS.split():
        assert not any(word.encode() in span.raw for span in mine)


@pytest.mark.slow
def test_an_ingest_is_traced_through_its_stages(observed, collector, settle):
    given = {"files": ("kettle.txt", b"The kettle boils in the kitchen of the station.")}
    job = observed.client.post("/v1/documents", files=given, data={"collection": "kettles"})
    settle(observed.client, job.headers["location"])

    def is_whole(spans):
        jobs = {s.trace for s in spans if s.name == "job" and s.service == "footnoted-worker"}
        return any({s.name for s in spans if s.trace == trace} >= INGEST_STAGES for trace in jobs)

    collector.wait_for(is_whole)


def test_without_an_address_nothing_of_the_sdk_is_loaded(tmp_path, run_python):
    loaded = run_python(
        "import sys, service.app\n"
        "from service.telemetry.telemetry import Telemetry\n"
        "from service.telemetry.telemetry_settings import TelemetrySettings\n"
        "with Telemetry(TelemetrySettings()) as t: assert t.tracing is None\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry.sdk')])"
    )
    assert loaded == "[]"


def test_headers_for_the_collector_come_from_a_file(collector, tmp_path):
    file = tmp_path / "headers"
    file.write_text("X-Team: letters\n")
    settings = TelemetrySettings(otlp_endpoint=collector.url, otlp_headers_file=file)
    tracing = Tracing(settings, "headers-test")
    tracing.stage("one", True)(None)
    tracing.stop()
    collector.wait_for(lambda all: any(span.service == "headers-test" for span in all))
    assert any(headers.get("x-team") == "letters" for headers in collector.headers)


def test_an_error_is_told_by_its_class_alone(collector):
    tracing = Tracing(TelemetrySettings(otlp_endpoint=collector.url), "errors-test")
    tracing.stage("failing", True)(ValueError(WORDS))
    tracing.stop()
    spans = collector.wait_for(lambda all: any(span.service == "errors-test" for span in all))
    failing = next(span for span in spans if span.service == "errors-test")
    assert b"ValueError" in failing.raw
    assert WORDS.encode() not in failing.raw


def test_a_call_to_another_server_goes_on_with_the_trace(collector):
    from service.telemetry.telemetry import Telemetry, trace_out

    seen = []

    def answer(request):
        seen.append(request.headers.get("traceparent"))
        return httpx.Response(200)

    client = httpx.Client(transport=httpx.MockTransport(answer), event_hooks={"request": [trace_out]})
    client.get("http://model.test/")
    with Telemetry(TelemetrySettings(otlp_endpoint=collector.url), "outgoing-test") as telemetry:
        trace, headers = new_trace()
        ended = telemetry.tracing.request("POST", "id", headers)
        client.get("http://model.test/")
        ended("/v1/ask", 200)
    assert seen[0] is None
    assert seen[1].split("-")[1] == trace


def test_a_headers_file_with_another_line_is_an_error(tmp_path):
    file = tmp_path / "headers"
    file.write_text("nothing\n")
    with pytest.raises(SettingsError, match="no header"):
        Tracing(TelemetrySettings(otlp_endpoint="http://127.0.0.1:1", otlp_headers_file=file), "x")


@pytest.mark.parametrize("endpoint", ["collector:4318", "http://user:secret@collector:4318"])
def test_an_address_that_is_none_or_holds_a_secret_is_refused(endpoint):
    with pytest.raises(ValueError, match=r"http://|otlp_headers_file"):
        TelemetrySettings(otlp_endpoint=endpoint)
