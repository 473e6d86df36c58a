"""The worker as a process: beside questions, killed, stopped with its server, told to stop, one a folder."""

import json
from pathlib import Path

import httpx
import pytest
from worker_process import job_of, kill, send, slow_text, times_taken_in, wait_for, worker_of

pytestmark = pytest.mark.slow

OTTER = "The otter Ida eats two kilograms of fish a day. Her home is the river Ilm."
QUESTION = "How much fish does the otter Ida eat a day?"
QUOTE = "The otter Ida eats two kilograms of fish a day."
QUICK = {"FOOTNOTED_JOBS__IDLE_S": "1"}


def herds() -> dict[str, str]:
    """More files than are written together at first."""
    return {f"{i}.txt": slow_text(f"walrus of herd {i}", 100) for i in range(16)}


@pytest.fixture
def run(start_server, tmp_path):
    """A server of the test's own, with a client."""
    with start_server(tmp_path / "data", **QUICK) as running, httpx.Client(base_url=running.url, timeout=120) as client:
        yield running, client


def settled(client, job):
    """The job, once it is settled."""
    return wait_for(lambda: (now := job_of(client, job))["status"] not in ("queued", "running") and now)


def starts_of(folder: Path, job):
    """The log's word of every time that a worker took the job up."""
    lines = (folder / "data.stderr").read_text().splitlines()
    events = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    return [one for one in events if one["event"] == "job_started" and one["job"] == job["id"]]


def half_done(client, job):
    """The job, once some of its files are in and others are not."""
    return wait_for(lambda: (now := job_of(client, job))["counts"].get("added") and now)


def test_questions_are_answered_while_an_upload_is_read_and_the_worker_ends_when_idle(run, settle):
    running, client = run
    first = send(client, {"otter.txt": OTTER})
    assert settle(client, f"/v1/jobs/{first['id']}")["status"] == "done"
    long = send(client, {"walrus.txt": slow_text("walrus", 1500)})
    wait_for(lambda: job_of(client, long)["progress"]["stage"] == "embedding")
    for _ in range(3):
        answer = client.post("/v1/ask", json={"question": QUESTION}).json()
        assert answer["citations"][0]["quote"] == QUOTE
    assert job_of(client, long)["status"] == "running"
    assert worker_of(running.process.pid) is not None
    assert client.post(f"/v1/jobs/{long['id']}/cancel").status_code == 202
    assert settled(client, long)["status"] == "cancelled"
    wait_for(lambda: worker_of(running.process.pid) is None)
    again = send(client, {"beaver.txt": "The beaver Bruno built a dam of ninety branches."})
    assert settled(client, again)["status"] == "done"


def test_a_killed_workers_job_goes_on_without_the_files_that_are_in(run, tmp_path):
    running, client = run
    files = herds()
    job = send(client, files)
    half_done(client, job)
    kill(worker_of(running.process.pid))
    before = times_taken_in(client)
    assert 0 < len(before) < len(files)
    done = settled(client, job)
    assert [file["status"] for file in done["files"]] == ["added"] * len(files)
    after = times_taken_in(client)
    assert len(after) == len(files)
    assert before.items() <= after.items()
    assert not any((tmp_path / "data" / "uploads").iterdir())


def test_a_job_goes_on_after_its_server_was_stopped_or_killed(start_server, tmp_path):
    files = herds()
    with start_server(tmp_path / "data", **QUICK) as first, httpx.Client(base_url=first.url, timeout=120) as client:
        job = send(client, files)
        half_done(client, job)
        worker = worker_of(first.process.pid)
    with start_server(tmp_path / "data", wait_ready=False, **QUICK) as second:
        with httpx.Client(base_url=second.url, timeout=120) as client:
            before = times_taken_in(client)
            assert 0 < len(before) < len(files)
            wait_for(lambda: worker_of(second.process.pid) not in (None, worker))
        second.kill()
    with start_server(tmp_path / "data", **QUICK) as third, httpx.Client(base_url=third.url, timeout=120) as client:
        done = settled(client, job)
        assert [file["status"] for file in done["files"]] == ["added"] * len(files)
        assert before.items() <= times_taken_in(client).items()


def test_a_file_that_kills_the_worker_is_given_up_and_the_others_are_read(run, tmp_path):
    running, client = run
    job = send(client, {"poison.txt": slow_text("toad", 1500), "otter.txt": OTTER})
    killed = set()

    def killed_again():
        """Each worker that has taken the job up, and the file in its hands, is killed."""
        now = job_of(client, job)
        starts = len(starts_of(tmp_path, job))
        worker = worker_of(running.process.pid)
        if now["files"][0]["status"] == "running" and starts > len(killed) and worker not in (None, *killed):
            kill(worker)
            killed.add(worker)
        return now["status"] not in ("queued", "running") and now

    done = wait_for(killed_again)
    assert done["status"] == "partial"
    assert [file["status"] for file in done["files"]] == ["failed", "added"]
    assert "stopped the reader twice" in done["files"][0]["error"]["message"]
    assert done["files"][0]["error"]["hint"]
    assert 2 <= len(killed) <= 3
    answer = client.post("/v1/ask", json={"question": QUESTION}).json()
    assert answer["citations"][0]["quote"] == QUOTE


def test_a_waiting_job_is_cancelled_at_once_a_running_one_soon_and_what_is_in_stays(run, assert_problem, tmp_path):
    _, client = run
    files = herds()
    first, second = send(client, files), send(client, {"otter.txt": OTTER})
    assert client.post(f"/v1/jobs/{second['id']}/cancel").status_code == 204
    assert job_of(client, second)["status"] == "cancelled"
    half_done(client, first)
    assert client.post(f"/v1/jobs/{first['id']}/cancel").status_code == 202
    ended = settled(client, first)
    assert ended["status"] == "cancelled"
    statuses = [file["status"] for file in ended["files"]]
    assert set(statuses) == {"added", "cancelled"}
    assert len(times_taken_in(client)) == statuses.count("added") == ended["counts"]["added"]
    for job in (first, second):
        assert_problem(client.post(f"/v1/jobs/{job['id']}/cancel"), 409, "conflict", [job["id"]])
    assert_problem(client.post("/v1/jobs/job_x/cancel"), 404, "not_found")
    wait_for(lambda: not any((tmp_path / "data" / "uploads").iterdir()))


def test_two_servers_on_one_folder_do_each_job_once(start_server, tmp_path):
    with (
        start_server(tmp_path / "data", **QUICK) as one,
        start_server(tmp_path / "data", **QUICK) as other,
        httpx.Client(base_url=one.url, timeout=120) as a,
        httpx.Client(base_url=other.url, timeout=120) as b,
    ):
        files = [{f"{i}.txt": f"{OTTER} She has {i} sisters."} for i in range(6)]
        jobs = [send(client, named) for client, named in zip([a, b] * 3, files, strict=True)]
        for job in jobs:
            told = settled(a, job)
            assert [file["status"] for file in told["files"]] == ["added"]
            assert job_of(b, job) == told
        assert len(times_taken_in(b)) == len(jobs)
    assert all(len(starts_of(tmp_path, job)) == 1 for job in jobs)


def test_the_worker_has_the_settings_of_its_server(start_server, tmp_path):
    (tmp_path / "footnoted.toml").write_text("[ingest]\nmax_chars = 5000\n")
    with start_server(tmp_path / "data", FOOTNOTED_INGEST__MAX_FILE_MB="1", **QUICK) as running:
        (tmp_path / "footnoted.toml").write_text("[ingest]\nmax_chars = 1\nunknown = 1\n")
        with httpx.Client(base_url=running.url, timeout=120) as client:
            done = settled(client, send(client, {"a.txt": OTTER, "b.txt": "x" * (2 * 1024**2), "c.txt": OTTER * 100}))
    (tmp_path / "footnoted.toml").unlink()
    assert [file["status"] for file in done["files"]] == ["added", "failed", "failed"]
    assert "1 MiB" in done["files"][1]["error"]["message"]
    assert "5,000" in done["files"][2]["error"]["message"] or "5000" in done["files"][2]["error"]["message"]
