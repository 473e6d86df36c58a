"""The area under the risk–coverage curve: are the surest answers the right ones?"""

from collections.abc import Sequence


def risk_coverage_area(confidences: Sequence[float], wrong: Sequence[bool]) -> float | None:
    """The mean over k of the share of wrong ones among the k surest answers; lower is better, None without answers.

    Source: AURC (Geifman et al. 2019). Equal confidences are taken together. Trap: it is over the answers that were
    given; what was refused at the threshold is not in it, so compare it only between runs that refuse about as much.
    ``footnoted eval calibrate`` draws the whole curve.
    """
    if not confidences:
        return None
    ordered = sorted(zip(confidences, wrong, strict=True), key=lambda pair: -pair[0])
    total, bad, seen = 0.0, 0, 0
    for i, (confidence, is_wrong) in enumerate(ordered, start=1):
        bad += is_wrong
        if i == len(ordered) or ordered[i][0] != confidence:
            total += (i - seen) * bad / i
            seen = i
    return total / len(ordered)
