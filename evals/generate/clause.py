"""A sentence taken apart: what stands in front, the subject, the finite verb, the rest.

Only plain sentences pass. Where a pattern could be something else than it looks, there is no clause: a question that
is not made costs nothing, a crooked one costs trust in the whole set.
"""

import re
from dataclasses import dataclass

from evals.generate.phrases import FRONT_TIME
from evals.generate.verbs import Verb, is_participle, verb

AUXILIARIES = frozenset("was were is are has have had will would can could may might must shall should".split())
BE = frozenset("was were is are".split())
MODALS = frozenset("will would can could may might must shall should".split())
DETERMINERS = frozenset("the a an".split())
PREPOSITIONS = frozenset(
    "of in on at by for from with to under over near between against among through during within into about per since "
    "before after until despite like unlike around throughout without upon toward towards".split()
)
_PRONOUNS = frozenset(
    "i you he she it we they him her them us me his its their our your my this that these those such there here who "
    "whom whose which what when where why how if as because while although though than each both either neither "
    "another other others one ones some many most several few all any none no so same former latter following "
    "above below said more less only even just not also thereafter early late together".split()
)
# With a name behind them they may be clear ("the first Parliament"); alone they point at what was said before.
_UNCLEAR = frozenset(
    "rest different various first second third last next previous given resulting corresponding new old main".split()
)
_OPENERS = re.compile(
    r"^(?:However|Moreover|Furthermore|Additionally|In addition|Also|Thus|Therefore|Hence|Finally|Today|Historically|"
    r"Traditionally|Originally|Initially|Eventually|Subsequently|Ultimately|Overall|In general|Generally|By default|"
    r"For example|For instance|In particular|In fact|As a result|Indeed|Meanwhile|Nevertheless|Similarly), "
)
_FRONT = re.compile(r"^((?:In|On|At|During|Since|From|Between|By) [^,]{2,60}), (?=\S)")
_APPOSITION = re.compile(
    r"^(?P<name>[^,]{2,60}), (?P<what>(?:an?|the) [^,]{5,90}), (?=(?:is|was|are|were|has|had|\w+ed|\w+s) )"
)
_SUBSCRIPT = re.compile(r"\w[\[{]")
_NOTES = re.compile(r"(?:\[[^\[\]]{1,40}\])+$")
_SHORT_QUOTATION = re.compile(r'["“]([^"“”.,]{2,40})["”]')
_SECOND_PART = re.compile(r"; |(?<! are)(?<! is)(?<! were)(?<! was)(?<! as)(?<! of)(?<!include)(?<!includes): | [–—-] ")
_PARENTHESES = re.compile(r" ?[(\[][^()\[\]]*[)\]]")
_STRANGE = re.compile(
    r"""[;:"“”„«»()\[\]{}|=<>_\\/*—#@~^`…]|(?<!\d)–|–(?!\d)|\.\.| - |--|[!?]|(?<!\w)['‘]|['’](?!\w)"""
)
_BEGINS_SUBJECT = re.compile(r" (?:the|an?|[A-Z])")
_ADVERBS = frozenset(
    "also now then still often usually always later soon first originally thereby mainly primarily once "
    "itself themselves "
    "himself herself".split()
)


@dataclass(frozen=True, slots=True)
class Clause:
    """ "In 1990, the city also was built": front "In 1990", subject "the city", finite "was", rest "built".

    ``verb`` is set where the finite verb is no auxiliary. ``apposition`` stood behind the subject, between commas.
    """

    front: str
    subject: str
    finite: str
    verb: Verb | None
    rest: str
    apposition: str = ""

    def stands_alone(self, title: str) -> bool:
        """ "The result" means nothing outside its paragraph, unless the document's title tells which."""
        words = self.subject.split()
        if words[0].lower() != "the" or len(words) > 2 or words[-1][0].isupper():
            return True
        return words[-1].lower() in title.lower().split()


def plain(text: str) -> str | None:
    """The sentence without its opener, brackets and full stop; None for one with quotations, dashes and such."""
    text = _NOTES.sub("", text)
    if not text.endswith(".") or not (text[0].isupper() or text[0].isdigit()):
        return None
    bare = _SHORT_QUOTATION.sub(r"\1", _PARENTHESES.sub("", text[:-1]))
    bare = _SECOND_PART.split(bare, maxsplit=1)[0]
    opened = _OPENERS.sub("", bare)
    if opened is not bare and opened:
        opened = opened[0].upper() + opened[1:]
    return None if _STRANGE.search(opened) or _SUBSCRIPT.search(text) else opened


def clause(sentence: str) -> Clause | None:
    """The parts of what ``plain`` gave."""
    front = apposition = ""
    if (match := FRONT_TIME.match(sentence)) and _BEGINS_SUBJECT.match(sentence, match.end()):
        front, sentence = match.group(), sentence[match.end() + 1 :]
    elif match := _FRONT.match(sentence):
        front, sentence = match.group(1), sentence[match.end() :]
    if match := _APPOSITION.match(sentence):
        apposition, sentence = match["what"], f"{match['name']} {sentence[match.end() :]}"
    words = sentence.split()
    for i, word in enumerate(words[1:12], start=1):
        known = None if word in AUXILIARIES else verb(word)
        if word not in AUXILIARIES and known is None:
            continue
        subject = words[:i]
        if subject[-1] in _ADVERBS or (subject[-1].endswith("ly") and subject[-1].islower()):
            subject = subject[:-1]
        rest = words[i + 1 :]
        while rest and rest[0] in _ADVERBS:
            rest = rest[1:]
        if not rest or not is_noun_phrase(subject) or not _agrees(subject, known):
            return None
        if known is not None and _may_be_participle(word, rest):
            return None
        return Clause(front, " ".join(subject), word, known, " ".join(rest), apposition)
    return None


def is_noun_phrase(words: list[str]) -> bool:
    """Articles only at the start or behind a preposition, and nothing that points elsewhere or begins a clause."""
    if not 1 <= len(words) <= 9 or not (words[-1][-1].isalnum()):
        return False
    if not any(word[0].isupper() for word in words[1:]) and _UNCLEAR & {word.lower() for word in words}:
        return False
    before = ""
    for i, word in enumerate(words):
        lower = word.lower()
        if lower in _PRONOUNS or (word.endswith((",", ".")) and not re.fullmatch(r"(?:[A-Z]\.)+|St\.|Dr\.", word)):
            return False
        if lower in DETERMINERS and i > 0 and before not in PREPOSITIONS and before != "and":
            return False
        if (
            lower.endswith("ly")
            and (word.islower() or (i == 0 and len(words) > 1))
            and lower not in ("family", "early", "supply", "assembly", "italy", "july")
        ):
            return False
        if i == 0 and len(words) > 1 and (lower.endswith("ing") or is_participle(lower)):
            return False
        if lower in PREPOSITIONS and (i == 0 or before in PREPOSITIONS):
            return False
        if word in AUXILIARIES or lower in ("do", "does", "did", "be", "been"):
            return False
        if before.endswith("ed") and lower in PREPOSITIONS:
            return False  # "doctors staffed at hospitals": perhaps the verb itself
        before = lower
    return words[-1].lower() not in DETERMINERS | PREPOSITIONS | {"and", "or"}


def _agrees(subject: list[str], known: Verb | None) -> bool:
    """A plain form ("contain") is a verb only behind a plural, and an -s form only behind a singular."""
    if known is None or known.tense == "past":
        return True
    head = next((subject[i - 1] for i, w in enumerate(subject) if i and w.lower() in PREPOSITIONS), subject[-1])
    plural = head.endswith("s") and not head.endswith(("ss", "us", "is"))
    return plural == (known.tense == "plural") or (known.tense == "singular" and head[0].isupper())


def _may_be_participle(word: str, rest: list[str]) -> bool:
    """ "The treaty signed in 1920 ended the war": a second finite verb, before anything that may bring one."""
    if not (is_participle(word) or word.endswith("ed")):
        return finite_in(rest)
    # "The set of codes supported varies": the real verb may be one that we do not know.
    unknown_verb = rest[0].islower() and rest[0].endswith("s") and rest[0] not in ("as", "its", "his")
    return finite_in(rest) or rest[0] == "by" or unknown_verb


def finite_in(words: list[str]) -> bool:
    """Whether a finite verb follows that no conjunction announces."""
    before = ""
    for word in words:
        bare = word.rstrip(",")
        if bare in ("that", "which", "who", "where", "when", "and", "but", "while", "because", "whose", "if", "as"):
            return False
        if bare in AUXILIARIES - {"can", "may", "will"}:
            return True
        known = verb(bare)
        if (
            known is not None
            and known.tense != "plural"
            and before not in DETERMINERS | PREPOSITIONS | BE
            and not before.endswith("ly")
            and not word.endswith(",")
        ):
            return True
        before = bare
    return False
