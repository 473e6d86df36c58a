from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel

from training.reader_model import FROZEN_LAYERS, Average, ReaderModel, load_trained, save_weights

pytest.importorskip("onnx", reason="needs the extra of training")
pytest.importorskip("onnxscript", reason="needs the extra of training")


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("backbone")
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_attention_heads": 2, "vocab_size": 60}
    torch.manual_seed(3)
    BertModel(
        BertConfig(num_hidden_layers=FROZEN_LAYERS + 2, max_position_embeddings=200, **sizes), add_pooling_layer=False
    ).save_pretrained(folder)
    return folder


def trained(backbone: Path) -> ReaderModel:
    model = ReaderModel.from_encoder(backbone).eval()
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for value in model.parameters():
            if value.requires_grad:
                value.add_(torch.randn(value.shape, generator=generator) * 0.1)
    return model


def logits(model: ReaderModel) -> list[np.ndarray]:
    ids = torch.arange(5, 45).reshape(2, 20)
    with torch.no_grad():
        return [t.numpy() for t in model(ids, torch.ones_like(ids), torch.zeros_like(ids))]


def test_training_goes_on_from_an_exported_reader(backbone: Path, tmp_path: Path) -> None:
    from training.export_reader import export
    from training.start import start_from

    model = trained(backbone)
    export(model, tmp_path / "int8", fp32=tmp_path / "fp32")
    for name, close in (("fp32", 1e-5), ("int8", 0.05)):
        again = ReaderModel.from_encoder(backbone).eval()
        start_from(tmp_path / name / "reader.onnx", again)
        for given, expected in zip(logits(again), logits(model), strict=True):
            assert np.abs(given - expected).max() < close
    untrained = ReaderModel.from_encoder(backbone).eval()
    assert np.abs(logits(untrained)[0] - logits(model)[0]).max() > 0.5


def test_a_graph_of_another_network_is_refused(backbone: Path, tmp_path: Path) -> None:
    from training.export_reader import export
    from training.start import start_from

    export(trained(backbone), tmp_path)
    other = tmp_path / "other"
    config = BertConfig.from_pretrained(backbone)
    config.num_hidden_layers += 1
    BertModel(config, add_pooling_layer=False).save_pretrained(other)
    with pytest.raises(ValueError, match="lacks weights"):
        start_from(tmp_path / "reader.onnx", ReaderModel.from_encoder(other))


def test_the_averaged_weights_come_back_but_for_half_precision(
    backbone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.reader_model._PART", 20_000)
    model = trained(backbone)
    average = Average(model, 0.9)
    save_weights(tmp_path, average.weights)
    assert len(list(tmp_path.glob("weights-*.npz"))) > 1
    for given, expected in zip(logits(load_trained(tmp_path, backbone)), logits(model), strict=True):
        assert np.abs(given - expected).max() < 0.01
    (tmp_path / "weights-1.npz").unlink()
    with pytest.raises(ValueError, match="lacks weights"):
        load_trained(tmp_path, backbone)


def test_the_average_follows_the_weights(backbone: Path) -> None:
    model = trained(backbone)
    average = Average(model, 0.5)
    before = {name: value.clone() for name, value in average.weights.items()}
    with torch.no_grad():
        for value in model.parameters():
            value.add_(1.0)
    for _ in range(40):
        average.take(model)
    assert all(torch.allclose(average.weights[name], before[name] + 1, atol=1e-3) for name in before)
