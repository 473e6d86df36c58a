"""Several server processes on one port: started, lost, renewed and ended."""

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from asking import Asking
from llm_servers.chat_server import Streamed, WaitFor

from service.audit.log import AuditLog

pytestmark = pytest.mark.slow

LIMIT_S = 180
QUESTION = "When was the Central Foreign Affairs Work Conference held?"
QUOTE = "The conference was held in Beijing from December 27th to 28th."


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def logged(folder: Path, event: str) -> list[dict]:
    """The lines of the log of that event."""
    lines = folder.with_name(f"{folder.name}.stderr").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in found if line.get("event") == event]


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children_of(pid: int) -> list[int]:
    """Whichever of its threads started them."""
    found = [thread.read_text().split() for thread in Path(f"/proc/{pid}/task").glob("*/children")]
    return [int(child) for children in found for child in children]


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "data"


class Searching(Asking):
    """With one connection."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.statuses: list[int] = []

    def _ask(self) -> None:
        with httpx.Client(base_url=self._url, timeout=60) as client:
            while not self._stop.is_set():
                try:
                    self.statuses.append(client.post("/v1/search", json={"question": QUESTION}).status_code)
                except httpx.HTTPError as error:
                    self.errors.append(repr(error))


def test_a_worker_that_dies_is_replaced_and_the_others_go_on(start_server, folder):
    with start_server(folder, "--demo", FOOTNOTED_SERVER__WORKERS="2") as running:
        until(lambda: len(logged(folder, "server_ready")) == 2)
        first, second = (line["pid"] for line in logged(folder, "server_ready"))
        assert set(children_of(running.process.pid)) == {first, second}
        assert all(line["memory_mb"] > line["own_mb"] > 0 for line in logged(folder, "server_ready"))
        os.kill(first, signal.SIGKILL)
        with httpx.Client(base_url=running.url, timeout=60) as client:
            assert client.post("/v1/ask", json={"question": QUESTION}).json()["status"] == "answered"
        until(lambda: len(logged(folder, "server_ready")) == 3)
        [died] = logged(folder, "server_died")
        assert (died["pid"], died["code"]) == (first, -signal.SIGKILL)
        assert len(children_of(running.process.pid)) == 2


def test_renewed_without_a_failed_request_and_with_the_settings_as_they_are_now(start_server, folder, tmp_path):
    config = tmp_path / "own.toml"
    config.write_text('[chat]\ntitle = "Before"\n')
    with start_server(folder, "--demo", FOOTNOTED_CONFIG=str(config)) as running:
        [first] = children_of(running.process.pid)
        with Searching(running.url) as one, Searching(running.url) as other:
            until(lambda: len(one.statuses) > 5 and len(other.statuses) > 5)
            config.write_text('[chat]\ntitle = "After"\n')
            running.process.send_signal(signal.SIGHUP)
            until(lambda: not is_alive(first))
            for asking in (one, other):
                before = len(asking.statuses)
                until(lambda asking=asking, before=before: len(asking.statuses) > before + 5)
        assert (one.errors, other.errors) == ([], [])
        assert {*one.statuses, *other.statuses} == {200}
        assert "After" in httpx.get(running.url).text
        [new] = children_of(running.process.pid)
        assert new != first
        assert [line["pids"] for line in logged(folder, "renewed")] == [[new]]


def test_settings_that_do_not_hold_leave_the_old_workers_at_work(start_server, folder, tmp_path):
    config = tmp_path / "own.toml"
    config.write_text('[chat]\ntitle = "Before"\n')
    with start_server(folder, "--demo", FOOTNOTED_CONFIG=str(config)) as running:
        before = children_of(running.process.pid)
        config.write_text('[chat]\ntitel = "After"\n')
        running.process.send_signal(signal.SIGHUP)
        until(lambda: logged(folder, "not_renewed"))
        config.write_text('[encoder]\nmodel = "/nowhere"\n')
        running.process.send_signal(signal.SIGHUP)
        until(lambda: len(logged(folder, "not_renewed")) == 2)
        until(lambda: children_of(running.process.pid) == before)
        assert httpx.get(f"{running.url}/readyz").status_code == 200


def test_a_renewal_does_not_open_the_port_that_others_reach(start_server, folder, tmp_path):
    config = tmp_path / "own.toml"
    config.write_text('[server]\nhost = "0.0.0.0"\n[access]\nanonymous = ["ask"]\n')
    with start_server(folder, "--demo", FOOTNOTED_CONFIG=str(config)) as running:
        before = children_of(running.process.pid)
        config.write_text('[server]\nhost = "127.0.0.1"\n')
        running.process.send_signal(signal.SIGHUP)
        until(lambda: logged(folder, "not_renewed"))
        [told] = logged(folder, "not_renewed")
        assert "0.0.0.0" in told["message"]
        assert children_of(running.process.pid) == before
        # With who may do what said again, it is renewed; still as one that listens where it does.
        config.write_text('[server]\nhost = "127.0.0.1"\n[access]\nanonymous = ["ask"]\n')
        running.process.send_signal(signal.SIGHUP)
        until(lambda: not is_alive(before[0]))
        elsewhere = httpx.get(f"{running.url}/healthz", headers={"Host": "footnoted.example"})
        assert elsewhere.status_code == 200


def test_settings_are_in_the_audit_log_of_the_start_and_of_each_renewal(start_server, folder, tmp_path, footnoted):
    config = tmp_path / "own.toml"
    config.write_text("[conversation]\nkeep_days = 3\n")
    with start_server(folder, "--demo", FOOTNOTED_CONFIG=str(config)) as running:
        config.write_text("[conversation]\nkeep_days = 4\n")
        running.process.send_signal(signal.SIGHUP)
        until(lambda: logged(folder, "renewed"))
        until(lambda: len(logged(folder, "act")) == 2)
    seen = [act.act.target for act in AuditLog(folder).all() if act.act.act == "server.start"]
    assert ["conversation.keep_days=3" in seen[0], "conversation.keep_days=4" in seen[1]] == [True, True]


def stream_that_waits(start_server, start_chat, folder, signal_number) -> tuple[list, int]:
    """The events of a stream in whose middle the server is signalled, and the server's exit code."""
    go_on = threading.Event()
    half, rest = QUOTE.split(" from ")
    chat = start_chat(lambda body: Streamed((half, WaitFor(go_on), f" from {rest}")))
    model = {"FOOTNOTED_MODEL__NAME": "openai:scripted", "FOOTNOTED_MODEL__BASE_URL": chat.url}
    events: list[str] = []
    with start_server(folder, "--demo", **model) as running:
        [worker] = children_of(running.process.pid)
        asked = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{running.url}/v1/ask", json=asked, timeout=60) as response:
            for line in response.iter_lines():
                if line.startswith("event: "):
                    events.append(line.removeprefix("event: "))
                if events == ["start"] and not go_on.is_set():
                    until(lambda: chat.requests)
                    running.process.send_signal(signal_number)
                    if signal_number == signal.SIGTERM:
                        until(lambda: refuses(running.url))
                    else:
                        until(lambda: logged(folder, "renewed"))
                        assert httpx.get(f"{running.url}/readyz").status_code == 200
                    go_on.set()
        until(lambda: not is_alive(worker))
        if signal_number != signal.SIGTERM:
            running.process.terminate()
        code = running.process.wait(LIMIT_S)
    return events, code


def refuses(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz")
    except httpx.ConnectError:
        return True
    except httpx.HTTPError:
        pass
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stream_is_finished_before_its_server_ends(start_server, start_chat, folder, number):
    events, code = stream_that_waits(start_server, start_chat, folder, number)
    assert events[0] == "start"
    assert events[-1] == "done"
    assert code == 0


def test_a_stream_that_takes_longer_than_the_drain_is_cut_off(start_server, start_chat, folder):
    chat = start_chat(lambda body: Streamed(("The conference", WaitFor(threading.Event()))))
    model = {"FOOTNOTED_MODEL__NAME": "openai:scripted", "FOOTNOTED_MODEL__BASE_URL": chat.url}
    with start_server(folder, "--demo", FOOTNOTED_SERVER__DRAIN_S="0.5", **model) as running:
        asked = {"question": QUESTION, "stream": True}
        with httpx.stream("POST", f"{running.url}/v1/ask", json=asked, timeout=60) as response:
            lines = response.iter_lines()
            assert next(lines).startswith("event: start")
            running.process.terminate()
            assert running.process.wait(20) == 0


def test_a_job_that_is_watched_does_not_hold_the_server_up(start_server, folder):
    with start_server(folder, "--demo") as running, httpx.Client(base_url=running.url, timeout=60) as client:
        text = "\n\n".join(f"Otter {i} eats {i} fish a day." for i in range(20_000))
        job = client.post("/v1/documents", files=[("files", ("otters.txt", text))]).headers["location"]
        with client.stream("GET", f"{job}/events") as response:
            assert next(response.iter_lines()) == "event: job"
            running.process.terminate()
            assert running.process.wait(20) == 0


def test_one_process_alone_looks_after_the_background_worker_and_another_when_it_dies(start_server, folder, settle):
    with start_server(folder, "--demo", FOOTNOTED_SERVER__WORKERS="2", FOOTNOTED_JOBS__IDLE_S="60") as running:
        until(lambda: len(logged(folder, "server_ready")) == 2)
        servers = [line["pid"] for line in logged(folder, "server_ready")]
        with httpx.Client(base_url=running.url, timeout=60) as client:
            job = client.post("/v1/documents", files=[("files", ("a.txt", "The otter Ida eats fish."))])
            assert settle(client, job.headers["location"])["status"] == "done"
            [own] = [server for server in servers if children_of(server)]
            os.kill(own, signal.SIGKILL)
            until(lambda: not is_alive(own))
        with httpx.Client(base_url=running.url, timeout=60) as client:  # the other's connections went with its process
            job = client.post("/v1/documents", files=[("files", ("b.txt", "The otter Udo eats crabs."))])
            assert settle(client, job.headers["location"])["status"] == "done"


def test_workers_do_not_outlive_their_master(start_server, folder):
    with start_server(folder, "--demo", FOOTNOTED_SERVER__WORKERS="2") as running:
        until(lambda: len(logged(folder, "server_ready")) == 2)
        workers = children_of(running.process.pid)
        running.kill()
        until(lambda: not any(map(is_alive, workers)))
        until(lambda: refuses(running.url))


def test_a_data_folder_that_cannot_be_used_ends_the_server_with_its_reason(footnoted, tmp_path):
    (tmp_path / "data").write_text("a file")
    result = footnoted("serve", "--port", "0", data_dir=tmp_path / "data")
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    assert str(tmp_path / "data") in result.stderr.replace("\n", "")
