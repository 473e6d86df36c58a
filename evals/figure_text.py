"""Figures and differences as people read them."""

from evals.bootstrap import Difference
from evals.figures.catalogue import LATENCY, METRICS
from evals.figures.types import Measured, Unit

_FEW_TIMES = 100


def number_text(name: str, value: float | None) -> str:
    """Shares in per cent, scores with three decimals, times with one."""
    return _text(name, value, "", "%")


def signed_text(name: str, value: float | None) -> str:
    """A difference; of shares in percentage points."""
    return _text(name, value, "+", "pp")


def _text(name: str, value: float | None, sign: str, share: str) -> str:
    if value is None:
        return "–"
    match METRICS[name].unit:
        case Unit.SHARE:
            return f"{100 * value:{sign}.1f} {share}"
        case Unit.SCORE:
            return f"{value:{sign}.3f}"
        case Unit.MILLISECONDS:
            return f"{value:{sign}.1f}"


def interval_text(name: str, measured: Measured) -> str:
    """The 95 % interval as people read it, empty where none is known."""
    if measured.interval is None:
        return ""
    low, high = measured.interval
    if METRICS[name].unit is Unit.SHARE:
        return f"{100 * low:.0f} – {100 * high:.0f} %"
    return f"{low:.2f} – {high:.2f}"


def signed_interval_text(d: Difference) -> str:
    """The interval of a difference, its unit said once; empty where none is known."""
    if d.interval is None:
        return ""
    low, high = (signed_text(d.metric, bound) for bound in d.interval)
    number, _, unit = low.partition(" ")
    return f"{number if unit else low} … {high}"


def verdict(d: Difference) -> str:
    """ "better" or "worse" where that is sure, else nothing; times of few questions say more of the machine."""
    if not d.is_sure or d.value is None or (d.metric in LATENCY and d.n < _FEW_TIMES):
        return ""
    return "better" if (d.value > 0) is not METRICS[d.metric].lower_is_better else "worse"


def styled_verdict(d: Difference) -> str:
    """The verdict in Rich's markup."""
    styles = {"better": "[green]better[/]", "worse": "[bold red]worse[/]"}
    return styles.get(verdict(d), "")
