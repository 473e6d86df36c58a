"""How wide batches of tokens are made for OpenVINO, which compiles its kernels anew for every shape, and keeps them.

Padded to one of a few widths, a text of any length finds them made. Else each new length takes a tenth of a second
and half a megabyte that is never given back (bench/shapes.py).
"""

_STEPS = ((32, 8), (192, 16))
_STEP = 32


def padded_width(tokens: int) -> int:
    """At least so many tokens: a multiple of 8 up to 32, of 16 up to 192, of 32 above."""
    step = next((step for most, step in _STEPS if tokens <= most), _STEP)
    return -(-tokens // step) * step
