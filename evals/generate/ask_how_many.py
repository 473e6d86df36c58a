"""Questions for a number: how many, how much, what share, how tall."""

import re

from evals.generate.ask import Asked, Material, as_question, before_conjunction, cut, joined
from evals.generate.clause import AUXILIARIES, BE, MODALS, PREPOSITIONS, finite_in
from evals.generate.phrases import ABOUT, COUNTED, MONEY, NUMBER, PERCENT
from evals.generate.verbs import is_participle, verb

_SUBJECT = re.compile(rf"^(?i:{ABOUT}?)(?P<number>{NUMBER}|[A-Z][a-z]+) (?P<others>.+)$")
_SHARE = re.compile(rf"^(?i:{ABOUT}?)(?P<share>{PERCENT}) of (?P<others>.+)$")
_THERE = re.compile(rf"^There (?P<be>are|were) (?P<counted>{ABOUT}?{NUMBER} .+)$")
_SIZE = re.compile(rf"^(?P<size>{ABOUT}?{NUMBER} [a-z]+) (?P<adjective>tall|long|wide|high|deep|thick|old)$")
_AMOUNT = re.compile(
    rf"^(?P<amount>{ABOUT}?(?:{MONEY}|{PERCENT}|{NUMBER}(?: (?!in|as|on|at|for|per)[a-z]+)?))"
    r"(?P<others>(?: (?:in|as of|on|at|for|per) .+)?)$"
)
_SPANS = re.compile(r"\b(?:seconds|minutes|hours|days|weeks|months|years|decades|centuries|times)$")
_LASTING = frozenset("take last spend require have give allow".split())
_MEASURES = frozenset(
    "population number area length height width depth size rate price cost total budget limit maximum minimum fee "
    "distance weight capacity speed temperature density revenue income profit salary age share percentage density "
    "amount value duration deadline period allowance enrollment endowment".split()
)


def ask_how_many(material: Material) -> list[Asked]:
    return [*_of_subject(material), *_of_there(material), *_of_object(material)]


def ask_how_much(material: Material) -> list[Asked]:
    found = material.clause
    if found is None or found.front or found.finite not in BE:
        return []
    subject = material.casing.moved(found.subject)
    rest = cut(found.rest)
    if subject is None or rest is None:
        return []
    if match := _SIZE.match(rest):
        return [Asked(as_question(f"How {match['adjective']}", found.finite, subject), match["size"], "how much")]
    match = _AMOUNT.match(rest)
    words = {word.lower() for word in found.subject.split()}
    if match is None or not words & _MEASURES:
        return []
    return [
        Asked(as_question("What", found.finite, subject, match["others"].strip()), match["amount"].strip(), "how much")
    ]


def _of_subject(material: Material) -> list[Asked]:
    sentence = material.sentence
    if match := _SHARE.match(sentence):
        others = _clause_after(match["others"])
        return [] if others is None else [Asked(as_question("What percentage of", others), match["share"], "how much")]
    counted = COUNTED.match(sentence[0].lower() + sentence[1:])
    if counted is None or re.match(r"[12]\d{3}$", counted["number"]):
        return []
    others = _clause_after(sentence[counted.start("noun") :])
    number = sentence[: counted.end("number")]
    return [] if others is None else [Asked(as_question("How many", others), number, "how many")]


def _clause_after(text: str) -> str | None:
    """A noun phrase and its verb, up to a comma that begins something new; None where no verb is to be seen."""
    kept = cut(text)
    if kept is None:
        return None
    words = kept.split()
    place = next((i for i, word in enumerate(words) if word in AUXILIARIES or (i and verb(word))), None)
    if place is None or place > 8 or words[place - 1] in PREPOSITIONS:
        return None
    behind = place + 2 if words[place] in AUXILIARIES else place + 1  # "were killed": one verb
    return None if finite_in(words[behind:]) or len(words) < place + 3 else kept


def _of_there(material: Material) -> list[Asked]:
    match = _THERE.match(material.sentence)
    counted = match and COUNTED.match(match["counted"])
    if match is None or counted is None:
        return []
    others = cut(match["counted"][counted.end() :].strip())
    if others is None or finite_in(others.split()) or (others and others.split()[0] not in PREPOSITIONS):
        return []
    return [Asked(as_question("How many", counted["noun"], match["be"], "there", others), _number(counted), "how many")]


def _of_object(material: Material) -> list[Asked]:
    """ "has 24 members in Asia" → "How many members does … have in Asia?"."""
    found = material.clause
    if found is None or found.front:
        return []
    counted = COUNTED.search(found.rest)
    if counted is None or re.fullmatch(r"[12]\d{3}", counted["number"]):
        return []
    lead = found.rest[: counted.start()].strip()
    others = before_conjunction(cut(found.rest[counted.end() :].strip()) or "")
    if found.rest[counted.end() :][:1] not in ("", " ", ",") or _breaks(others):
        return []
    if found.verb is not None and _SPANS.search(counted["noun"]) and found.verb.base not in _LASTING:
        return []  # "died four days after": when, not how many
    subject = material.casing.moved(found.subject)
    core = _core(material, lead)
    if subject is None or core is None:
        return []
    finite, behind = core
    return [
        Asked(as_question("How many", counted["noun"], finite, subject, behind, others), _number(counted), "how many")
    ]


def _core(material: Material, lead: str) -> tuple[str, str] | None:
    """The finite verb that goes in front of the subject, and what stays behind it."""
    found = material.clause
    assert found is not None
    words = lead.split()
    if found.verb is not None:
        return (
            (found.verb.do, joined(found.verb.base, lead))
            if not words or lead in PREPOSITIONS - {"between", "from", "for"}
            else None
        )
    if found.finite in ("has", "have", "had") and not words:
        return {"has": "does", "have": "do", "had": "did"}[found.finite], "have"
    if found.finite in MODALS and 1 <= len(words) <= 2 and words[0].isalpha() and words[0] not in ("be", "not", "have"):
        return found.finite, lead
    if (
        found.finite in BE
        and 1 <= len(words) <= 3
        and is_participle(words[0])
        and words[-1] in PREPOSITIONS - {"by", "for"}
    ):
        return found.finite, lead
    return None


def _breaks(others: str) -> bool:
    words = others.split()
    return bool(words) and (words[0] not in PREPOSITIONS or finite_in(words) or len(words) > 8)


def _number(counted: re.Match[str]) -> str:
    return joined(counted["about"].strip(), counted["number"])
