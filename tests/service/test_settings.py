"""Settings: which source wins, and that no mistake goes by in silence."""

import os
from pathlib import Path

import pytest

from core.errors import SettingsError
from service.settings import ENV_PREFIX, defaults, explain, load_settings


@pytest.fixture(autouse=True)
def clean(tmp_path, monkeypatch):
    """No variables of ours, and an empty folder to be in."""
    for name in [key for key in os.environ if key.upper().startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def write_config(text: str, path: Path = Path("footnoted.toml")) -> None:
    path.write_text(text, encoding="utf-8")


def origins(**overrides) -> dict[str, tuple[object, str]]:
    return {found.name: (found.value, found.origin) for found in explain(overrides)}


def test_without_any_source_the_defaults_hold():
    settings = load_settings()
    assert (settings.server.port, settings.data_dir, settings.answer.threshold) == (8000, Path("data"), None)


def test_the_file_wins_over_the_default():
    write_config("data_dir = 'elsewhere'\n[server]\nport = 8001\n")
    settings = load_settings()
    assert (settings.server.port, settings.data_dir) == (8001, Path("elsewhere"))


def test_the_environment_wins_over_the_file(monkeypatch):
    write_config("[server]\nport = 8001\nmax_upload_mb = 7\n")
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "8002")
    settings = load_settings()
    assert (settings.server.port, settings.server.max_upload_mb) == (8002, 7)


def test_the_command_line_wins_over_the_environment(monkeypatch):
    write_config("[server]\nport = 8001\n")
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "8002")
    monkeypatch.setenv("FOOTNOTED_SERVER__MAX_UPLOAD_MB", "9")
    settings = load_settings({"server": {"port": 8003}})
    assert (settings.server.port, settings.server.max_upload_mb) == (8003, 9)


def test_an_option_that_was_not_given_hides_nothing(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", "/srv/footnoted")
    write_config("[server]\nport = 8001\n")
    settings = load_settings({"data_dir": None, "server": {"host": None, "port": None}})
    assert (settings.server.port, settings.data_dir) == (8001, Path("/srv/footnoted"))


def test_variables_may_be_written_in_small_letters(monkeypatch):
    monkeypatch.setenv("footnoted_answer__max_sentences", "2")
    assert load_settings().answer.max_sentences == 2


def test_a_list_in_the_environment_is_json(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_CHAT__SUGGESTIONS", '["Why?", "Where?"]')
    assert load_settings().chat.suggestions == ["Why?", "Where?"]


def test_a_list_that_is_not_json_is_refused_by_its_name(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_SERVER__ALLOWED_ORIGINS", "https://example.org")
    with pytest.raises(SettingsError, match=r"FOOTNOTED_SERVER__ALLOWED_ORIGINS is not JSON.*example") as caught:
        load_settings()
    assert '["one", "two"]' in caught.value.hint


def test_a_variable_with_an_unknown_name_is_refused_by_its_name(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_SERVER__PROT", "8002")
    with pytest.raises(SettingsError, match="FOOTNOTED_SERVER__PROT"):
        load_settings()


def test_a_key_with_an_unknown_name_in_the_file_is_refused_by_its_name():
    write_config("colour = 'red'\n[server]\nprot = 8002\n")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "server.prot" in caught.value.message
    assert "colour" in caught.value.message


@pytest.mark.parametrize(
    ("variable", "value", "name"),
    [
        ("FOOTNOTED_SERVER__PORT", "eighty", "server.port"),
        ("FOOTNOTED_SERVER__PORT", "70000", "server.port"),
        ("FOOTNOTED_ANSWER__THRESHOLD", "1.5", "answer.threshold"),
        ("FOOTNOTED_ANSWER__READER", "oracle", "answer.reader"),
        ("FOOTNOTED_SEARCH__DENSE_WEIGHT", "-0.1", "search.dense_weight"),
        ("FOOTNOTED_SERVER", "5", "server"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_setting(monkeypatch, variable, value, name):
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=rf"\b{name}: .*\[environment \({variable}\)\]"):
        load_settings()


def test_a_bad_item_of_a_list_is_told_with_the_file_that_it_is_in(monkeypatch, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text('[web]\nallowed_private = ["wiki.intra", 5]\n')
    monkeypatch.setenv("FOOTNOTED_CONFIG", str(file))
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "web.allowed_private.1: " in caught.value.message
    assert f"[file ({file})]" in caught.value.message


def test_one_price_without_the_other_is_refused(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_MODEL__PRICE_IN", "0.15")
    with pytest.raises(SettingsError, match=r"price_in and price_out[^\[]*$"):  # of a group, no one place is to blame
        load_settings()


def test_an_unknown_setting_with_a_number_is_told_with_its_file(monkeypatch, tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text("[server]\nport2 = 8002\n")
    monkeypatch.setenv("FOOTNOTED_CONFIG", str(file))
    with pytest.raises(SettingsError, match=rf"server\.port2: .*\[file \({file}\)\]"):
        load_settings()


def test_all_faults_are_told_at_once(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "eighty")
    monkeypatch.setenv("FOOTNOTED_ANSWER__THRESHOLD", "2")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "server.port" in caught.value.message
    assert "answer.threshold" in caught.value.message


def test_footnoted_config_names_the_file(monkeypatch, tmp_path):
    other = tmp_path / "other.toml"
    write_config("[server]\nport = 8001\n")
    write_config("[server]\nport = 8005\n", other)
    monkeypatch.setenv("FOOTNOTED_CONFIG", str(other))
    assert load_settings().server.port == 8005
    assert origins()["server.port"] == (8005, f"file ({other})")


def test_a_named_file_that_is_missing_is_an_error_not_a_default(monkeypatch, tmp_path):
    monkeypatch.setenv("FOOTNOTED_CONFIG", str(tmp_path / "missing.toml"))
    with pytest.raises(SettingsError, match=r"FOOTNOTED_CONFIG.*missing\.toml"):
        load_settings()


@pytest.mark.parametrize("content", [b"[server\nport = 1", b"title = '\xff\xfe'"])
def test_a_file_that_is_not_toml_is_refused_by_its_name(content):
    Path("footnoted.toml").write_bytes(content)
    with pytest.raises(SettingsError, match=r"footnoted\.toml is not valid TOML"):
        load_settings()


def test_explain_tells_where_each_value_came_from(monkeypatch):
    write_config("[answer]\nmax_sentences = 2\n[chat]\ntitle = 'From the file'\n")
    monkeypatch.setenv("FOOTNOTED_CHAT__TITLE", "From the environment")
    monkeypatch.setenv("FOOTNOTED_SEARCH", '{"candidates": 70}')
    found = origins(server={"port": 9000})
    assert found["server.port"] == (9000, "command line")
    assert found["chat.title"] == ("From the environment", "environment (FOOTNOTED_CHAT__TITLE)")
    assert found["search.candidates"] == (70, "environment (FOOTNOTED_SEARCH)")
    assert found["answer.max_sentences"] == (2, "file (footnoted.toml)")
    assert found["search.dense_weight"] == (0.6, "default")


def test_every_setting_is_explained_with_a_description():
    assert all(found.description for found in explain())
    assert {"data_dir", "server.host", "encoder.model", "ingest.max_file_mb", "answer.reader"} <= origins().keys()


def test_the_defaults_can_be_listed_even_where_the_settings_do_not_hold(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_SERVER__PORT", "eighty")
    monkeypatch.setenv("FOOTNOTED_NONSENSE", "1")
    values = {found.name: found.value for found in defaults()}
    assert values["server.port"] == 8000
