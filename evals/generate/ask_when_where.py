"""Questions for a time, a place or a duration: "was held in Rome in 1990" → "When was … held in Rome?"."""

import re

from evals.generate.ask import Asked, Material, as_question, before_conjunction, coordinates_verbs, joined
from evals.generate.clause import AUXILIARIES, BE, DETERMINERS, MODALS, PREPOSITIONS, Clause
from evals.generate.phrases import FRONT_TIME, MONTHS, NAME, NUMBER, TIME
from evals.generate.verbs import is_participle

_EVENTS = frozenset("born held built founded established".split())
_PLACED = frozenset(
    "held located situated born built founded based buried established headquartered opened died settled found "
    "signed crowned raised educated formed published displayed kept produced manufactured discovered created landed "
    "lived arrived invented filmed imprisoned executed introduced".split()
)
_PLACE = re.compile(rf"\b(?P<preposition>in|at|near) (?P<where>(?:the )?{NAME}(?:, {NAME})?)$")
_LOCATED = re.compile(
    r"^(?P<done>(?:\w+ly )?(?:located|situated|headquartered|buried|installed|stored|kept)) "
    r"(?P<preposition>in|at|on|near|along|between|under|within|outside|inside|around) (?P<where>.+)$"
)
_NO_PLACE = re.compile(
    rf"\b(?:{MONTHS}|War|Revolution|English|French|German|Latin|Chinese|Arabic|Spanish|AD|BC|Act|Treaty)\b|\d"
)
_DURATION = re.compile(
    rf"\bfor (?P<how>(?:(?:about|over|nearly|more than|at least|up to) )?{NUMBER} "
    r"(?:days|weeks|months|years|hours|minutes|decades|centuries))\b"
)
_SECOND = re.compile(r"\b(?:that|which|who|where|when|because|and \w+ed|but)\b")
_ADVERBS = frozenset("first originally officially formally finally initially later".split())


def ask_when(material: Material) -> list[Asked]:
    found = material.clause
    if found is None:
        return []
    if found.front:
        match = FRONT_TIME.fullmatch(found.front)
        if match is None:
            return []
        middle = _until_end(found.rest)
        return _time(material, found, match, middle)
    match = TIME.search(found.rest)
    if match is None or "," in found.rest[: match.start()] or _leads_on(found.rest[match.end() :]):
        return []
    return _time(material, found, match, found.rest[: match.start()].strip())


def ask_where(material: Material) -> list[Asked]:
    found = material.clause
    if found is None or found.front:
        return []
    rest = before_conjunction(found.rest)
    if found.finite in BE and (match := _LOCATED.match(rest)) and "," not in match["where"] and not TIME.search(rest):
        return _question(material, found, "Where", match["done"], f"{match['preposition']} {match['where']}", "where")
    time = TIME.search(rest)
    if time is not None:
        rest = rest[: time.start()]
    rest = rest.split(", where ")[0].split(", which ")[0].strip(" ,")
    match = _PLACE.search(rest)
    if match is None or _NO_PLACE.search(match["where"]):
        return []
    middle = rest[: match.start()].strip()
    core = _core(found, middle)
    action = found.finite if found.verb else next(iter(_bare(middle).split()), "")
    if core is None or action not in _PLACED or "," in middle:
        return []
    return _question(material, found, "Where", core, match["where"], "where")


def ask_how_long(material: Material) -> list[Asked]:
    found = material.clause
    if found is None or found.front:
        return []
    match = _DURATION.search(found.rest)
    if match is None or "," in found.rest[: match.start()] or _leads_on(found.rest[match.end() :]):
        return []
    core = _core(found, found.rest[: match.start()].strip())
    return [] if core is None else _question(material, found, "For how long", core, match["how"], "how long")


def _time(material: Material, found: Clause, match: re.Match[str], middle: str | None) -> list[Asked]:
    if middle is None or TIME.search(middle):
        return []
    core = _core(found, middle)
    if core is None:
        return []
    since = (match["preposition"] or "").lower() == "since"
    if since != (found.finite in ("has", "have")):
        return []
    answer = match["when"] or match["range"]
    return _question(material, found, "Since when" if since else "When", core, answer, "when")


def _core(found: Clause, middle: str) -> str | None:
    """What stands behind the subject: "held in Rome", "win the prize"; None for a state, which has no time."""
    words = _bare(middle).split()
    if (
        len(words) > 12
        or (words and words[-1] in DETERMINERS | PREPOSITIONS | {"and", "or", "that", "as", "early", "late"})
        or _SECOND.search(middle)
        or coordinates_verbs(middle)
        or AUXILIARIES & set(words)
    ):
        return None
    if found.verb is not None:
        return None if found.verb.base == "have" and found.verb.tense != "past" else joined(found.verb.base, middle)
    if not words:
        return None
    if found.finite in BE:
        return middle if is_participle(words[0]) else None
    if found.finite in ("has", "have"):
        return middle if is_participle(words[0]) or words[0] == "been" else None
    return middle if found.finite in MODALS and words[0] not in ("not",) else None


def _bare(middle: str) -> str:
    first, _, others = middle.partition(" ")
    return others if first in _ADVERBS or first.endswith("ly") else middle


def _until_end(rest: str) -> str | None:
    """The rest as a whole: it may hold no second clause, since the time may be of either."""
    kept = before_conjunction(rest)
    if kept != rest.strip(" ,") and not rest[len(kept) :].startswith(","):
        return None
    return None if "," in kept else kept


def _leads_on(after: str) -> bool:
    """Whether the time is a part of something longer: "in 1990 and 1991", "in May of that year"."""
    word = after.split()[0] if after.split() else ""
    return (bool(after) and after[0] not in " ,") or word in ("and", "or", "of", "to", "until", "that")


def _question(material: Material, found: Clause, asks: str, core: str, answer: str, rule: str) -> list[Asked]:
    subject = material.casing.moved(found.subject)
    if subject is None:
        return []
    finite = found.verb.do if found.verb else found.finite
    return [Asked(as_question(asks, finite, subject, core), answer, rule)]
