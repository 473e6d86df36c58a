"""Questions for a thing: what is X, what does X mean, what does X provide, what is X used for."""

import re

from evals.generate.ask import Asked, Material, as_question, joined, shortened
from evals.generate.clause import BE, DETERMINERS, MODALS, PREPOSITIONS, Clause
from evals.generate.people import is_person
from evals.generate.phrases import TIME

LONG_WORD = 11
_DEFINITION = re.compile(r"^(?:an?|the|one of the) \w")
_EMPTY = re.compile(
    r"^(?:an?|the|one of the) (?:\w+ )?(?:lot|few|matter|result|reason|part|case|same|way|little|bit|number|only|first|"
    r"most|best|main|largest|second|third|one|good|bad|common|example|key)\b"
)
_SAID = re.compile(
    r"^(?P<how>called|known as|named|referred to as|termed|abbreviated to|abbreviated as) "
    r"(?P<name>(?:the |an? )?[^,]{2,60})$"
)
_MEANS = {"mean": "", "refer": "to", "stand": "for"}
_OBJECT = frozenset(
    "emphasize highlight announce propose introduce provide contain include require produce publish discover invent "
    "write build found sign win receive replace create develop represent define describe argue claim say suggest "
    "report reveal demand establish prohibit recommend specify adopt abolish conclude demonstrate explain promise "
    "prevent protect determine implement".split()
)
_WITH_PREPOSITION = {
    "focus": "on",
    "consist": "of",
    "depend": "on",
    "belong": "to",
    "contribute": "to",
    "result": "in",
}
_AS = frozenset(("represent", "define", "describe"))  # "represents each row as a tuple": the row is not the point
_PASSIVE = re.compile(r"^(?P<done>(?:be )?(?:\w+ly )?(?P<pair>\w+ \w+)) (?P<what>.+)$")
_PAIRS = frozenset(
    "used for|used to|based on|made of|made from|composed of|derived from|known for|connected with|connected to|"
    "caused by|limited to|limited by|divided into|associated with|related to|replaced by|followed by|filled with|"
    "equipped with|named after|influenced by|surrounded by|defined as|measured in|produced by|formed by|controlled by|"
    "driven by|stored in|written in|governed by|covered by|responsible for|similar to|capable of|equivalent to|"
    "dependent on|native to|subject to|compatible with|aware of|determined by|powered by|heated by|attached to".split(
        "|"
    )
)


def ask_definition(material: Material) -> list[Asked]:
    """ "X is a Y that …" → "What is X?"; "X is called Y" → "What is X called?"; "X means Y"."""
    found = material.clause
    if found is None or found.front or len(found.subject.split()) > 6:
        return []
    subject = material.casing.moved(found.subject)
    if subject is None:
        return []
    if found.verb is not None:
        return _meaning(found, subject)
    if found.finite not in BE:
        return []
    if said := _SAID.match(found.rest):
        return [Asked(as_question("What", found.finite, subject, said["how"]), said["name"], "what is called")]
    if not _DEFINITION.match(found.rest) or _EMPTY.match(found.rest) or len(found.rest.split()) < 4:
        return []
    if not _can_be_asked_for(found):
        return []
    asks = "Who" if is_person(found.subject, found.rest) else "What"
    return [Asked(as_question(asks, found.finite, subject), shortened(found.rest), "what is")]


def ask_apposition(material: Material) -> list[Asked]:
    """ "Frontex, the agency for borders, has …" → "What is Frontex?"."""
    found = material.clause
    if found is None or not found.apposition or not found.subject[0].isupper():
        return []
    if found.subject.split()[0].lower() in DETERMINERS or (found.verb is None and found.finite not in _SINGULAR):
        return []
    asks = "Who" if is_person(found.subject, found.apposition) else "What"
    past = found.finite in ("was", "had") or (found.verb is not None and found.verb.tense == "past")
    return [Asked(as_question(asks, "was" if past else "is", found.subject), found.apposition, "what is")]


def ask_what(material: Material) -> list[Asked]:
    """The object of a verb: "provides an interface" → "What does … provide?"."""
    found = material.clause
    if found is None or found.front or found.verb is None:
        return []
    subject = material.casing.moved(found.subject)
    words = found.rest.split()
    if subject is None or len(words) < 3:
        return []
    base = found.verb.base
    if words[0] == _WITH_PREPOSITION.get(base):
        question = as_question("What", found.verb.do, subject, base, words[0])
        return [Asked(question, shortened(" ".join(words[1:])), "what")]
    if subject.islower() and " " not in subject and len(subject) < LONG_WORD:
        return []  # "Buildings represent …": a common word asks for anything
    if base == "include" and found.verb.tense == "plural" and " of " not in subject and subject.islower():
        return []  # "Famous musicians include …": of what?
    if base not in _OBJECT or words[0].endswith("ly") or words[0] in PREPOSITIONS | {"and", "or", "not", "as"}:
        return []
    return _object(found, subject)


def ask_what_for(material: Material) -> list[Asked]:
    """ "is used to heat water" → "What is … used for?"."""
    found = material.clause
    if found is None or found.front or found.finite not in BE | MODALS:
        return []
    match = _PASSIVE.match(found.rest)
    subject = material.casing.moved(found.subject)
    if match is None or subject is None or match["pair"] not in _PAIRS:
        return []
    if match["done"].startswith("be ") is not (found.finite in MODALS):
        return []
    if match["pair"].endswith(" by") and match["what"][0].isupper():
        return []  # perhaps a person: see ask_who
    done = re.sub(r"used to$", "used for", match["done"])
    return [Asked(as_question("What", found.finite, subject, done), shortened(match["what"]), "what for")]


_SINGULAR = frozenset(("is", "was", "has", "had"))


def _can_be_asked_for(found: Clause) -> bool:
    """ "A fundamental error was …" tells of one error; "the first argument" is one of many texts."""
    words = found.subject.split()
    if words[0].lower() in ("a", "an"):
        return found.finite in ("is", "are")
    return words[0].lower() != "the" or " of " in found.subject or any(word[0].isupper() for word in words[1:])


def _meaning(found: Clause, subject: str) -> list[Asked]:
    if found.verb is None or found.verb.base not in _MEANS or found.verb.tense == "past":
        return []
    preposition = _MEANS[found.verb.base]
    words = found.rest.split()
    if preposition:
        if words[0] != preposition:
            return []
        words = words[1:]
    if len(words) < 2 or (not preposition and words[0] == "that"):
        return []
    question = as_question("What", found.verb.do, subject, joined(found.verb.base, preposition))
    return [Asked(question, " ".join(words), "what does it mean")]


def _object(found: Clause, subject: str) -> list[Asked]:
    assert found.verb is not None
    answer, when = shortened(found.rest), ""
    if (time := TIME.search(answer)) is not None:
        answer, when = answer[: time.start()].strip(" ,"), time.group()
    if not 2 <= len(answer.split()) <= 30 or (found.verb.base in _AS and " as " in answer):
        return []
    return [Asked(as_question("What", found.verb.do, subject, found.verb.base, when), answer, "what")]
