"""In which precision an encoder's sums for passages are done: the quickest that is exact enough on this processor.

Its vectors differ from those of float32 by a cosine of about 0.00001 in bfloat16, 0.001 in int8 (bench/encoders.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

_CPUINFO = Path("/proc/cpuinfo")
_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16")

Precision = Literal["auto", "float32", "bfloat16", "int8"]
TorchPrecision = Literal["float32", "bfloat16"]
OpenVinoPrecision = Literal["float32", "bfloat16", "int8"]


def by_torch(precision: Precision, device_type: str) -> TorchPrecision:
    """What ``auto`` stands for on the device (``cpu``, ``cuda``, …), and ``int8``, which PyTorch does without."""
    if precision == "auto" or precision == "int8":
        return "bfloat16" if has_bfloat16(device_type) else "float32"
    return precision


def has_bfloat16(device_type: str) -> bool:
    """Whether the device has instructions for it; without, it is slower in bfloat16 than in float32."""
    if device_type == "cuda":
        import torch

        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    return device_type == "cpu" and any(name in instructions() for name in _INSTRUCTIONS)


@cache
def instructions() -> frozenset[str]:
    """The processor's sets of instructions, by Linux's names for them, which are PyTorch's, too."""
    try:
        lines = _CPUINFO.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:  # another system; PyTorch knows there, but takes seconds to load
        import torch

        return frozenset(name for name, has in torch.cpu.get_capabilities().items() if has is True)
    of_first = next((line for line in lines if line.startswith(("flags", "Features"))), "")
    return frozenset(of_first.partition(":")[2].split())


def by_openvino(precision: Precision) -> tuple[OpenVinoPrecision, ...]:
    """What to try on this processor, the quickest first; what is asked for by name, alone."""
    if precision != "auto":
        return (precision,)
    # AMX does bfloat16 as quickly as the vector unit does int8.
    if "avx512_vnni" in instructions() and "amx_bf16" not in instructions():
        return "int8", by_torch(precision, "cpu")
    return (by_torch(precision, "cpu"),)


@contextmanager
def summed_in(precision: TorchPrecision, device_type: str) -> Iterator[None]:
    """What is run inside uses the precision for its matrix products."""
    import torch

    with torch.autocast(device_type, dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        yield
