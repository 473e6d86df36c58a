import sys
from pathlib import Path

import pytest
import torch

from training.mean_of_readers import main
from training.reader_model import load_weights, save_weights


def mean(monkeypatch: pytest.MonkeyPatch, *folders: Path, output: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["mean_of_readers", *map(str, folders), "--output", str(output)])
    main()


def test_every_weight_is_the_mean_and_comes_back_from_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"span.weight": torch.tensor([[1.0, -2.0]]), "large": torch.full((3, 3_000_000), 0.5)}
    other = {"span.weight": torch.tensor([[3.0, 4.0]]), "large": torch.full((3, 3_000_000), 1.5)}
    for name, weights in (("one", one), ("other", other)):
        save_weights(tmp_path / name, weights)
    mean(monkeypatch, tmp_path / "one", tmp_path / "other", output=tmp_path / "mean")
    found = load_weights(tmp_path / "mean")
    assert found["span.weight"].tolist() == [[2.0, 1.0]]
    assert found["large"].shape == (3, 3_000_000)
    assert found["large"].unique().tolist() == [1.0]


def test_readers_of_other_shapes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_weights(tmp_path / "one", {"span": torch.ones(2)})
    save_weights(tmp_path / "other", {"relevance": torch.ones(2)})
    with pytest.raises(SystemExit, match=r"other does not hold the weights that .*one holds"):
        mean(monkeypatch, tmp_path / "one", tmp_path / "other", output=tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
