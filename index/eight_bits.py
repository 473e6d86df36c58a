"""The matrix products of an OpenVINO model by 8-bit integers, which the vector units of processors without AMX do best.

Weights are rounded here, a scale for each row; what comes in is rounded by OpenVINO as it comes, a scale for each token
and ``GROUP_SIZE`` of its values ("dynamic quantization"). So no texts are needed to fit scales to, and a vector does
not depend on its batch.
"""

from typing import Any

import numpy as np

GROUP_SIZE = 128
"""Larger ones are a little quicker, smaller ones more exact: the decision on the encoder's precision has the table."""

_LARGEST = 127


def in_eight_bits(network: Any) -> None:
    """Round the constant weights of all products in the ``openvino.Model``. Raises ValueError if it has none."""
    from openvino import Type
    from openvino import opset13 as ops

    count = 0
    for product in network.get_ordered_ops():
        if product.get_type_name() != "MatMul" or product.get_output_element_type(0) != Type.f32:
            continue
        constant = product.input_value(1).get_node()
        if constant.get_type_name() != "Constant" or len(constant.get_output_shape(0)) != 2:
            continue
        weights = constant.get_data()
        rows = weights if product.get_attributes()["transpose_b"] else weights.T
        largest = np.abs(rows).max(axis=1, keepdims=True)
        scales = np.where(largest == 0, 1, largest) / np.float32(_LARGEST)
        rounded = ops.constant(np.rint(rows / scales).astype(np.int8), dtype=Type.i8)
        scaled = ops.multiply(ops.convert(rounded, "f32"), ops.constant(scales))
        transposed = bool(product.get_attributes()["transpose_a"])
        product.output(0).replace(ops.matmul(product.input_value(0), scaled, transposed, True).output(0))
        count += 1
    if not count:
        raise ValueError("It has no products with weights in float32 that could be rounded.")
    network.validate_nodes_and_infer_types()
