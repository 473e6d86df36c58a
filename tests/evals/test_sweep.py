import json
import tomllib

import pytest
from typer.testing import CliRunner

from core.errors import InvalidRequest, SettingsError
from evals.run_folder import read_run
from evals.sweep import BASELINES, Variant, variants
from service.cli import app
from service.settings import Settings


def names(*vary, grid=False):
    return [variant.name for variant in variants(vary, grid=grid)]


def test_the_present_settings_and_the_baselines_are_always_there():
    assert names() == ["present settings", *BASELINES]


def test_one_at_a_time_or_all_together():
    asked = ("search.dense_weight=0.3,0.7", "answer.passages=4, 16")
    plain = 1 + len(BASELINES)
    assert names(*asked)[plain:] == [
        "search.dense_weight=0.3",
        "search.dense_weight=0.7",
        "answer.passages=4",
        "answer.passages=16",
    ]
    assert names(*asked, grid=True)[plain:] == [
        f"search.dense_weight={weight}, answer.passages={passages}" for weight in (0.3, 0.7) for passages in (4, 16)
    ]


def test_all_bad_settings_are_told():
    with pytest.raises(InvalidRequest) as caught:
        variants(["search.weight=1", "answer.passages", "data_dir=x"], grid=False)
    assert len(caught.value.message.splitlines()) == 3
    with pytest.raises(SettingsError, match="dense_weight"):
        variants(["search.dense_weight=7"], grid=False)


def test_what_is_to_be_pasted_gives_the_same_settings():
    variant = Variant("x", {"search.dense_weight": 0.3, "answer.reader": "overlap", "ingest.split_target": 60})
    pasted = Settings(**tomllib.loads(variant.as_toml()))
    assert pasted == Settings(**variant.overrides)
    assert (pasted.search.dense_weight, pasted.answer.reader, pasted.ingest.split_target) == (0.3, "overlap", 60)
    assert variant.index_values == {"ingest.split_target": 60}


@pytest.mark.slow
def test_the_sample_set_is_swept(tmp_path, monkeypatch):
    monkeypatch.setenv("FOOTNOTED_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("FOOTNOTED_ANSWER__READER", "overlap")
    words = ["sweep", "service/sample", "--vary", "ingest.split_target=40", "--by", "hit@1", "--json"]
    result = CliRunner().invoke(app, ["eval", *words, "--output", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert [row["name"] for row in told["rows"]][-1] == "ingest.split_target=40"
    assert told["rows"][0]["difference"] == 0
    first, last = (read_run(tmp_path / "out" / name) for name in ("00", "04"))
    assert last.manifest["system"]["settings"]["ingest"]["split_target"] == 40
    passages = [record.manifest["system"]["index"]["passages"] for record in (first, last)]
    assert passages[1] > passages[0]
