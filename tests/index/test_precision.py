"""Which precision passages are embedded in, by what the processor has instructions for."""

import pytest

from index.precision import by_openvino, by_torch


@pytest.fixture
def processor(monkeypatch):
    def with_instructions(*names):
        monkeypatch.setattr("torch.cpu.get_capabilities", lambda: {"avx2": True, **dict.fromkeys(names, True)})

    return with_instructions


@pytest.mark.parametrize(
    ("instructions", "torch_precision", "openvino_precisions"),
    [
        ([], "float32", ("float32",)),
        (["avx512_f", "avx512_vnni"], "float32", ("int8", "float32")),
        (["avx512_f", "avx512_vnni", "avx512_bf16"], "bfloat16", ("int8", "bfloat16")),
        (["avx512_f", "avx512_vnni", "avx512_bf16", "amx_bf16", "amx_int8"], "bfloat16", ("bfloat16",)),
    ],
)
def test_the_quickest_that_the_processor_has_is_tried_first(
    processor, instructions, torch_precision, openvino_precisions
):
    processor(*instructions)
    assert by_torch("auto", "cpu") == torch_precision
    assert by_openvino("auto") == openvino_precisions


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_what_is_asked_for_is_done(processor, precision):
    processor("avx512_vnni")
    assert by_torch(precision, "cpu") == precision
    assert by_openvino(precision) == (precision,)


def test_pytorch_has_no_int8(processor):
    processor("avx512_bf16")
    assert by_openvino("int8") == ("int8",)
    assert by_torch("int8", "cpu") == "bfloat16"
