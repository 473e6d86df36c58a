"""Run folders that were damaged or made by others: a clear error, never a trace; and nothing is written twice."""

import json
import os

import pytest

from core.errors import Conflict, FootnotedError, InvalidRequest
from core.plain_text import printable
from evals.reply_json import object_in
from evals.rows import Row
from evals.run_folder import ROWS, RUN, SUMMARY, RunWriter, read_run
from evals.sets.types import Question
from evals.write_file import write_atomically

MANIFEST = {"set": {"name": "trips", "ids": ["1", "2"]}, "options": {"top_k": 10}, "system": {}}


@pytest.fixture
def folder(tmp_path, make_document, make_answer):
    source = make_document("a.txt", "It was held in Rome.")
    answer = make_answer(source, hits=[(0, 20)], citations=[(0, 20)])
    row = Row(Question("1", "Where?", None), answer, None, 1.0, (), (), ((),), ((),), (True,), (True,))
    with RunWriter.begin(tmp_path / "run", MANIFEST) as writer:
        writer.add(row)
        writer.finish({"ingest": {"failed": []}})
    return tmp_path / "run"


def test_the_run_itself_is_read(folder):
    assert len(read_run(folder).run.rows) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"set": None},
        {"set": {"ids": []}},
        {"options": {"top_k": "x"}},
        {"options": {"top_k": 0}},
        {"options": {}},
        {"system": 1},
        {"code": 1},
        {"format_version": None},
        {"format_version": [2]},
    ],
)
def test_a_manifest_of_other_shapes_is_told(folder, change):
    manifest = json.loads((folder / RUN).read_text())
    (folder / RUN).write_text(json.dumps({**manifest, **change}))
    with pytest.raises(InvalidRequest, match=r"damaged|format"):
        read_run(folder)


@pytest.mark.parametrize("file", [RUN, SUMMARY])
@pytest.mark.parametrize("content", ["[" * 100_000, "[]", "\x00", '{"ingest": {"failed": null}}', "9" * 5000])
def test_a_file_of_nonsense_is_told(folder, file, content):
    (folder / file).write_text(content)
    with pytest.raises(InvalidRequest):
        read_run(folder)


@pytest.mark.parametrize("field", ["hit_pieces", "citation_pieces", "citations_exact", "sentences_supported"])
def test_judgements_that_do_not_fit_what_they_judge_are_told(folder, field):
    row = json.loads((folder / ROWS).read_text())
    (folder / ROWS).write_text(json.dumps({**row, field: []}) + "\n")
    with pytest.raises(InvalidRequest, match="do not fit"):
        read_run(folder)


def test_a_question_that_is_there_twice_is_told(folder):
    line = (folder / ROWS).read_text()
    (folder / ROWS).write_text(line * 2)
    with pytest.raises(InvalidRequest, match="twice"):
        read_run(folder)


def test_two_runs_cannot_write_into_one_folder(folder):
    with RunWriter.resume(folder, MANIFEST), pytest.raises(Conflict, match="Another run"):
        RunWriter.resume(folder, MANIFEST)
    with RunWriter.resume(folder, MANIFEST) as writer:
        assert len(writer.known) == 1


def test_a_full_disk_is_told_with_the_way_on(folder, monkeypatch):
    with RunWriter.resume(folder, MANIFEST) as writer:
        writer._file.close()
        writer._file = open("/dev/full", "w")  # noqa: PTH123, SIM115
        with pytest.raises(FootnotedError, match="No space") as caught:
            writer.add(writer.known[0])
    assert "--resume" in caught.value.hint


def test_a_device_is_written_and_stays_one(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_atomically(pipe, "words")
    assert os.read(reading, 100) == b"words"
    os.close(reading)
    assert pipe.is_fifo()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "file")
    write_atomically(link, "words")
    assert link.is_symlink() and (tmp_path / "file").read_text() == "words"


def test_a_reply_of_brackets_ends():
    assert object_in("{" * 400_000, "correct") is None
    assert object_in('{"correct": ' + "9" * 5000 + '} {"correct": "no"}', "correct") == {"correct": "no"}


def test_nothing_that_a_terminal_obeys_is_printed():
    assert printable("\x1b]0;owned\x07\x1b[31mred\x9b1m\ud800\tä\n") == "]0;owned[31mred1m?\tä\n"
