"""``footnoted ingest`` with its options, and a watch as a process that a user starts and ends."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from service.cli import app

OTTER = "The otter Ida eats two kilograms of fish a day."
OWL = "The owl Olga sleeps until sunset."
LIMIT_S = 180


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    (tmp_path / "docs" / "otter.txt").write_text(OTTER)
    (tmp_path / "docs" / "sub" / "owl.md").write_text(OWL)
    return tmp_path / "docs"


@pytest.fixture
def run(tmp_path, reader_name):
    """Runs a command in this process, on a data folder of the test's own."""

    def command(*arguments: str | Path, **settings: str) -> Result:
        environment = {"FOOTNOTED_ANSWER__READER": reader_name, "COLUMNS": "400", **settings}
        return CliRunner().invoke(app, [*map(str, arguments), "--data-dir", str(tmp_path / "data")], env=environment)

    return command


def report(result: Result) -> dict[str, Any]:
    return json.loads(result.stdout)


def statuses(found: dict[str, Any]) -> dict[str, str]:
    return {result["uri"].rpartition("/")[2]: result["status"] for result in found["results"]}


def test_a_plan_tells_what_would_be_done_and_writes_nothing(run, docs, tmp_path):
    first = report(run("ingest", docs, "--dry-run", "--json"))
    assert (first["dry_run"], statuses(first)) == (True, {"otter.txt": "added", "owl.md": "added"})
    assert report(run("documents", "--json"))["documents"] == []
    (docs / "bad.txt").touch()
    assert run("ingest", docs).exit_code == 1
    (docs / "otter.txt").rename(docs / "sub" / "otter.txt")
    (docs / "sub" / "owl.md").unlink()
    (docs / "seal.txt").write_text("The seal Sam lives in the harbour.")
    originals = sorted((tmp_path / "data" / "originals").rglob("*"))
    result = run("ingest", docs, "--dry-run", "--json")
    assert statuses(report(result)) == {
        "otter.txt": "moved", "owl.md": "removed", "seal.txt": "added", "bad.txt": "failed",
    }  # fmt: skip
    assert result.exit_code == 1
    shown = run("ingest", docs, "--dry-run")
    assert "1 new, 1 moved, 1 gone, 1 failing" in shown.stdout
    assert f"{docs}/otter.txt → {docs}/sub/otter.txt" in shown.stdout
    assert "was not tried again" in shown.stderr
    documents = [Path(row["uri"]).name for row in report(run("documents", "--json"))["documents"]]
    assert sorted(documents) == ["otter.txt", "owl.md"]
    assert sorted((tmp_path / "data" / "originals").rglob("*")) == originals


def test_patterns_and_lists_take_in_and_let_go_what_they_name(run, docs, tmp_path):
    pattern = f"{docs}/**/*.md"
    assert statuses(report(run("ingest", pattern, "--json"))) == {"owl.md": "added"}
    (tmp_path / "list.txt").write_text("# animals\ndocs/otter.txt\ndocs/sub/owl.md\n")
    listed = f"@{tmp_path}/list.txt"
    assert statuses(report(run("ingest", listed, "--json"))) == {"otter.txt": "added"}
    (docs / "sub" / "newt.md").write_text("The newt Nora has four legs.")
    (docs / "sub" / "owl.md").unlink()
    assert statuses(report(run("ingest", pattern, "--json"))) == {"newt.md": "added", "owl.md": "removed"}
    (tmp_path / "list.txt").write_text("docs/sub/newt.md\n")
    assert statuses(report(run("ingest", listed, "--keep-missing", "--json"))) == {}
    assert statuses(report(run("ingest", listed, "--json"))) == {"otter.txt": "removed"}


def test_the_data_folder_in_the_folder_is_no_document(run, docs, tmp_path):
    assert run("ingest", tmp_path).exit_code == 0
    again = report(run("ingest", tmp_path, "--json"))
    assert (again["unchanged"], again["results"]) == (2, [])


@pytest.mark.parametrize("arguments", [["--watch", "--dry-run"]])
def test_options_that_exclude_each_other_are_told(run, docs, arguments):
    result = run("ingest", docs, *arguments)
    assert result.exit_code == 1
    assert "exclude" in result.stderr


def test_documents_show_addresses_and_ids_that_can_be_used(run, docs):
    run("ingest", docs)
    rows = report(run("documents", "--json"))["documents"]
    shown = run("documents").stdout
    for row in rows:
        assert row["uri"].removeprefix("file://") in shown
        assert row["id"][:10] in shown
    assert run("remove", rows[0]["id"][:10]).exit_code == 0
    assert [row["id"] for row in report(run("documents", "--json"))["documents"]] == [rows[1]["id"]]
    assert run("remove", rows[1]["id"][:3]).exit_code == 1  # too short to be meant
    assert run("documents", COLUMNS="60").stdout.count(rows[1]["id"][:10]) == 1


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, Any]]]:
    """A web site whose pages are (body, ETag) by path."""
    pages: dict[str, Any] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            pages.setdefault("asked", []).append(self.path)
            body, tag = pages.get(self.path, (None, ""))
            body = body() if callable(body) else body
            unchanged = tag and self.headers.get("If-None-Match") == tag
            self.send_response(404 if body is None else 304 if unchanged else 200)
            self.send_header("ETag", tag)
            self.send_header("Content-Type", "text/html")
            sent = b"" if body is None or unchanged else body.encode()
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            self.wfile.write(sent)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", pages
    server.shutdown()
    thread.join()
    server.server_close()


def page(words: str) -> str:
    return f"<html><body><h1>Animals</h1><p>{words}</p></body></html>"


def test_a_site_is_synced_by_its_sitemap(run, site):
    url, pages = site
    allowed = {"FOOTNOTED_WEB__ALLOWED_PRIVATE": '["127.0.0.1"]', "FOOTNOTED_WEB__REQUESTS_PER_SECOND": "100"}

    def list_pages(*names: str) -> None:
        pages["/sitemap.xml"] = (
            "<urlset>" + "".join(f"<url><loc>{url}/{name}</loc></url>" for name in names) + "</urlset>", "",
        )  # fmt: skip

    pages |= {"/otter": (page(OTTER), '"1"'), "/owl": (page(OWL), '"1"'), "/newt": (page("Nora is a newt."), '"1"')}
    list_pages("otter", "owl")
    refused = run("ingest", f"{url}/sitemap.xml")
    assert refused.exit_code == 1
    assert "web.allowed_private" in refused.stderr
    assert "asked" not in pages
    first = report(run("ingest", f"{url}/sitemap.xml", "--json", **allowed))
    assert statuses(first) == {"otter": "added", "owl": "added"}
    again = report(run("ingest", f"{url}/sitemap.xml", "--json", **allowed))
    assert (again["unchanged"], again["results"]) == (2, [])
    pages["/owl"] = (page("The owl Olga is awake."), '"2"')
    list_pages("owl", "newt")
    plan = report(run("ingest", f"{url}/sitemap.xml", "--dry-run", "--json", **allowed))
    changed = report(run("ingest", f"{url}/sitemap.xml", "--json", **allowed))
    assert statuses(plan) == statuses(changed) == {"owl": "changed", "newt": "added", "otter": "removed"}
    del pages["/newt"]  # listed still, but its server says that it is gone
    gone = report(run("ingest", f"{url}/sitemap.xml", "--json", **allowed))
    assert statuses(gone) == {"newt": "removed"}


def test_a_single_page_that_is_gone_goes(run, site):
    url, pages = site
    allowed = {"FOOTNOTED_WEB__ALLOWED_PRIVATE": '["127.0.0.1"]', "FOOTNOTED_WEB__REQUESTS_PER_SECOND": "100"}
    pages["/owl"] = (page(OWL), "")
    assert statuses(report(run("ingest", f"{url}/owl", "--json", **allowed))) == {"owl": "added"}
    pages["/owl"] = (None, "")
    assert statuses(report(run("ingest", f"{url}/owl", "--json", **allowed))) == {"owl": "removed"}
    never = run("ingest", f"{url}/never", "--json", **allowed)
    assert (never.exit_code, report(never)["failed"][0]["code"]) == (1, "source_gone")


class Watching:
    """A `footnoted ingest --watch --json` process: one line of JSON a sync."""

    def __init__(self, specs: list[str | Path], data: Path, environment: dict[str, str]) -> None:
        command = [str(Path(sys.executable).with_name("footnoted")), "ingest", *map(str, specs), "--watch", "--json"]
        self.errors = data.with_suffix(".stderr")
        with self.errors.open("wb") as stderr:
            self.process = subprocess.Popen(
                [*command, "--data-dir", str(data)], stdout=subprocess.PIPE, stderr=stderr, text=True, env=environment
            )
        self._clock = threading.Timer(LIMIT_S, self.process.kill)  # a watch that never speaks must not hang the tests
        self._clock.start()

    def until(self, expected: dict[str, str]) -> dict[str, Any]:
        """The first sync that came to this; those before it may have come to less."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            found = json.loads(line)
            if statuses(found) == expected:
                return found
        pytest.fail(f"The watch ended: {self.errors.read_text()}")

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(LIMIT_S)
        self._clock.cancel()
        self.process.stdout.close()
        return code


@pytest.fixture
def watch(tmp_path, reader_name):
    started = []

    def start(*specs: str | Path) -> Watching:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("FOOTNOTED_")}
        environment = {**kept, "FOOTNOTED_ANSWER__READER": reader_name, "NO_COLOR": "1", "COLUMNS": "400"}
        started.append(Watching(list(specs), tmp_path / "data", environment))
        return started[-1]

    yield start
    for one in started:
        if one.process.poll() is None:
            one.process.kill()
            one.end()


@pytest.mark.slow
def test_a_watch_takes_in_what_comes_changes_moves_and_goes(watch, run, docs, tmp_path):
    """Its data folder lies beside; its end is no failure."""
    running = watch(docs)
    running.until({"otter.txt": "added", "owl.md": "added"})
    (docs / "seal.txt").write_text("The seal Sam lives in the harbour.")
    running.until({"seal.txt": "added"})
    (docs / "seal.txt").write_text("The seal Sam lives in the bay.")
    running.until({"seal.txt": "changed"})
    (docs / "seal.txt").rename(docs / "sub" / "seal.txt")
    moved = running.until({"seal.txt": "moved"})
    assert moved["results"][0]["moved_from"] == (docs / "seal.txt").as_uri()
    (docs / "otter.txt").unlink()
    running.until({"otter.txt": "removed"})
    (docs / "bad.txt").touch()
    running.until({"bad.txt": "failed"})
    shutil.move(docs, tmp_path / "away")
    while "Gone:" not in running.errors.read_text():
        assert running.process.poll() is None
    shutil.move(tmp_path / "away", docs)
    (docs / "newt.md").write_text("The newt Nora has four legs.")
    running.until({"newt.md": "added", "bad.txt": "failed"})
    assert running.end() == 0
    assert "Traceback" not in running.errors.read_text()
    names = {Path(row["uri"]).name for row in report(run("documents", "--json"))["documents"]}
    assert names == {"owl.md", "seal.txt", "newt.md"}


@pytest.mark.slow
def test_a_watch_goes_on_after_a_sync_that_was_refused(watch, docs):
    running = watch(docs)
    running.until({"otter.txt": "added", "owl.md": "added"})
    (docs / "otter.txt").rename(docs.parent / "otter.txt")
    shutil.rmtree(docs / "sub")  # a folder that is empty at once is more often a missing disk than a wish
    (docs.parent / "otter.txt").rename(docs / "otter.txt")
    running.until({"owl.md": "removed"})
    (docs / "otter.txt").unlink()
    while "Nothing to read was found" not in running.errors.read_text():
        assert running.process.poll() is None
    (docs / "seal.txt").write_text("The seal Sam lives in the harbour.")
    running.until({"seal.txt": "added", "otter.txt": "removed"})
    assert running.end(signal.SIGTERM) == 0


@pytest.mark.slow
def test_a_sync_that_is_stopped_says_so_and_keeps_what_was_in(tmp_path, run, docs, site, reader_name):
    """Stopped while the second of two pages is waited for; no file is taken for gone."""
    url, pages = site
    asked, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        go_on.wait(LIMIT_S)
        return page("The newt Nora has four legs.")

    pages |= {"/owl": (page(OWL), ""), "/slow": (slow, "")}
    assert run("ingest", docs).exit_code == 0
    (docs / "otter.txt").unlink()
    (tmp_path / "list.txt").write_text(f"{url}/owl\n{url}/slow\n")
    command = [str(Path(sys.executable).with_name("footnoted")), "ingest", f"@{tmp_path}/list.txt", str(docs)]
    environment = {
        **os.environ, "FOOTNOTED_ANSWER__READER": reader_name, "FOOTNOTED_WEB__ALLOWED_PRIVATE": '["127.0.0.1"]',
    }  # fmt: skip
    with subprocess.Popen(
        [*command, "--data-dir", str(tmp_path / "data")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    ) as process:  # fmt: skip
        assert process.stderr is not None
        assert asked.wait(LIMIT_S)
        process.send_signal(signal.SIGINT)
        told = iter(process.stderr.readline, "")
        errors = next(line for line in told if "Stopping" in line)
        go_on.set()
        errors += process.stderr.read()
    assert process.returncode == 130
    assert "Stopped." in errors
    assert "Traceback" not in errors
    names = {Path(row["uri"]).name for row in report(run("documents", "--json"))["documents"]}
    assert names - {"owl"} == {"otter.txt", "owl.md"}
