"""`footnoted sites`: adding, showing, changing and removing the pages that show the chat."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app


@pytest.fixture
def command(tmp_path):
    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            app, ["sites", *arguments, "--data-dir", str(tmp_path / "data")], env={"COLUMNS": "200"}
        )

    return run


@pytest.fixture
def in_json(command):
    def run(*arguments: str) -> dict:
        result = command(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


@pytest.fixture
def site(in_json) -> dict:
    return in_json("add", "--name", "Docs", "--origin", "https://A.example/", "--title", "Ask", "--suggest", "Why?")


def test_a_site_is_added_and_its_script_tag_printed(command, in_json):
    result = command(
        "add", "--name", "Docs", "--origin", "https://a.example", "--origin", "https://*.example.org",
        "--server", "https://answers.example.org/",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    (site,) = in_json("list")["sites"]
    tag = f'<script src="https://answers.example.org/widget.js" data-site="{site["id"]}" defer></script>'
    assert tag in result.stdout
    assert site["origins"] == ["https://a.example", "https://*.example.org"]
    assert (site["name"], site["collection"]) == ("Docs", "default")
    shown = command("show", "Docs", "--server", "https://answers.example.org").stdout
    assert tag in shown
    assert "https://a.example, https://*.example.org" in shown


def test_everything_that_is_given_is_kept(in_json):
    site = in_json(
        "add", "--name", "Müller [b]", "--origin", "https://müller.example", "--collection", "handbook",
        "--title", "Fragen", "--greeting", "Guten Tag!", "--suggest", "Wie?", "--suggest", "Warum?",
        "--placeholder", "Frage …", "--language", "de", "--accent", "#0B57D0", "--position", "left", "--no-feedback",
    )  # fmt: skip
    assert site["look"] == {
        "title": "Fragen", "greeting": "Guten Tag!", "suggestions": ["Wie?", "Warum?"], "placeholder": "Frage …",
        "language": "de", "accent": "#0b57d0", "position": "left", "takes_feedback": False,
    }  # fmt: skip
    assert site["origins"] == ["https://xn--mller-kva.example"]
    shown = in_json("show", site["id"])
    assert shown == site
    assert shown["script_tag"] == (
        f'<script src="http://127.0.0.1:8000/widget.js" data-site="{site["id"]}" defer></script>'
    )


@pytest.mark.parametrize(("host", "named"), [("0.0.0.0", "127.0.0.1"), ("::", "[::1]"), ("::1", "[::1]")])
def test_the_script_tag_names_no_address_that_browsers_cannot_call(in_json, site, monkeypatch, host, named):
    monkeypatch.setenv("FOOTNOTED_SERVER__HOST", host)
    assert f'src="http://{named}:8000/widget.js"' in in_json("show", site["id"])["script_tag"]


def test_an_edit_changes_only_what_it_names(in_json, site):
    edited = in_json("edit", "docs", "--add-origin", "https://b.example", "--language", "fr")
    assert edited["origins"] == ["https://a.example", "https://b.example"]
    assert edited["look"] == {**site["look"], "language": "fr"}
    edited = in_json("edit", site["id"], "--remove-origin", "https://A.EXAMPLE:443", "--language", "", "--title", "")
    assert edited["origins"] == ["https://b.example"]
    assert edited["look"] == {**site["look"], "language": None, "title": ""}
    edited = in_json("edit", site["id"], "--origin", "https://c.example", "--suggest", "How?", "--name", "Other")
    assert (edited["origins"], edited["look"]["suggestions"]) == (["https://c.example"], ["How?"])
    assert (edited["id"], edited["name"]) == (site["id"], "Other")


def test_a_site_is_removed(command, in_json, site):
    assert in_json("remove", "Docs") == {"removed": site["id"]}
    assert in_json("list") == {"sites": []}
    assert "0 sites" in command("list").stdout


def test_a_site_without_origins_is_noted(command):
    result = command("add", "--name", "Docs")
    assert result.exit_code == 0
    assert "no page of another origin" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["add", "--name", "New", "--origin", "null"], "invalid_request"),
        (["add", "--name", "New", "--origin", "https://a.example/docs"], "invalid_request"),
        (["add", "--name", "New", "--server", "answers.example.org"], "invalid_request"),
        (["add", "--name", "New", "--accent", "blue"], "invalid_request"),
        (["add", "--name", "DOCS"], "conflict"),
        (["edit", "Docs", "--add-origin", "*"], "invalid_request"),
        (["edit", "Docs", "--collection", "a/b"], "invalid_request"),
        (["edit", "nothing", "--title", "x"], "not_found"),
        (["show", "nothing"], "not_found"),
        (["remove", "nothing"], "not_found"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_told_and_changes_nothing(command, in_json, site, arguments, code):
    before = in_json("list")
    result = command(*arguments, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == code
    told = command(*arguments)
    assert told.exit_code == 1
    assert told.stderr.startswith("Error: ")
    assert in_json("list") == before


def test_the_list_of_a_folder_that_is_not_there_makes_none(command, tmp_path):
    assert "0 sites" in command("list").stdout
    assert not Path(tmp_path / "data").exists()
