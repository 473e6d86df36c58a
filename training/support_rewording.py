"""True sentences in other words: what a writer does to a source without changing what it says.

Simple rules over text, so that each result is entailed by its source: a clause dropped or moved, figures and dates
written otherwise, a word for its like, two sentences made one.
"""

import random
import re
from collections.abc import Callable

_SAME = [
    (r"\bHowever, (\w)", lambda m: m[1].upper()),
    (r"\balso ", ""),
    (r"\bbegan\b", "started"),
    (r"\bapproximately\b", "about"),
    (r"\bnumerous\b", "many"),
    (r"\bmany\b", "numerous"),
    (r"\bbecause\b", "since"),
    (r"\bsuch as\b", "including"),
    (r"\butili[sz]ed\b", "used"),
    (r"\bwhile\b", "whereas"),
    (r"\bpurchased\b", "bought"),
    (r"\bformer\b", "previous"),
    (r"\bfilm\b", "movie"),
    (r"\bassist\b", "help"),
    (r"\bprimarily\b", "mainly"),
    (r"\bfrequently\b", "often"),
    (r"\bobtained\b", "got"),
    (r"\bknown as\b", "called"),
    (r"\bcommenced\b", "began"),
    (r"\bnearby\b", "neighbouring"),
]
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


def moved(text: str, _: random.Random) -> str:
    """ "In 1066, they crossed." as "They crossed in 1066." """
    match = re.fullmatch(r"((?:In|On|At|During|By|After|Before) [^,]{3,40}), ([^,].{20,})\.", text)
    return f"{match[2][0].upper()}{match[2][1:]} {match[1][0].lower()}{match[1][1:]}." if match else text


def without_brackets(text: str, _: random.Random) -> str:
    return re.sub(r" \([^()]{2,80}\)", "", text, count=1)


def without_relative_clause(text: str, _: random.Random) -> str:
    return re.sub(r", (?:which|who|where) [^,;:]{8,90},(?= [a-z])", "", text, count=1)


def without_end(text: str, _: random.Random) -> str:
    """Of two main clauses, the first."""
    match = re.match(r"(.{40,}?[a-z0-9]), (?:and|but|while|which|although) (?!.{0,40} or ).{20,}\.$", text)
    return f"{match[1]}." if match and match[1].count(",") == 0 and " not " not in match[1] else text


def reformatted(text: str, _: random.Random) -> str:
    """Figures and dates in another form."""
    changed = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    changed = re.sub(r"(?<=\d)%", " percent", changed) if "%" in changed else re.sub(r"(?<=\d) percent", "%", changed)
    changed = re.sub(rf"\b({_MONTHS}) (\d{{1,2}}), (\d{{4}})\b", r"\2 \1 \3", changed)
    if changed == text:
        changed = re.sub(rf"\b(\d{{1,2}}) ({_MONTHS}) (\d{{4}})\b", r"\2 \1, \3", text)
    return changed


def synonym(text: str, rng: random.Random) -> str:
    for pattern, same in rng.sample(_SAME, len(_SAME)):
        changed = re.sub(pattern, same, text, count=1)
        if changed != text:
            return changed
    return text


def contracted(text: str, _: random.Random) -> str:
    return re.sub(r"\b(is|was|were|are|did|does|do|has|had|could|would) not\b", r"\1n't", text, count=1)


WAYS: dict[str, Callable[[str, random.Random], str]] = {
    "clause moved": moved,
    "brackets dropped": without_brackets,
    "relative clause dropped": without_relative_clause,
    "second clause dropped": without_end,
    "figures in another form": reformatted,
    "a word for its like": synonym,
    "contracted": contracted,
}


def reworded(text: str, rng: random.Random, most: int = 2) -> tuple[str, str] | None:
    """The sentence after up to ``most`` of the ways, and their names; None where none applies."""
    used = []
    result = text
    for name in rng.sample(list(WAYS), len(WAYS)):
        changed = WAYS[name](result, rng)
        if changed != result:
            result = changed
            used.append(name)
        if len(used) == most:
            break
    return (result, " + ".join(used)) if used else None


def joined(first: str, second: str) -> str | None:
    """Two sentences that follow one another as one."""
    if not (first.endswith(".") and second.endswith(".")) or len(first) + len(second) > 320:
        return None
    return f"{first[:-1]}; {second}"
