"""Questions for a thing or a person: what is X, what does X mean, what did X announce, who designed X."""

import re

from evals.generate.ask import Asked, Material, as_question, coordinates_verbs, joined
from evals.generate.clause import BE, DETERMINERS, MODALS, PREPOSITIONS, Clause, finite_in
from evals.generate.phrases import FIGURE, NAME, TIME
from evals.generate.verbs import verb

_PERSON = re.compile(
    r"^(?:(?:an?|the|one of the) )?(?:[\w'-]+ ){0,4}?(?:\w*(?:ist|cian|pher|wright)|king|queen|emperor|empress|duke|president|"
    r"minister|leader|author|writer|poet|painter|architect|engineer|actor|actress|singer|composer|lawyer|"
    r"professor|teacher|investor|student|pupil|soldier|officer|bishop|pope|monk|merchant|explorer|politician|member|son|daughter|brother|"
    r"sister|wife|husband|inventor|founder|ruler|governor|admiral|historian|scholar|player|figure|man|woman)s?\b"
)
_TITLED = re.compile(r"^(?:President|King|Queen|Governor|General|Sir|Lord|Lady|Dr\.|Mr\.|Ms|Mrs\.|Pope|Prince|Duke|Count) [A-Z]")
_BODY = re.compile(r"\b(?:Company|Corporation|University|College|Council|Foundation|Ministry|Court|Bank|Party|Church|Group|Institute|Association|Society|Union|Army|Committee|Inc|Ltd)\b")
_DEFINITION = re.compile(r"^(?:an?|the|one of the) \w")
_EMPTY = re.compile(
    r"^(?:an?|the|one of the) (?:\w+ )?(?:lot|few|matter|result|reason|part|case|same|way|little|bit|number|only|first|most|best|"
    r"main|largest|second|third|one|good|bad|common|example|key)\b"
)
_SAID = re.compile(r"^(?P<how>called|known as|named|referred to as|termed|abbreviated to|abbreviated as) (?P<name>(?:the |an? )?[^,]{2,60})$")
_MEANS = {"mean": "", "refer": "to", "stand": "for"}
_AGENT = re.compile(rf"^(?P<done>(?:\w+ly )?(?P<participle>\w+)(?: [\w'-]+){{0,6}}?) by (?P<agent>(?:(?:the )?{NAME}|(?:(?:the|several|many|some) )?(?:members|representatives|officials|experts|scientists|students|engineers|architects|workers|volunteers) of (?:the )?{NAME}))(?P<after>(?: in| for| at| from| of| to|,| and|$).*)$")
_BY_PEOPLE = frozenset(
    "designed written founded built led published discovered invented developed created directed produced composed "
    "introduced proposed appointed elected signed commissioned painted established maintained owned organized "
    "performed coined conquered defeated killed ruled crowned adopted approved passed issued supported opened attended "
    "chaired funded conducted formulated described elaborated taught translated edited".split()
)
_OBJECT = frozenset(
    "emphasize highlight announce propose introduce provide contain include require produce publish discover invent "
    "write build found sign win receive replace create develop represent define describe argue claim say suggest "
    "report reveal demand establish prohibit recommend specify adopt abolish conclude demonstrate explain promise "
    "prevent protect determine implement".split()
)
_PASSIVE = re.compile(r"^(?P<done>(?:be )?(?:\w+ly )?(?P<pair>\w+ \w+)) (?P<what>.+)$")
_PAIRS = frozenset(
    "used for|used to|based on|made of|made from|composed of|derived from|known for|connected with|connected to|caused by|limited to|"
    "limited by|divided into|associated with|related to|replaced by|followed by|filled with|equipped with|named after|"
    "influenced by|surrounded by|defined as|measured in|produced by|formed by|controlled by|driven by|stored in|"
    "written in|governed by|covered by|responsible for|similar to|capable of|equivalent to|dependent on|native to|subject to|compatible with|aware of|determined by|powered by|heated by|attached to".split("|")
)
_SECOND_CLAUSE = re.compile(
    r", (?:which|who|whose|where|when|as|although|though|while|because|but|leading|making|and (?:is|was|are|were|has|had|\w+ed)) "
    r"|,? and (?:this|it|he|she|they|that|so|is|was|are|were|has|had|around) |, (?:and|but|so) (?:\w+ ){1,4}(?:is|was|are|were|does|do|did) "
)
_BECAUSE = re.compile(r"^(?P<done>[^,]{0,80}?),? ?(?:because of|because|due to) (?P<why>.+)$")
_AND = re.compile(r"(?P<before>\w+),? and (?P<word>\w+)")
_NO_PERSON = re.compile(r"Charter|Act|Treaty|Law|Agreement|Constitution|Edict|War|Parliament Act")
_WITH_PREPOSITION = {"focus": ("on",), "consist": ("of",), "depend": ("on",), "belong": ("to",), "contribute": ("to",), "result": ("in",)}


def ask_definition(material: Material) -> list[Asked]:
    found = material.clause
    if found is None or found.front or len(found.subject.split()) > 6:
        return []
    subject = material.casing.moved(found.subject)
    if subject is None:
        return []
    if found.verb is not None and found.verb.base in _MEANS and found.verb.tense != "past":
        return _meaning(found, subject)
    if found.finite not in BE:
        return []
    said = _SAID.match(found.rest)
    if said is not None:
        return [Asked(as_question("What", found.finite, subject, said["how"]), said["name"], "what is called")]
    if not _DEFINITION.match(found.rest) or _EMPTY.match(found.rest) or len(found.rest.split()) < 4:
        return []
    if found.subject.split()[0].lower() in ("a", "an") and found.finite in ("was", "were"):
        return []
    if found.subject.split()[0].lower() == "the" and " of " not in found.subject and not _has_name(found.subject):
        return []
    asks = "Who" if _is_person(found.subject, found.rest) else "What"
    return [Asked(as_question(asks, found.finite, subject), shortened(found.rest), "what is")]


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
    if words[0] in _WITH_PREPOSITION.get(base, ()):
        return [Asked(as_question("What", found.verb.do, subject, base, words[0]), shortened(" ".join(words[1:])), "what")]
    if base == "include" and found.verb.tense == "plural" and " of " not in found.subject and not _has_name(found.subject):
        return []  # "Famous musicians include …": of what?
    if base not in _OBJECT or words[0].endswith("ly") or words[0] in PREPOSITIONS | {"and", "or", "not", "as"}:
        return []
    return _object(found, subject)


def ask_what_for(material: Material) -> list[Asked]:
    """"is used to heat water" → "What is … used for?"."""
    found = material.clause
    if found is None or found.front or found.finite not in BE | MODALS:
        return []
    match = _PASSIVE.match(found.rest)
    subject = material.casing.moved(found.subject)
    if match is None or subject is None or match["pair"] not in _PAIRS:
        return []
    if found.finite in MODALS and not match["done"].startswith("be "):
        return []
    if match["pair"].endswith(" by") and match["what"][0].isupper():
        return []  # perhaps a person: see ask_who
    done = re.sub(r"used to$", "used for", match["done"])
    return [Asked(as_question("What", found.finite, subject, done), shortened(match["what"]), "what for")]


def ask_apposition(material: Material) -> list[Asked]:
    """"Frontex, the agency for borders, has …" → "What is Frontex?"."""
    found = material.clause
    if found is None or not found.apposition or not found.subject[0].isupper() or found.subject.split()[0].lower() in DETERMINERS:
        return []
    if found.finite not in ("is", "has", "was", "had") and found.verb is None:
        return []
    asks = "Who" if _is_person(found.subject, found.apposition) else "What"
    be = "was" if found.finite in ("was", "had") or (found.verb and found.verb.tense == "past") else "is"
    return [Asked(as_question(asks, be, found.subject), found.apposition, "what is")]


def shortened(answer: str) -> str:
    """An answer up to where the next clause begins."""
    kept = _SECOND_CLAUSE.split(answer, maxsplit=1)[0]
    for match in _AND.finditer(kept):
        known = verb(match["word"])
        if known is not None and known.tense == "past" and not match["before"].endswith("ed"):
            kept = kept[: match.end("before")]
            break
    return kept.strip(" ,")


def _object(found: Clause, subject: str) -> list[Asked]:
    assert found.verb is not None
    answer, when = shortened(found.rest), ""
    if (time := TIME.search(answer)) is not None:
        answer, when = answer[: time.start()].strip(" ,"), time.group()
    if not 2 <= len(answer.split()) <= 30:
        return []
    return [Asked(as_question("What", found.verb.do, subject, found.verb.base, when), answer, "what")]


def _is_person(subject: str, what: str) -> bool:
    if _TITLED.match(subject):
        return True
    if subject.split()[0].lower() in DETERMINERS:
        return False
    return bool(_PERSON.match(what) or re.match(r"(?:\S+ ){1,6}who ", what)) and _has_name(subject, first=True) and not _BODY.search(subject)


def ask_who(material: Material) -> list[Asked]:
    """The doer of a passive: "was designed by Gustave Eiffel" → "Who was … designed by?"."""
    found = material.clause
    if found is None or found.front or found.finite not in BE:
        return []
    match = _AGENT.match(found.rest)
    done = TIME.sub("", match["done"]).strip() if match else ""
    if match is None or match["participle"] not in _BY_PEOPLE or FIGURE.search(match["agent"]) or _NO_PERSON.search(match["agent"]):
        return []
    subject = material.casing.moved(found.subject)
    if subject is None or finite_in(done.split()[1:]) or re.search(r"\d| and | or |,", done):
        return []
    return [Asked(as_question("Who", found.finite, subject, f"{done} by"), match["agent"], "who")]


def ask_why(material: Material) -> list[Asked]:
    """"was closed because the roof leaked" → "Why was … closed?"."""
    found = material.clause
    match = found and _BECAUSE.match(found.rest)
    if found is None or match is None or found.front:
        return []
    done = match["done"]
    subject = material.casing.moved(found.subject)
    if subject is None or finite_in(done.split()) or coordinates_verbs(done) or re.search(r"\b(?:not|mainly|mostly|that|which|who|and|partly|largely)\b", done):
        return []
    if found.verb is None and not done or found.verb is None and found.finite in ("has", "have", "had"):
        return []
    finite, behind = (found.verb.do, joined(found.verb.base, done)) if found.verb else (found.finite, done)
    return [Asked(as_question("Why", finite, subject, behind), shortened(match["why"]), "why")]


def _meaning(found: Clause, subject: str) -> list[Asked]:
    assert found.verb is not None
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


def _has_name(subject: str, *, first: bool = False) -> bool:
    words = subject.split()
    return any(word[:1].isupper() for word in (words if first else words[1:]))
