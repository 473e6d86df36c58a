"""Where to: what the command line may say, and what is written into the settings file."""

import tomllib

import pytest
from moving_samples import fill, open_at

from core.errors import InvalidRequest
from service.database_settings import DatabaseSettings, IndexSettings
from service.moving.places import named, place_name, target_of
from service.moving.settings_file import changed, lines_of, switch_file
from service.settings import Settings

POSTGRES = "postgresql://app@db.example.org:5432/answers"
MILVUS = "http://milvus.example.org:19530"


@pytest.fixture
def files(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def server(tmp_path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database={"url": POSTGRES})


def test_a_database_takes_the_catalog(files):
    target = target_of(files, POSTGRES)
    assert (target.settings.database.url, target.settings.index.url, target.is_other_database) == (POSTGRES, None, True)
    assert target.settings.data_dir == files.data_dir


def test_a_milvus_alone_leaves_the_catalog_where_it_is(server):
    target = target_of(server, None, MILVUS)
    assert (target.settings.database.url, target.settings.index.url, target.is_other_database) == (
        POSTGRES,
        MILVUS,
        False,
    )


def test_the_password_of_a_user_of_milvus_is_that_of_the_settings(server, tmp_path):
    (file := tmp_path / "password").write_text("hunter2\n")
    settings = server.model_copy(update={"index": IndexSettings(password_file=file)})
    target = target_of(settings, None, "http://root@milvus.example.org:19530").settings
    assert target.index.address == "http://root:hunter2@milvus.example.org:19530"
    for url in (MILVUS, "http://root:other@milvus.example.org:19530"):
        assert target_of(settings, None, url).settings.index.address == url


def test_the_same_database_without_a_milvus_takes_the_search_back(server):
    with_milvus = target_of(server, None, MILVUS).settings
    target = target_of(with_milvus, POSTGRES)
    assert (target.settings.index.url, target.is_other_database) == (None, False)


def test_a_folder_takes_all_of_it_back(server, tmp_path):
    target = target_of(server, str(tmp_path / "new"))
    assert (target.settings.data_dir, target.settings.database.url) == (tmp_path / "new", None)
    assert target.is_other_database


@pytest.mark.parametrize(
    ("to", "index", "message"),
    [
        (None, None, "not said where to"),
        ("mysql://db/x", None, "neither a PostgreSQL nor a folder"),
        ("postgresql://db.example.org", None, "cannot be moved there"),
        (None, MILVUS, "beside a PostgreSQL"),
        ("new", MILVUS, "beside a PostgreSQL"),
        (POSTGRES, "ftp://milvus", "cannot be moved there"),
    ],
)
def test_what_is_no_place_is_told(files, to, index, message):
    with pytest.raises(InvalidRequest, match=message):
        target_of(files, to, index)


@pytest.mark.parametrize(
    "spelt",
    ["postgres://footnoted@db/footnoted", "postgresql://footnoted@db:5432/footnoted?sslmode=require"],
)
def test_a_database_is_the_same_however_its_url_is_written(files, spelt):
    plain = target_of(files, "postgresql://footnoted@db/footnoted").settings
    assert place_name(target_of(files, spelt).settings) == place_name(plain)
    with pytest.raises(InvalidRequest, match="is the place where it is"):
        target_of(plain, spelt)


def test_the_present_place_is_no_target(files, server):
    for settings, to in ((files, str(files.data_dir)), (server, POSTGRES)):
        with pytest.raises(InvalidRequest, match="is the place where it is"):
            target_of(settings, to)


def test_no_password_is_in_a_name_or_an_error(files):
    secret = "postgresql://app:hunter2@db.example.org/answers"
    target = target_of(files, secret).settings
    for told in (named(target), place_name(target), "\n".join(lines_of(target))):
        assert "hunter2" not in told
    with pytest.raises(InvalidRequest) as caught:
        target_of(files, "mysql://app:hunter2@db/x")
    assert "hunter2" not in str(caught.value)


BEFORE = """\
# Ours.
data_dir = "/old"  # a folder

[server]
port = 9000

[index]
recall = 0.99 # high
url = "http://old:19530"
"""


def test_only_the_place_changes_in_a_settings_file(server):
    target = target_of(server.model_copy(update={"data_dir": server.data_dir / "copies"}), None, MILVUS).settings
    after = changed(BEFORE, target)
    assert after is not None
    assert "# Ours." in after and "recall = 0.99 # high" in after and "old" not in after.replace("fold", "")
    assert tomllib.loads(after) == {
        "data_dir": str(target.data_dir),
        "database": {"url": POSTGRES},
        "server": {"port": 9000},
        "index": {"recall": 0.99, "url": MILVUS},
    }
    back = target_of(target, str(server.data_dir)).settings
    assert tomllib.loads(changed(after, back) or "") == {
        "data_dir": str(server.data_dir),
        "server": {"port": 9000},
        "index": {"recall": 0.99},
    }


def test_a_settings_file_in_another_form_is_left_to_its_owner(server):
    target = target_of(server, None, MILVUS).settings
    for text in ('index = {recall = 0.99, url = "http://old:1"}\n', 'note = """\nurl = "x"\n[index]\n"""\n'):
        assert changed(text, target) is None


def test_the_settings_file_is_switched_where_nothing_else_says_the_place(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    target = target_of(server, None, MILVUS).settings
    old = server.model_copy(update={"database": DatabaseSettings(url="postgresql://old@db/x")})
    assert switch_file(old, target) is None  # there is none
    file = tmp_path / "footnoted.toml"
    file.write_text('[database]\nurl = "postgresql://old@db/x"\n')
    monkeypatch.setenv("FOOTNOTED_INDEX__URL", "http://other:19530")
    monkeypatch.setenv("FOOTNOTED_DATABASE__URL", "postgresql://old@db/x")
    assert switch_file(old, target) is None
    monkeypatch.delenv("FOOTNOTED_INDEX__URL")
    monkeypatch.delenv("FOOTNOTED_DATABASE__URL")
    assert switch_file(old, target) is not None
    assert Settings().database.url == POSTGRES
    assert Settings().index.url == MILVUS


@pytest.mark.parametrize("text", ['data_dir = "/srv/prod"\n', '[database]\nurl = "postgresql://old@db/x"\n'])
def test_the_settings_file_of_another_place_is_left_alone(files, tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    target = target_of(files, POSTGRES).settings  # of a folder that the command line named
    file = tmp_path / "footnoted.toml"
    file.write_text(text)
    assert switch_file(files, target) is None
    assert file.read_text() == text
    file.write_text(f'data_dir = "{files.data_dir}"\n')
    assert switch_file(files, target) is not None


@pytest.mark.slow
def test_the_command_moves_and_says_how_to_switch(footnoted, tmp_path):
    folder, new = tmp_path / "data", tmp_path / "new"
    with open_at(Settings(data_dir=folder)) as store:
        fill(store)
    ran = footnoted("migrate", "--to", new, "--sample", "5", data_dir=folder)
    assert ran.returncode == 0, ran.stderr
    assert "docs" in ran.stdout and "run this again with --switch" in ran.stdout
    switched = footnoted("migrate", "--to", new, "--switch", data_dir=folder)
    assert switched.returncode == 0, switched.stderr
    assert "Nothing is written to" in switched.stdout and f'data_dir = "{new}"' in switched.stdout
    refused = footnoted("collections", "rename", "docs", "papers", data_dir=folder)
    assert refused.returncode == 1
    assert "it was moved to" in refused.stderr
    assert footnoted("collections", "rename", "docs", "papers", data_dir=new).returncode == 0
    acts = footnoted("audit", "list", data_dir=new).stdout
    assert acts.count("migrate") >= 2
    assert footnoted("migrate", "--reopen", data_dir=folder).returncode == 0
    assert footnoted("collections", "rename", "docs", "papers", data_dir=folder).returncode == 0
