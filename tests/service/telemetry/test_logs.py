"""What the server logs: a line a request, without what was asked."""

import json
import logging

import pytest
import structlog

from service.logs import configure_logs
from service.telemetry.telemetry_settings import TelemetrySettings

WORDS = "zebrafish marmalade"


@pytest.fixture
def logs(capsys):
    """Configures the logs of this process, and gives what is written; all is as before afterwards."""
    before, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield (
        lambda **settings: configure_logs(TelemetrySettings(log_format="json", **settings)) or structlog.get_logger("t")
    )
    structlog.configure(**before)
    root.handlers[:], root.level = handlers, level


def lines(capsys):
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_a_request_s_line_tells_who_what_and_how_long(observed):
    observed.client.get("/v1/jobs/job_nothing", headers={"X-Request-ID": "logs-1"})
    line = observed.line_of("request", "logs-1")
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/jobs/{job_id}", 404)
    assert line["principal"]
    assert line["ms"] >= 0
    assert "path" not in line


def test_an_answer_s_line_tells_its_stages_and_no_contents(observed):
    asked = {"question": f"Where was the {WORDS}?"}
    observed.client.post("/v1/ask", json=asked, headers={"X-Request-ID": "logs-2"}).raise_for_status()
    line = observed.line_of("answered", "logs-2")
    assert line["status"] == "not_found"
    assert {"search", "read"} <= line["stages_ms"].keys()
    for word in WORDS.split():
        assert word not in observed.stderr.read_text()


def test_contents_are_logged_where_the_setting_says_so(logs, capsys):
    logs(log_contents=True).info("answered", question="Why?", path="/v1/x")
    assert (line := lines(capsys)[0])["question"] == "Why?"
    assert line["path"] == "/v1/x"
    logs().info("answered", question="Why?", path="/v1/x")
    assert lines(capsys)[0].keys() & {"question", "path"} == set()


def test_what_is_below_the_level_is_left_out(logs, capsys):
    log = logs(log_level="warning")
    log.info("small")
    log.warning("large")
    assert [line["event"] for line in lines(capsys)] == ["large"]


def test_warnings_of_libraries_are_lines_of_the_same_form(logs, capsys):
    logs()
    logging.getLogger("some.library").warning("disk %s", "slow")
    line = lines(capsys)[0]
    assert (line["event"], line["level"], line["logger"]) == ("disk slow", "warning", "some.library")
