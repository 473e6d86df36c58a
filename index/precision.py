"""In which precision an encoder's sums are done: bfloat16 where the processor has instructions for it.

Its vectors differ from those of float32 by a cosine of about 0.00001 (bench/encoders.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

_INSTRUCTIONS = ("amx_bf16", "avx512_bf16", "bf16")

Precision = Literal["auto", "float32", "bfloat16"]


def chosen(precision: Precision, device_type: str) -> Literal["float32", "bfloat16"]:
    """What ``auto`` stands for on the device (``cpu``, ``cuda``, …)."""
    if precision != "auto":
        return precision
    import torch

    if device_type == "cuda":
        return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float32"
    if device_type == "cpu":
        # Without instructions of its own, a processor is slower in bfloat16 than in float32.
        capabilities = torch.cpu.get_capabilities()
        return "bfloat16" if any(capabilities.get(name) for name in _INSTRUCTIONS) else "float32"
    return "float32"


@contextmanager
def summed_in(precision: Literal["float32", "bfloat16"], device_type: str) -> Iterator[None]:
    """What is run inside uses the precision for its matrix products."""
    import torch

    with torch.autocast(device_type, dtype=torch.bfloat16, enabled=precision == "bfloat16"):
        yield
