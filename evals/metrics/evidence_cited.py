"""Does the answer point at its evidence?"""

from collections.abc import Sequence


def evidence_cited(on_evidence: Sequence[bool]) -> float:
    """1 if one of the answer's citations is on the evidence, else 0; an abstention cites nothing and scores 0.

    ``on_evidence`` has one value a citation, in the order of their markers; evals/evidence.py says what "on" is.
    Trap: an answer that cites everything scores 1, so read it with ``evidence_cited_first``.
    """
    return float(any(on_evidence))


def evidence_cited_first(on_evidence: Sequence[bool]) -> float:
    """1 if the answer's first citation is on the evidence, else 0: where a reader who checks once will look."""
    return float(bool(on_evidence) and on_evidence[0])
