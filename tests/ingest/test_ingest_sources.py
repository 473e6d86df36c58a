"""Which files a path stands for, and what a folder that was listed whole covers."""

import errno
import os
from pathlib import Path

import pytest

from core.errors import ReadError
from ingest.find import find
from ingest.sources import FileSource, Scope, file_source, find_sources


@pytest.fixture
def folder(tmp_path):
    for name in ("b.txt", "a.txt", "sub/z.md", "sub/deep/y.md", "Sub2/x.txt"):
        file = tmp_path / "docs" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path / "docs"


def names(folder: Path, *paths: Path) -> list[str]:
    return [str(found.path.relative_to(folder.resolve())) for found in find_sources(paths or [folder]).sources]


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
    listing = find_sources([folder / "no such file.txt", folder / "a.txt"])
    ((where, error),), (found,) = listing.failures, listing.sources
    assert where.endswith("no such file.txt")
    assert isinstance(error, ReadError)
    assert "does not exist" in error.message
    assert error.hint
    assert isinstance(found, FileSource)
    assert listing.scopes == []


def test_links_that_lead_nowhere_or_in_a_circle_are_reported(folder):
    (folder / "broken.txt").symlink_to(folder / "nowhere")
    (folder / "circle.txt").symlink_to(folder / "circle.txt")
    os.mkfifo(folder / "pipe")
    found = find_sources([folder])
    assert {Path(where).name for where, _ in found.failures} == {"broken.txt", "circle.txt", "pipe"}
    assert len(found.sources) == 5
    assert len(find_sources([folder / "circle.txt"]).failures) == 1


def test_an_empty_folder_gives_nothing(tmp_path):
    found = find_sources([tmp_path])
    assert (found.sources, found.failures) == ([], [])


def test_the_uri_is_absolute_and_escapes_what_a_uri_may_not_hold(tmp_path):
    file = tmp_path / "år rapport#1.txt"
    file.write_text("x")
    source = file_source(file)
    assert source.uri == tmp_path.resolve().as_uri() + "/%C3%A5r%20rapport%231.txt"
    assert source.name == "år rapport#1.txt"


def test_a_file_name_that_is_not_unicode_has_a_uri(tmp_path):
    file = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    file.write_text("x")
    (source,) = find_sources([tmp_path]).sources
    assert source.uri.endswith("/caf%E9.txt")


def covered(scope: Scope, base: Path, *names: str) -> list[str]:
    return [name for name in names if scope.covers((base.resolve() / name).as_uri(), None)]


def test_a_walked_folder_covers_what_is_below_it_and_nothing_else(folder):
    listing = find_sources([folder, folder / "a.txt"])
    (scope,) = listing.scopes  # a file that is named by itself says nothing of its neighbours
    names = ("docs/a.txt", "docs/sub/left.txt", "docs2/other.txt", "docs", "docs/.hidden.txt", "docs/.git/config.txt")
    assert covered(scope, folder.parent, *names) == ["docs/a.txt", "docs/sub/left.txt"]
    assert not scope.covers("https://example.org/docs/a.txt", None)
    assert set(listing.scope_of.values()) == {scope.name}


def test_a_link_that_was_found_in_a_folder_and_is_gone_takes_its_document_along(folder, unreadable):
    (scope,) = find_sources([folder]).scopes
    assert scope.covers("file:///elsewhere/linked.txt", scope.name)
    assert not scope.covers("file:///elsewhere/linked.txt", f"{scope.name}/sub")
    unreadable("sub")  # where the link may be
    (scope,) = find_sources([folder]).scopes
    assert not scope.covers("file:///elsewhere/linked.txt", scope.name)


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE])
def test_a_file_that_cannot_be_asked_is_told_and_keeps_its_document(folder, unreadable, number):
    unreadable("b.txt", number)
    for listing in (find_sources([folder]), find([f"{folder}/*.txt"], None)):
        assert [Path(where).name for where, _ in listing.failures] == ["b.txt"]
        assert listing.sources[0].name == "a.txt"
        assert covered(listing.scopes[0], folder, "a.txt", "b.txt") == ["a.txt"]
        assert not listing.scopes[0].covers(f"{folder.resolve().as_uri()}/b.txt!/member", None)
    assert len(find_sources([folder / "b.txt"]).failures) == 1


def test_a_file_that_went_is_gone(folder, unreadable):
    unreadable("b.txt", errno.ENOENT)
    assert covered(find_sources([folder]).scopes[0], folder, "b.txt") == ["b.txt"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everywhere")
def test_a_folder_that_cannot_be_read_says_nothing_of_what_was_in_it(folder):
    (folder / "sub").chmod(0)
    try:
        listing = find_sources([folder])
    finally:
        (folder / "sub").chmod(0o700)
    assert [Path(where).name for where, _ in listing.failures] == ["sub"]
    assert covered(listing.scopes[0], folder, "a.txt", "sub/z.md", "sub/deep/y.md") == ["a.txt"]


def test_a_folder_whose_reading_fails_halfway_says_nothing_of_what_was_in_it(folder, unreadable):
    unreadable("sub")
    listing = find_sources([folder])
    assert [Path(where).name for where, _ in listing.failures] == ["sub"]
    assert covered(listing.scopes[0], folder, "a.txt", "sub/z.md", "sub/deep/y.md") == ["a.txt"]
