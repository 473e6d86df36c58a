"""Is a given answer wrong? The mean over the answered questions is the risk of an answer."""

RIGHT_F1 = 0.5


def answered_wrong(answerable: bool, evidence_cited: bool | None, f1: float | None) -> float:
    """1 if an answer was given to a question that has none, or if neither its place nor its words are right.

    Right in place: a citation is on the evidence. Right in words: token F1 with a reference answer is at least
    0.5. None stands for "the set does not say"; where it says neither, the answer passes. Source: selective risk
    (El-Yaniv and Wiener 2010), which is read together with the coverage ``answered_rate``. Trap: an answer that
    quotes the evidence and picks other words from it passes, since its reader sees the source.
    """
    if not answerable:
        return 1.0
    if evidence_cited is None and f1 is None:
        return 0.0
    return float(not evidence_cited and (f1 is None or f1 < RIGHT_F1))
