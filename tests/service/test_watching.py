"""When a watch finds that a sync is due: with real folders, and no models."""

import queue
import shutil
import threading
from pathlib import Path

import pytest

from service.watching import Due, Watch

pytestmark = pytest.mark.slow

LIMIT_S = 60


class Running:
    """A watch in a thread of its own."""

    def __init__(self, specs: list[str], every_s: float, without: Path) -> None:
        self._found: queue.Queue[Due] = queue.Queue()
        self.stop = threading.Event()
        watch = Watch(specs, every_s, without, self.stop)
        self.thread = threading.Thread(target=lambda: [self._found.put(due) for due in watch.due()])
        self.thread.start()

    def next(self) -> Due:
        return self._found.get(timeout=LIMIT_S)

    def until(self, *specs: str) -> Due:
        """The next one with just these; earlier ones may come of the same change."""
        while (due := self.next()).specs != specs:
            pass
        return due


@pytest.fixture
def docs(tmp_path):
    (tmp_path / "docs" / "sub").mkdir(parents=True)
    (tmp_path / "docs" / "a.md").write_text("a")
    return tmp_path / "docs"


@pytest.fixture
def start(tmp_path):
    started = []

    def run(*specs: object, every_s: float = 3600) -> Running:
        started.append(Running([str(spec) for spec in specs], every_s, tmp_path / "docs" / "data"))
        return started[-1]

    yield run
    for running in started:
        running.stop.set()
        running.thread.join(LIMIT_S)
        assert not running.thread.is_alive()


def test_all_is_due_at_first_and_then_what_changed(docs, start):
    running = start(docs, "https://example.org/")
    assert running.next() == Due((str(docs), "https://example.org/"))
    for change in (
        lambda: (docs / "new.md").write_text("new"),
        lambda: (docs / "a.md").write_text("changed"),
        lambda: (docs / "a.md").rename(docs / "sub" / "a.md"),
        lambda: (docs / "new.md").unlink(),
        lambda: shutil.rmtree(docs / "sub"),
    ):
        change()
        assert running.next() == Due((str(docs),))


def test_hidden_files_and_the_data_folder_are_passed_over(docs, start):
    """The data folder changes with every sync: a watch of it would never rest."""
    (docs / "data").mkdir()
    running = start(docs)
    running.next()
    (docs / ".swap").write_text("x")
    (docs / "data" / "catalog.db").write_text("x")
    (docs / "seen.md").write_text("x")
    assert running.next() == Due((str(docs),))
    (docs / "data" / "catalog.db-wal").write_text("x")
    with pytest.raises(queue.Empty):
        running._found.get(timeout=2)


def test_a_pattern_is_due_for_what_matches_it_only(docs, start):
    pattern = f"{docs}/**/*.md"
    running = start(pattern)
    running.next()
    (docs / "noise.log").write_text("x")
    with pytest.raises(queue.Empty):
        running._found.get(timeout=2)
    (docs / "sub" / "b.md").write_text("b")
    assert running.until(pattern)
    (docs / "sub").rename(docs.parent / "elsewhere")  # only the folder's going is told
    assert running.until(pattern)


def test_a_change_in_one_place_brings_its_neighbours_since_files_move(docs, start, tmp_path):
    (tmp_path / "other").mkdir()
    running = start(docs, tmp_path / "other")
    running.next()
    (docs / "a.md").rename(tmp_path / "other" / "a.md")
    assert running.next() == Due((str(docs), str(tmp_path / "other")))


def test_a_folder_that_vanishes_is_told_and_read_when_it_is_back(docs, start):
    running = start(docs)
    running.next()
    docs.rename(docs.parent / "away")
    while not (due := running.next()).vanished:
        pass
    assert due == Due((), (docs,))
    (docs.parent / "away").rename(docs)
    assert running.next() == Due((str(docs),))
    (docs / "later.md").write_text("x")  # the watch is on the folder that is there now
    assert running.next() == Due((str(docs),))


def test_a_folder_that_is_made_anew_at_once_is_still_followed(docs, start):
    running = start(docs)
    running.next()
    shutil.rmtree(docs)
    docs.mkdir()
    running.until(str(docs))
    while True:  # whatever is left of that
        try:
            running._found.get(timeout=3)
        except queue.Empty:
            break
    (docs / "b.md").write_text("b")
    assert running.next() == Due((str(docs),))


def test_a_file_that_an_editor_puts_in_the_place_of_another_is_seen(docs, start):
    running = start(docs / "a.md")
    running.next()
    for words in ("once", "twice"):
        (docs / "draft").write_text(words)
        (docs / "draft").replace(docs / "a.md")
        assert running.next() == Due((str(docs / "a.md"),))


def test_a_list_is_due_when_it_changes_and_by_time_with_the_web(docs, start):
    (docs / "list.txt").write_text("a.md\n")
    listed = f"@{docs}/list.txt"
    running = start(listed)
    running.next()
    (docs / "list.txt").write_text("a.md\nb.md\n")
    assert running.next() == Due((listed,))
    running = start(listed, "https://example.org/", docs, every_s=1)
    running.next()
    assert running.next() == Due((listed, "https://example.org/"))
    assert running.next() == Due((listed, "https://example.org/"))
