"""``footnoted eval report`` on a folder that a run left."""

import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest, NotFound
from evals import cli
from evals.run_folder import RunWriter
from evals.sets.types import Question


@pytest.fixture
def folder(record, make_document, tmp_path):
    recorded = record([Question("1", "Where?", None)], [make_document("a.txt", "Rome.")], {})
    with RunWriter.begin(tmp_path / "run", recorded.manifest) as writer:
        for row in recorded.run.rows:
            writer.add(row)
        writer.finish({})
    return tmp_path / "run"


def report(*words):
    return CliRunner().invoke(cli.app, ["report", *map(str, words)])


def test_the_page_is_written_into_the_runs_folder_or_where_it_is_wanted(folder, tmp_path):
    result = report(folder)
    assert result.exit_code == 0, result.output
    assert "Where?" in (folder / "report.html").read_text(encoding="utf-8")
    assert str(folder / "report.html") in result.stderr
    assert report(folder, "--output", tmp_path / "other.html", "--baseline", folder).exit_code == 0
    assert "Compared with" in (tmp_path / "other.html").read_text(encoding="utf-8")


def test_what_cannot_be_done_is_told(folder, tmp_path):
    assert isinstance(report(tmp_path / "nothing").exception, NotFound)
    assert isinstance(report(folder, "--output", tmp_path).exception, InvalidRequest)


def test_the_runs_own_file_names_the_run_too(folder):
    assert report(folder / "run.json").exit_code == 0
    assert (folder / "report.html").is_file()
