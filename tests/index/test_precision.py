"""Which precision passages are embedded in, by what the processor has instructions for."""

import pytest
import torch

from index import precision
from index.precision import by_openvino, by_torch, has_bfloat16, instructions


@pytest.fixture(autouse=True)
def _looked_up_anew():
    instructions.cache_clear()
    yield
    instructions.cache_clear()


@pytest.fixture
def processor(monkeypatch, tmp_path):
    def with_instructions(*names):
        told = tmp_path / "cpuinfo"
        told.write_text(f"processor\t: 0\nflags\t\t: avx2 {' '.join(names)}\n\nprocessor\t: 1\nflags\t\t: avx2\n")
        monkeypatch.setattr(precision, "_CPUINFO", told)

    return with_instructions


def test_this_processor_is_told_as_pytorch_tells_it(monkeypatch, tmp_path):
    told = [name for name, has in torch.cpu.get_capabilities().items() if has is True]
    names = {"avx512_bf16", "avx512_vnni", "amx_bf16", "bf16"}
    assert instructions() & names == names.intersection(told)
    instructions.cache_clear()
    monkeypatch.setattr(precision, "_CPUINFO", tmp_path / "none")  # as on other systems
    assert instructions() & names == names.intersection(told)


def test_an_arm_processor_with_bfloat16_is_known(monkeypatch, tmp_path):
    told = tmp_path / "cpuinfo"
    told.write_text("processor\t: 0\nFeatures\t: fp asimd i8mm bf16\n")
    monkeypatch.setattr(precision, "_CPUINFO", told)
    assert has_bfloat16("cpu")


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
