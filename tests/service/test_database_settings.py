"""The settings of where state is kept: what is refused, whose password is taken, and that none is shown."""

import json
import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import SettingsError
from index.engines.choose import open_engine
from service.cli import app
from service.database_settings import without_password
from service.settings import ENV_PREFIX, explain, load_settings, settings_from_json

URL = "postgresql://ann@db.example:5432/answers"


@pytest.fixture(autouse=True)
def clean(tmp_path, monkeypatch):
    """No variables of ours, and an empty folder to be in."""
    for name in [key for key in os.environ if key.upper().startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def of(**groups):
    return load_settings(groups)


def test_without_a_database_all_state_is_in_the_folder():
    place = of(data_dir="here").place
    assert (place.folder, place.database_url, place.on_server) == (Path("here"), None, False)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_database_is_named_as_other_programs_name_it(scheme):
    assert of(database={"url": f"{scheme}://ann@db.example/answers"}).place.database_url == (
        "postgresql://ann@db.example/answers"
    )


def test_a_password_comes_from_a_file_and_is_written_as_a_url_has_to(tmp_path):
    (tmp_path / "password").write_text("pass:word/1@ \nnot this\n")
    settings = of(database={"url": URL, "password_file": tmp_path / "password"})
    assert settings.place.database_url == "postgresql://ann:pass%3Aword%2F1%40@db.example:5432/answers"
    again = settings_from_json(settings.model_dump_json())  # as worker processes get them
    assert again.place == settings.place


def test_a_password_file_that_is_not_there_or_empty_or_of_nobody_is_told(tmp_path):
    with pytest.raises(SettingsError, match="nowhere cannot be read"):
        _ = of(database={"url": URL, "password_file": tmp_path / "nowhere"}).place
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(SettingsError, match=r"first line of .*empty is empty"):
        _ = of(database={"url": URL, "password_file": tmp_path / "empty"}).place
    (tmp_path / "password").write_text("secret")
    with pytest.raises(SettingsError, match="names no user"):
        _ = of(database={"url": "postgresql://db/answers", "password_file": tmp_path / "password"}).place


@pytest.mark.parametrize(
    ("groups", "mentions"),
    [
        ({"database": {"url": "mysql://db/answers"}}, "database.url: .*postgresql://"),
        ({"database": {"url": "postgresql://db.example"}}, "database.url: .*postgresql://"),
        ({"database": {"url": "postgresql://ann:sesame/x@db/answers"}}, "database.url: .*password_file"),
        ({"database": {"url": URL}, "index": {"url": "redis://x"}}, "index.url: .*Milvus"),
        ({"index": {"url": "http://milvus:19530"}}, "index.url needs database.url"),
    ],
)
def test_what_cannot_be_is_told_by_the_name_of_its_setting_and_no_password_with_it(groups, mentions):
    with pytest.raises(SettingsError, match=mentions) as caught:
        load_settings(groups)
    assert "sesame" not in str(caught.value)


def test_milvus_goes_with_a_database():
    settings = of(database={"url": URL}, index={"url": "milvus+https://ann:pw@milvus.example:19530"})
    assert settings.index.address == "milvus+https://ann:pw@milvus.example:19530"


def test_no_list_of_settings_shows_a_password():
    shown = {
        one.name: str(one.value)
        for one in explain(
            {
                "database": {"url": "postgresql://ann:sesame@db/answers?sslmode=require"},
                "index": {"url": "http://ann:sesame@milvus:19530"},
                "limits": {"storage_url": "redis://:sesame@redis/0"},
            }
        )
    }
    assert "sesame" not in json.dumps(shown)
    assert shown["database.url"] == "postgresql://ann:***@db/answers?sslmode=require"
    assert shown["limits.storage_url"] == "redis://:***@redis/0"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql://ann@db/x", "postgresql://ann@db/x"),
        ("at postgresql://ann:p@db/x, and http://b:c%40d@e/", "at postgresql://ann:***@db/x, and http://b:***@e/"),
        (
            "postgresql://db/x?user=a&password=b&sslmode=require",
            "postgresql://db/x?user=a&password=***&sslmode=require",
        ),
        ("https://example.org:8443/a@b", "https://example.org:8443/a@b"),
    ],
)
def test_a_text_is_shown_without_the_passwords_of_its_urls(text, shown):
    assert without_password(text) == shown


def test_a_folder_of_its_own_has_no_database_whatever_is_set(tmp_path):
    settings = of(database={"url": URL}, index={"url": "http://milvus:19530", "exact_up_to": 7})
    own = settings.in_folder(tmp_path)
    assert (own.place.folder, own.place.database_url, own.index.url) == (tmp_path, None, None)
    assert own.index.exact_up_to == 7
    assert settings.place.on_server


def test_a_search_engine_for_all_replicas_needs_their_database(tmp_path):
    with pytest.raises(SettingsError, match=r"index\.url needs database\.url"):
        open_engine(tmp_path, "http://milvus:19530", None)


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_backup_of_a_database_is_its_own_servers_and_the_command_says_how(monkeypatch, tmp_path, command):
    monkeypatch.setenv("FOOTNOTED_DATABASE__URL", "postgresql://ann:sesame@db/answers")
    told = CliRunner().invoke(app, [command, str(tmp_path / "b.zip")])
    assert told.exit_code == 1
    assert "pg_dump" in told.output
    assert "sesame" not in told.output
    assert list(tmp_path.iterdir()) == []
