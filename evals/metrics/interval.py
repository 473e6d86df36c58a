"""How far a mean over few questions can be trusted."""

from math import sqrt

Z = 1.959963984540054  # 95 %


def interval(mean: float, n: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a mean of ``n`` values in [0, 1].

    Source: Wilson 1927. It is meant for shares; for means of values between 0 and 1 (F1, reciprocal rank) it is
    too wide rather than too narrow, since no such values vary more than zeros and ones do. Trap: it takes the
    questions as independent; many questions on one paragraph are less sure than it says.
    """
    if n == 0:
        return 0.0, 1.0
    centre = mean + Z * Z / (2 * n)
    spread = Z * sqrt(max(mean * (1 - mean), 0.0) / n + Z * Z / (4 * n * n))
    scale = 1 + Z * Z / n
    return max((centre - spread) / scale, 0.0), min((centre + spread) / scale, 1.0)
