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
    for name, weights in (("one", [[1.0, -2.0]]), ("other", [[3.0, 4.0]])):
        save_weights(tmp_path / name, {"span.weight": torch.tensor(weights)})
    mean(monkeypatch, tmp_path / "one", tmp_path / "other", output=tmp_path / "mean")
    assert load_weights(tmp_path / "mean")["span.weight"].tolist() == [[2.0, 1.0]]


@pytest.mark.parametrize("other", [{"relevance": torch.ones(2)}, {"span": torch.ones(3)}, {}], ids=str)
def test_what_is_not_the_same_network_is_refused(
    other: dict[str, torch.Tensor], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_weights(tmp_path / "one", {"span": torch.ones(2)})
    save_weights(tmp_path / "other", other)
    with pytest.raises(SystemExit, match=r"other (does not hold the weights that .*one holds|holds no weights)"):
        mean(monkeypatch, tmp_path / "one", tmp_path / "other", output=tmp_path / "mean")
    assert not (tmp_path / "mean").exists()
