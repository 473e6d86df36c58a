"""Cohen's kappa: do two judges agree more than chance would have it?"""

from collections.abc import Sequence


def cohen_kappa(ours: Sequence[bool], theirs: Sequence[bool]) -> float | None:
    """(agreement - chance agreement) / (1 - chance agreement), with chance from how often each judge says yes.

    Source: Cohen 1960, computed by sklearn.metrics.cohen_kappa_score. None without data, and where both judges say
    the same of everything: then nothing tells agreement from habit. Trap: it falls when one answer is rare, however
    well the judges agree; read it with the raw agreement and the number of questions.
    """
    if len({*ours, *theirs}) < 2:
        return None
    from sklearn.metrics import cohen_kappa_score

    return float(cohen_kappa_score(list(ours), list(theirs)))
