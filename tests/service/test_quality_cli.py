"""``footnoted quality`` in processes of its own, on a folder of documents with faults."""

import json
import sqlite3

import pytest
from quality_documents import faulty

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory, footnoted):
    """A folder with ``docs``, ingested into ``data``."""
    root = tmp_path_factory.mktemp("quality")
    (root / "docs").mkdir()
    for name, content in faulty().items():
        data = content.encode() if isinstance(content, str) else content
        (root / "docs" / name).write_bytes(data)
    done = footnoted("ingest", root / "docs", data_dir=root / "data")
    assert done.returncode == 1  # one of them is broken
    # Each document names one that was in before it, whatever the order was.
    assert "Nearly identical to" in done.stderr
    assert done.stderr.count("It has the same text as") == 1
    return root


@pytest.fixture
def quality(footnoted, folder):
    def run(*arguments):
        return footnoted("quality", *arguments, data_dir=folder / "data")

    return run


def test_the_report_is_the_same_in_words_and_in_json(quality):
    words = quality()
    assert words.returncode == 0, words.stderr
    told = json.loads(quality("--json").stdout)
    assert "5 documents" in words.stdout
    for finding in told["findings"]:
        assert f"{finding['code']}: {finding['total']}" in words.stdout
    assert {"language_not_covered", "pages_without_text"} <= {finding["code"] for finding in told["findings"]}
    for title in ("Equal texts: 1", "Nearly identical: 1", "Failed: 1", "broken.pdf"):
        assert title in words.stdout


def test_a_document_is_named_by_its_file_or_id(quality, folder):
    by_file = quality(folder / "docs" / "biber.txt")
    assert by_file.returncode == 0
    assert "language_not_covered" in by_file.stdout
    document = json.loads(quality(folder / "docs" / "rules.txt", "--json").stdout)
    assert [one["similarity"] == 1 for one in document["alike"]] == [True, False]
    words = quality(document["document_id"]).stdout
    assert "Nothing was found" in words
    assert "the same text" in words


def test_an_unknown_document_is_an_error(quality):
    done = quality("nowhere.txt", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "not_found"


def test_documents_of_an_earlier_version_are_told_until_they_are_ingested_anew(quality, footnoted, folder):
    before = json.loads(quality("--json").stdout)
    with sqlite3.connect(folder / "data" / "catalog.db") as database:
        keys = "SELECT key FROM documents WHERE uri LIKE '%pump.pdf'"
        database.execute(f"DELETE FROM document_quality WHERE document_key IN ({keys})")
    database.close()
    told = quality()
    assert "Not assessed: 1" in told.stdout
    assert "footnoted remove" in told.stdout

    def left():
        return json.loads(quality("--json").stdout)["not_assessed"]["documents"]

    # What only a parser can find is not known by splitting and embedding anew.
    assert footnoted("reindex", data_dir=folder / "data").returncode == 0
    [pump] = left()
    assert footnoted("remove", pump["document_id"], data_dir=folder / "data").returncode == 0
    footnoted("ingest", folder / "docs", data_dir=folder / "data")
    after = json.loads(quality("--json").stdout)
    assert (after["assessed"], after["not_assessed"]["total"]) == (5, 0)
    codes = {finding["code"] for finding in before["findings"]}
    assert "pages_without_text" in codes
    assert {finding["code"] for finding in after["findings"]} == codes
