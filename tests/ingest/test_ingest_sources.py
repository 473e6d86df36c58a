"""Which files a path stands for, and which documents have gone."""

import os
from pathlib import Path

import pytest

from core.errors import ReadError
from ingest.sources import SourceFile, find_sources, source_file
from ingest.sync import gone


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a.txt", "sub/z.md", "sub/deep/y.md", "Sub2/x.txt"):
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path / "docs"


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(found.path.relative_to(folder.resolve())) for found in find_sources(paths or [folder])]


def test_folders_are_walked_in_order_files_first(folder):
    assert names(folder) == ["a.txt", "b.txt", "Sub2/x.txt", "sub/z.md", "sub/deep/y.md"]


def test_hidden_files_and_folders_are_left_out_unless_named(folder):
    (folder / ".git").mkdir()
    (folder / ".git" / "config.txt").write_text("x")
    (folder / ".hidden.txt").write_text("x")
    assert ".hidden.txt" not in names(folder)
    assert ".git/config.txt" not in names(folder)
    assert names(folder, folder / ".hidden.txt", folder / ".git") == [".hidden.txt", ".git/config.txt"]


def test_a_file_reached_twice_is_given_once(folder):
    (folder / "link.txt").symlink_to(folder / "a.txt")
    (folder / "sub" / "up").symlink_to(folder)
    assert names(folder, folder / "b.txt", folder, folder / "sub") == [
        "b.txt", "a.txt", "Sub2/x.txt", "sub/z.md", "sub/deep/y.md",
    ]  # fmt: skip


def test_a_missing_path_is_reported_and_the_others_are_found(folder):
    missing, found = find_sources([folder / "no such file.txt", folder / "a.txt"])
    where, error = missing
    assert where.endswith("no such file.txt")
    assert isinstance(error, ReadError)
    assert "does not exist" in error.message
    assert error.hint
    assert isinstance(found, SourceFile)


def test_links_that_lead_nowhere_or_in_a_circle_are_reported(folder):
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    os.mkfifo(folder / "pipe")
    found = list(find_sources([folder]))
    failed = {Path(item[0]).name for item in found if isinstance(item, tuple)}
    assert failed == {"broken.txt", "circle.txt", "pipe"}
    assert len([item for item in found if isinstance(item, SourceFile)]) == 5
    assert len(list(find_sources([folder / "circle.txt"]))) == 1


def test_an_empty_folder_gives_nothing(tmp_path):
    assert list(find_sources([tmp_path])) == []


def test_the_uri_is_absolute_and_escapes_what_a_uri_may_not_hold(tmp_path):
    file = tmp_path / "år rapport#1.txt"
    file.write_text("x")
    source = source_file(file)
    assert source.uri == tmp_path.resolve().as_uri() + "/%C3%A5r%20rapport%231.txt"
    assert source.name == "år rapport#1.txt"


def test_a_file_name_that_is_not_unicode_has_a_uri(tmp_path):
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    file.write_text("x")
    (source,) = find_sources([tmp_path])
    assert source.uri.endswith("/caf%E9.txt")


def test_documents_whose_files_left_a_walked_folder_are_gone(tmp_path):
    base = tmp_path.resolve().as_uri()
    known = [f"{base}/docs/{name}" for name in ("kept.txt", "left.txt", "sub/left.txt")]
    known += [f"{base}/docs2/other.txt", f"{base}/docs", "https://example.org/docs/page"]
    (tmp_path / "docs").mkdir()
    assert gone(known, [tmp_path / "docs"], {f"{base}/docs/kept.txt"}) == [
        f"{base}/docs/left.txt",
        f"{base}/docs/sub/left.txt",
    ]


def test_nothing_is_gone_where_no_folder_was_walked(tmp_path):
    assert gone([f"{tmp_path.as_uri()}/a.txt"], [], set()) == []
