"""Rounded weights in a small real OpenVINO model."""

import numpy as np
import pytest

from index.eight_bits import in_eight_bits

openvino = pytest.importorskip("openvino", reason="it is installed on x86-64 only")
ops = pytest.importorskip("openvino.opset13")

INNER, OUTER = 8, 3


def products(weights, transposed):
    given = ops.parameter([-1, INNER], np.float32, name="given")
    return openvino.Model([ops.matmul(given, ops.constant(weights), False, transposed)], [given])


@pytest.mark.parametrize("transposed", [True, False])
def test_products_differ_by_the_rounding_of_the_weights_alone(transposed):
    rng = np.random.default_rng(0)
    weights = rng.standard_normal((OUTER, INNER)).astype(np.float32) * [[1], [1000], [0]]
    weights = weights.astype(np.float32)
    network = products(weights if transposed else np.ascontiguousarray(weights.T), transposed)
    in_eight_bits(network)
    assert "i8" in {op.get_output_element_type(0).get_type_name() for op in network.get_ordered_ops()}
    given = rng.standard_normal((5, INNER)).astype(np.float32)
    exact = {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": 0}
    found = openvino.Core().compile_model(network, "CPU", exact)(given)[0]
    most = np.abs(given).sum(axis=1, keepdims=True) * np.abs(weights).max(axis=1) / 127 / 2
    assert (np.abs(found - given @ weights.T) <= most * 1.001 + 1e-6).all()
    assert (found[:, 2] == 0).all()


def test_a_model_without_such_products_is_refused():
    given = ops.parameter([-1, INNER], np.float32, name="given")
    with pytest.raises(ValueError, match="could be rounded"):
        in_eight_bits(openvino.Model([ops.relu(given)], [given]))
