"""A setting that is mistyped is refused with the name that was meant."""

import os

import pytest

from core.errors import SettingsError
from service.settings import ENV_PREFIX, load_settings


@pytest.fixture(autouse=True)
def clean(tmp_path, monkeypatch):
    """No variables of ours, and an empty folder to be in."""
    for name in [key for key in os.environ if key.upper().startswith(ENV_PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[server]\nprot = 1\n", "server.port"),
        ("[anwser]\nthreshold = 0.5\n", "answer"),
        ("[answer]\ntreshold = 0.5\n", "answer.threshold"),
        ("threshold = 0.5\n", "answer.threshold"),
        ("[chat]\nmax_upload_mb = 5\n", "server.max_upload_mb"),
    ],
)
def test_in_the_file(tmp_path, text, meant):
    (tmp_path / "footnoted.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert f"Did you mean {meant} for" in caught.value.hint
    assert "footnoted config --defaults" in caught.value.hint


def test_in_the_environment(monkeypatch):
    monkeypatch.setenv("FOOTNOTED_SERVER__PROT", "1")
    monkeypatch.setenv("FOOTNOTED_ANSWER_THRESHOLD", "1")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "FOOTNOTED_SERVER__PORT for FOOTNOTED_SERVER__PROT" in caught.value.hint
    assert "FOOTNOTED_ANSWER__THRESHOLD for FOOTNOTED_ANSWER_THRESHOLD" in caught.value.hint


def test_where_nothing_is_near_nothing_is_guessed(tmp_path):
    (tmp_path / "footnoted.toml").write_text("[qqqqqqqq]\nzzz = 1\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "Did you mean" not in caught.value.hint
