"""The weights of an exported reader, back in a model that can be trained.

The shipped graph holds int8 weights with a scale a column; products of the two are the weights again, but for the
rounding. Layers that training leaves as they were are taken from the sentence encoder, which has them exactly.
Needs the package onnx.
"""

import re
from pathlib import Path

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from training.reader_model import FROZEN_LAYERS, ReaderModel

Array = NDArray[np.float32]

# "/layers.3/attention/self/query/MatMul_quant", "/relevance/pool/Gemm_MatMul_quant"
_NODE = re.compile(r"/(.+)/(?:Gemm_)?(?:MatMul|Gemm)(?:_quant)?")
_NEVER_TRAINED = ("embeddings.", *(f"layers.{i}." for i in range(FROZEN_LAYERS)))


def start_from(graph: Path, model: ReaderModel) -> None:
    """Put the graph's weights into the model. Raises ValueError where one is missing or of another shape."""
    weights = graph_weights(graph)
    state = model.state_dict()
    wanted = {name for name, value in model.named_parameters() if value.requires_grad}
    if missing := wanted - weights.keys():
        raise ValueError(f"{graph} lacks weights of the reader: {sorted(missing)[:3]}")
    for name in wanted:
        if state[name].shape != weights[name].shape:
            raise ValueError(f"{name}: {tuple(weights[name].shape)} in {graph}, not {tuple(state[name].shape)}")
        state[name] = torch.from_numpy(weights[name].copy())
    model.load_state_dict(state)


def graph_weights(path: Path) -> dict[str, Array]:
    """The trained weights and biases, by their names in ReaderModel, in fp32."""
    graph = onnx.load(path).graph
    stored = {i.name: i for i in graph.initializer}
    users: dict[str, list[onnx.NodeProto]] = {}
    makers = {output: node for node in graph.node for output in node.output}
    for node in graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
    found = {}
    for name, value in stored.items():
        if name.endswith((".bias", "LayerNorm.weight")):
            found[name] = numpy_helper.to_array(value)
    for node in graph.node:
        match = _NODE.fullmatch(node.name)
        if match is None or len(node.input) < 2 or node.input[1] not in stored:
            continue
        weight = numpy_helper.to_array(stored[node.input[1]])
        if node.op_type == "MatMulInteger":
            zero = numpy_helper.to_array(stored[node.input[3]])
            weight = (weight.astype(np.float32) - zero.astype(np.float32)) * _scale(node, users, makers, stored)
        found[f"{match[1].replace('/', '.')}.weight"] = weight if _rows_are_outputs(node) else weight.T
    return {_in_model(name): value for name, value in found.items() if not name.startswith(_NEVER_TRAINED)}


def _scale(
    node: onnx.NodeProto,
    users: dict[str, list[onnx.NodeProto]],
    makers: dict[str, onnx.NodeProto],
    stored: dict[str, onnx.TensorProto],
) -> Array:
    """An integer product is cast and multiplied by (the input's scale times the weight's)."""
    (cast,) = users[node.output[0]]
    (product,) = users[cast.output[0]]
    (scales,) = (makers[name] for name in product.input if name != cast.output[0])
    (name,) = (name for name in scales.input if name in stored)
    scale: Array = numpy_helper.to_array(stored[name])
    return scale


def _rows_are_outputs(node: onnx.NodeProto) -> bool:
    return node.op_type == "Gemm" and any(a.name == "transB" and a.i for a in node.attribute)


def _in_model(name: str) -> str:
    return f"encoder.encoder.layer.{name.removeprefix('layers.')}" if name.startswith("layers.") else name
