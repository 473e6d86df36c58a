"""What runs the reader's graph: the same answers from each, also for several at once, and what is told of bad files."""

import importlib.util
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.errors import EncoderUnavailable
from service.answer.network import MODEL_FOLDER, Network
from service.answer.runtimes import OpenVinoRuntime, open_runtime

QUESTION = "When was the observatory opened?"
PASSAGES = [("A town", f"The observatory was opened in {year}. Cats sleep a lot.") for year in range(1890, 1901)]
needs_openvino = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO comes for x86-64 processors only"
)


def test_onnxruntime_alone_reads_too():
    [one, other] = Network(MODEL_FOLDER, "onnxruntime").read(QUESTION, [PASSAGES[0], ("", "Cats sleep a lot.")])
    relevant = one if one.passage == 0 else other
    assert relevant.relevance > 0 > (other if relevant is one else one).relevance


@needs_openvino
def test_openvino_reads_what_onnxruntime_reads():
    """The latter rounds what goes into each product to eight bits, so not to the last digit."""
    plain, fast = (Network(MODEL_FOLDER, name).read(QUESTION, PASSAGES) for name in ("onnxruntime", "openvino"))
    assert {w.passage for w in fast} == {w.passage for w in plain} == set(range(len(PASSAGES)))
    by_passage = {w.passage: w for w in plain}
    for window in fast:
        other = by_passage[window.passage]
        assert window.offsets == other.offsets
        assert abs(window.relevance - other.relevance) < 1
        assert np.corrcoef(window.span.ravel(), other.span.ravel())[0, 1] > 0.97
        assert window.span[:, 0].argmax() == other.span[:, 0].argmax()


@needs_openvino
def test_no_product_of_the_graph_is_left_in_integers():
    runtime = OpenVinoRuntime(MODEL_FOLDER / "reader.onnx")
    kinds = [node.get_type_name() for node in runtime.compiled.get_runtime_model().get_ordered_ops()]
    assert "ReduceMax" not in kinds  # what finds the scale of activations


@needs_openvino
def test_questions_at_once_get_what_each_gets_alone():
    network = Network(MODEL_FOLDER, "openvino")
    asked = [(f"When was the observatory opened, {i}?", PASSAGES[i : i + 3]) for i in range(8)]

    def relevances(one):
        return [(w.passage, round(w.relevance, 3)) for w in network.read(*one)]

    alone = [relevances(one) for one in asked]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(relevances, asked)) == alone


@pytest.mark.parametrize("content", [b"", b"not a graph at all"])
def test_a_damaged_graph_is_told_by_name(tmp_path, content):
    (tmp_path / "reader.onnx").write_bytes(content)
    with pytest.raises(EncoderUnavailable, match=r"reader\.onnx"):
        Network(tmp_path).read(QUESTION, PASSAGES)


def test_a_graph_that_openvino_does_not_take_is_read_by_onnxruntime(monkeypatch):
    def refuse(path):
        raise RuntimeError("no such processor")

    monkeypatch.setattr("service.answer.runtimes.OpenVinoRuntime", refuse)
    assert open_runtime(MODEL_FOLDER / "reader.onnx").name == "onnxruntime"
