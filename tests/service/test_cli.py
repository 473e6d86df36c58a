"""The command line, as a user runs it: what it prints, and how it ends.

Most commands run as processes of their own. Each of those loads the models, which takes seconds, so that
some that add only their own output run in this process (``here``).
"""

import json
import os
import random
import shutil
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from typer.testing import CliRunner, Result

from service.cli import app

REPORT = Path(__file__).parent.parent / "data" / "report.pdf"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
OTTER = "The otter Ida eats two kilograms of fish a day."
BEAVER = "# Beavers\n\nThe beaver Bruno built a dam of ninety branches."
OWLS = "<h1>Owls</h1><p>The owl Olga sleeps until sunset.</p>"
COMMANDS = (
    "serve", "ingest", "ask", "search", "documents", "remove", "reindex", "config", "doctor", "questions", "sites",
    "collections", "jobs", "quality", "verify", "mcp", "backup", "restore",
)  # fmt: skip


def lock(source: Path, target: Path) -> None:
    """A copy of a PDF that asks for a password."""
    writer = PdfWriter(clone_from=PdfReader(source))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(target)


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Path:
    """A folder that holds the documents in ``docs`` and the state in ``data``."""
    root = tmp_path_factory.mktemp("cli")
    docs = root / "docs"
    (docs / "sub").mkdir(parents=True)
    (docs / "otter.txt").write_text(OTTER, encoding="utf-8")
    (docs / "beaver.md").write_text(BEAVER, encoding="utf-8")
    (docs / "sub" / "owls.html").write_text(OWLS, encoding="utf-8")
    (docs / "empty.txt").touch()
    (docs / "noise.bin").write_bytes(random.Random(7).randbytes(2000))
    (docs / "picture.png").write_bytes(PNG)
    (docs / "cut.pdf").write_bytes(REPORT.read_bytes()[:3000])
    lock(REPORT, docs / "locked.pdf")
    return root


@pytest.fixture(scope="module")
def here(reader_name):
    """Runs a command in this process."""

    def run(*arguments: str | Path, data_dir: Path) -> Result:
        environment = {"FOOTNOTED_ANSWER__READER": reader_name}
        return CliRunner().invoke(app, [*map(str, arguments), "--data-dir", str(data_dir)], env=environment)

    return run


@pytest.fixture(scope="module")
def first(world, footnoted):
    """The first ingest: good files, bad files and a path that is not there."""
    return footnoted("ingest", world / "docs", world / "missing.txt", data_dir=world / "data")


@pytest.fixture(scope="module")
def second(world, here, first) -> dict:
    """The second one: a file changed, one gone, one new, one as before, and no bad ones any more."""
    docs = world / "docs"
    for name in ("empty.txt", "noise.bin", "picture.png", "cut.pdf", "locked.pdf", "beaver.md"):
        (docs / name).unlink()
    (docs / "otter.txt").write_text(OTTER.replace("two", "three"), encoding="utf-8")
    (docs / "seal.txt").write_text("The seal Sam lives in the harbour of Kiel.", encoding="utf-8")
    result = here("ingest", docs, "--json", data_dir=world / "data")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def documents(here, data_dir: Path) -> list[dict]:
    result = here("documents", "--json", data_dir=data_dir)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)["documents"]


def test_a_folder_with_bad_files_is_read_but_for_them_and_the_exit_code_says_so(first):
    assert first.returncode == 1
    assert "default: 3 added, 6 failed" in first.stdout
    assert "Traceback" not in first.stderr


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty.txt", "is empty"),
        ("noise.bin", "binary"),
        ("picture.png", "is a damaged picture"),
        ("cut.pdf", "cut.pdf"),
        ("locked.pdf", "password"),
        ("missing.txt", "does not exist"),
    ],
)
def test_each_bad_file_is_named_with_its_reason(first, name, reason):
    lines = [line for line in first.stderr.splitlines() if line.startswith("Failed:") and name in line]
    assert len(lines) == 1
    assert reason in lines[0].partition(f"{name}: ")[2]


def test_ingesting_again_reads_only_what_is_new_or_changed_and_drops_what_is_gone(second):
    counts = {key: second[key] for key in ("added", "changed", "unchanged", "removed", "failed")}
    assert counts == {"added": 1, "changed": 1, "unchanged": 1, "removed": 1, "failed": []}


def test_a_folder_that_lost_all_its_files_is_refused_and_its_documents_kept(world, here, second, tmp_path):
    moved = shutil.move(world / "docs", tmp_path / "docs")
    (world / "docs").mkdir()
    try:
        result = here("ingest", world / "docs", "--json", data_dir=world / "data")
    finally:
        (world / "docs").rmdir()
        shutil.move(moved, world / "docs")
    assert result.exit_code == 1
    error = json.loads(result.stdout)["error"]
    assert error["code"] == "conflict"
    assert "3 documents" in error["message"]
    assert "footnoted remove" in error["hint"]
    assert len(documents(here, world / "data")) == 3


def test_the_documents_are_listed(world, footnoted, here, second):
    rows = documents(here, world / "data")
    assert [Path(row["uri"]).name for row in rows] == ["otter.txt", "owls.html", "seal.txt"]
    assert {row["media_type"] for row in rows} == {"text/plain", "text/html"}
    table = footnoted("documents", data_dir=world / "data").stdout
    assert "default: 3 documents" in table
    assert all(row["id"][:10] in table for row in rows)  # as much as tells them apart, never cut


def test_an_answer_is_printed_with_its_quote_and_place_without_a_network(
    footnoted, sample_engine, sample_folder, date_question, first_sentence
):
    result = footnoted("ask", date_question, data_dir=sample_folder, HF_HUB_OFFLINE="1")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith(f"{first_sentence} [1]")
    assert f"“{first_sentence}”" in result.stdout
    assert f"characters 0–{len(first_sentence)}" in result.stdout


def test_an_answer_in_json_is_that_of_the_wire_contract(here, world, second):
    question = "How much fish does the otter Ida eat a day?"
    answer = json.loads(here("ask", question, "--json", data_dir=world / "data").stdout)
    assert answer["status"] == "answered"
    assert answer["citations"][0]["quote"] == "The otter Ida eats three kilograms of fish a day."
    assert answer["citations"][0]["url"].startswith("/view/")


def test_a_refusal_is_no_failure_of_the_command(here, sample_engine, sample_folder, off_topic_question):
    result = here("ask", off_topic_question, data_dir=sample_folder)
    assert result.exit_code == 0
    assert result.stdout.startswith("The documents do not say.")
    result = here("ask", off_topic_question, "--json", data_dir=sample_folder)
    assert json.loads(result.stdout)["status"] == "not_found"


def test_hits_are_printed_best_first(here, world, second):
    question = "Who sleeps until sunset?"
    hits = json.loads(here("search", question, "-k", "2", "--json", data_dir=world / "data").stdout)["hits"]
    assert len(hits) == 2
    assert hits[0]["text"].endswith("The owl Olga sleeps until sunset.")
    printed = here("search", question, data_dir=world / "data").stdout
    assert printed.startswith("1. Owls")
    assert "The owl Olga sleeps until sunset." in printed


def test_reindexing_with_other_sizes_keeps_all_documents(here, world, second, tmp_path, monkeypatch):
    data = tmp_path / "data"
    shutil.copytree(world / "data", data)
    monkeypatch.setenv("FOOTNOTED_INGEST__SPLIT_TARGET", "30")
    refused = here("ingest", world / "docs", "--json", data_dir=data)
    assert (refused.exit_code, json.loads(refused.stdout)["error"]["code"]) == (1, "index_mismatch")
    result = here("reindex", "--json", data_dir=data)
    assert result.exit_code == 0, result.stderr
    rebuilt = json.loads(result.stdout)
    assert (rebuilt["collection"], rebuilt["documents"], rebuilt["rolled_back"]) == ("default", 3, False)
    assert json.loads(here("ingest", world / "docs", "--json", data_dir=data).stdout)["unchanged"] == 3


def test_the_doctor_finds_a_sound_installation_sound(here, world, second):
    result = here("doctor", "--json", data_dir=world / "data")
    assert result.exit_code == 0
    levels = {finding["check"]: finding["level"] for finding in json.loads(result.stdout)}
    sound = ["python", "packages", "disk", "clock", "access", "collection", "index", "permissions", "encoder", "reader"]
    # Another program may hold the port, or most of the memory.
    assert levels == {**dict.fromkeys(sound, "ok"), "port": levels["port"], "memory": levels["memory"]}


def test_to_the_doctor_a_collection_with_sizes_of_its_own_is_sound(here, world, second, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(world / "data", data)
    assert here("reindex", "--split-target", "30", "--split-maximum", "60", data_dir=data).exit_code == 0
    findings = json.loads(here("doctor", "--json", data_dir=data).stdout)
    assert [finding["level"] for finding in findings if finding["check"] == "collection"] == ["ok"], findings


def test_documents_are_removed_by_file_or_id_and_what_is_unknown_is_named(world, footnoted, here, second, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(world / "data", data)
    by_id = next(row["id"] for row in documents(here, data) if row["uri"].endswith("seal.txt"))
    removed = footnoted("remove", by_id, world / "docs" / "otter.txt", "--json", data_dir=data)
    assert json.loads(removed.stdout) == {"collection": "default", "removed": 2}
    unknown = footnoted("remove", "nothing", world / "docs" / "sub", data_dir=data)
    assert unknown.returncode == 1
    assert "nothing" in unknown.stderr
    assert documents(here, data) == []


@pytest.mark.parametrize(
    "arguments", [["ask", "Why?"], ["search", "Why?"], ["documents"], ["remove", "x"], ["reindex"]], ids=lambda a: a[0]
)
def test_an_unknown_collection_is_told(here, world, arguments):
    result = here(*arguments, "--collection", "nowhere", "--json", data_dir=world / "nowhere")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "not_found"


def test_settings_are_shown_with_their_origin(footnoted, tmp_path, reader_name):
    (tmp_path / "footnoted.toml").write_text("[chat]\ntitle = 'Archive'\n", encoding="utf-8")
    result = footnoted("config", "--json", data_dir=tmp_path / "data", cwd=tmp_path)
    shown = {row["name"]: (row["value"], row["origin"]) for row in json.loads(result.stdout)}
    assert shown["data_dir"] == (str(tmp_path / "data"), "command line")
    assert shown["answer.reader"] == (reader_name, "environment (FOOTNOTED_ANSWER__READER)")
    assert shown["chat.title"] == ("Archive", "file (footnoted.toml)")
    assert shown["server.port"] == (8000, "default")


def test_a_bad_setting_is_told_and_the_way_out_works(footnoted):
    bad = footnoted("documents", FOOTNOTED_SERVER__PROT="1")
    assert bad.returncode == 1
    assert "FOOTNOTED_SERVER__PROT" in bad.stderr
    assert "footnoted config --defaults" in bad.stderr
    way_out = footnoted("config", "--defaults", FOOTNOTED_SERVER__PROT="1")
    assert way_out.returncode == 0
    assert "server.port" in way_out.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert f"footnoted {command}" in result.stdout.replace("root ", "footnoted ")


def test_the_help_lists_every_command_and_the_version_is_printed(footnoted):
    result = footnoted("--help")
    assert result.returncode == 0
    assert all(command in result.stdout for command in (*COMMANDS, "eval"))
    assert footnoted("--version").stdout.startswith("footnoted 0.")


@pytest.mark.parametrize("arguments", [["ask"], ["nonsense"], ["ask", "Why?", "--top-k", "0"], ["ingest"]])
def test_a_command_that_is_not_understood_ends_with_code_2(arguments):
    assert CliRunner().invoke(app, arguments).exit_code == 2


def a_file(folder: Path) -> None:
    folder.write_text("not a folder", encoding="utf-8")


def noise_for_a_catalog(folder: Path) -> None:
    folder.mkdir()
    (folder / "catalog.db").write_bytes(random.Random(7).randbytes(5000))


def a_folder_for_a_catalog(folder: Path) -> None:
    (folder / "catalog.db").mkdir(parents=True)


@pytest.mark.parametrize("break_it", [a_file, noise_for_a_catalog, a_folder_for_a_catalog])
def test_a_data_folder_that_cannot_be_used_is_told_without_a_traceback(footnoted, tmp_path, break_it):
    data = tmp_path / "data"
    break_it(data)
    result = footnoted("documents", data_dir=data)
    assert result.returncode == 1
    assert result.stderr.startswith("Error: ")
    assert str(data) in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("break_it", [a_file, noise_for_a_catalog])
def test_the_doctor_finds_a_data_folder_that_cannot_be_used(here, tmp_path, break_it):
    data = tmp_path / "data"
    break_it(data)
    result = here("doctor", "--json", data_dir=data)
    assert result.exit_code == 1
    failed = [finding for finding in json.loads(result.stdout) if finding["level"] == "failed"]
    assert any(str(data) in finding["message"] for finding in failed)
    assert all(finding["hint"] for finding in failed)


def test_a_catalog_with_damaged_pages_is_told_without_a_traceback(here, tmp_path, world, second):
    data = tmp_path / "data"
    shutil.copytree(world / "data", data)
    with (data / "catalog.db").open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(8192)
        file.write(b"\xaa" * (size - 8192))
    for command in ("documents", "doctor"):
        result = here(command, "--json", data_dir=data)
        assert (result.exit_code, type(result.exception)) == (1, SystemExit)
        assert "malformed" in result.stdout


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_data_folder_that_may_not_be_written_is_told(footnoted, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    result = footnoted("documents", data_dir=tmp_path / "locked" / "data")
    assert result.returncode == 1
    assert "locked" in result.stderr
    assert "Traceback" not in result.stderr
