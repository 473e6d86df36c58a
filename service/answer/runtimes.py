"""What runs the reader's graph: onnxruntime in int8 anywhere, OpenVINO in bfloat16 where the processor has that.

The graph is ONNX's with int8 weights and activations quantised as they come (MatMulInteger). bfloat16 needs no such
rounding of activations, and was 1.8 times as fast on the processors that know it (end to end, bench/reading.py).
"""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Literal, Protocol

import numpy as np
import structlog
from numpy.typing import NDArray

from index import openvino_encoder
from index.precision import has_bfloat16
from index.token_widths import padded_width

Array = NDArray[np.float32]
Feed = Mapping[str, NDArray[Any]]
"""``words`` (n, tokens, dimension), ``mask`` and ``segments`` (n, tokens)."""
Logits = tuple[Array, Array]
"""Of a batch: ``span`` (n, tokens, 2) and ``relevance`` (n)."""
RuntimeName = Literal["auto", "onnxruntime", "openvino"]

_ONNX_BATCH = 4
_OPENVINO_BATCH = 8

log = structlog.get_logger("footnoted")


class Runtime(Protocol):
    """Safe from several threads."""

    name: str

    def batches(self, n: int) -> int:
        """In how many batches so many inputs are read quickest."""
        ...

    def width(self, tokens: int) -> int:
        """To how many tokens a batch is padded whose longest input has so many."""
        ...

    def run(self, feeds: Sequence[Feed]) -> list[Logits]:
        """A pair for each batch."""
        ...


def open_runtime(path: Path, name: RuntimeName = "auto") -> Runtime:
    """Loads the graph. ``auto`` is OpenVINO where that is quicker and can be had, else onnxruntime.

    Raises what they raise for files that are missing or damaged.
    """
    if name == "openvino":
        return OpenVinoRuntime(path)
    if name == "auto" and openvino_encoder.is_available() and has_bfloat16("cpu"):
        try:
            return OpenVinoRuntime(path)
        except Exception as error:  # noqa: BLE001  a border: whatever it is, onnxruntime still reads
            log.warning("openvino_not_used", reason=str(error).strip().split("\n")[0][:200])
    return OnnxRuntime(path)


class OnnxRuntime:
    """One batch after the other, each on all cores."""

    name = "onnxruntime"

    def __init__(self, path: Path) -> None:
        import onnxruntime

        onnxruntime.disable_telemetry_events()  # of builds that have any: nothing of ours is sent anywhere
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # Spinning threads would take the cores from the encoder, which has a pool of its own.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])

    def batches(self, n: int) -> int:
        return math.ceil(n / _ONNX_BATCH)

    def width(self, tokens: int) -> int:
        return tokens

    def run(self, feeds: Sequence[Feed]) -> list[Logits]:
        return [tuple(self._session.run(["span", "relevance"], dict(feed))) for feed in feeds]


class OpenVinoRuntime:
    """Batches at once, each on some of the cores."""

    name = "openvino"

    def __init__(self, path: Path) -> None:
        import openvino

        core = openvino.Core()
        model = core.read_model(path)
        _in_floating_point(model)
        hints = {"INFERENCE_PRECISION_HINT": "bf16", "PERFORMANCE_HINT": "THROUGHPUT"}
        self.compiled = core.compile_model(model, "CPU", hints)
        self._streams = int(self.compiled.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS"))
        self._idle: SimpleQueue[Any] = SimpleQueue()

    def batches(self, n: int) -> int:
        return min(n, self._streams * math.ceil(n / (self._streams * _OPENVINO_BATCH)))

    def width(self, tokens: int) -> int:
        return padded_width(tokens)

    def run(self, feeds: Sequence[Feed]) -> list[Logits]:
        requests = [self._request() for _ in feeds]
        for request, feed in zip(requests, feeds, strict=True):
            request.start_async(dict(feed), share_inputs=True)
        found = []
        for request in requests:
            request.wait()
            found.append((request.get_tensor("span").data.copy(), request.get_tensor("relevance").data.copy()))
            self._idle.put(request)
        return found

    def _request(self) -> Any:
        try:
            return self._idle.get_nowait()
        except Empty:
            return self.compiled.create_infer_request()


def _in_floating_point(model: Any) -> None:
    """Products of integers become products of floats: x · (W - zero point) · scale in place of what rounds x first."""
    from openvino import opset13 as ops

    for product in model.get_ordered_ops():
        if product.get_type_name() != "MatMul" or not product.get_output_element_type(0).is_integral():
            continue
        rescaled = _only_user(_only_user(product))  # of the conversion to float
        scales = _source(rescaled, "Multiply")
        weights, zero = (_constant(_source(product.input_value(1).get_node(), "Convert", at)) for at in (0, 1))
        scale = _constant(scales)
        x = _source(_source(_source(_source(scales, "Divide"), "Subtract"), "Maximum"), "ReduceMax").input_value(0)
        exact = (weights.astype(np.float32) - zero.astype(np.float32)) * scale
        rescaled.output(0).replace(ops.matmul(x, ops.constant(exact), False, False).output(0))
    model.validate_nodes_and_infer_types()


def _only_user(node: Any) -> Any:
    [user] = node.output(0).get_target_inputs()
    return user.get_node()


def _source(node: Any, kind: str, at: int = 0) -> Any:
    """The so-many-th of a node's inputs that is of the kind."""
    return [n for n in (value.get_node() for value in node.input_values()) if n.get_type_name() == kind][at]


def _constant(node: Any) -> NDArray[Any]:
    """Of what holds exactly one."""
    constant: NDArray[Any] = _source(node, "Constant").data
    return constant
