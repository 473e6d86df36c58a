"""The verbs that questions may be made of: from a form in a sentence back to its base.

A short list on purpose: a verb that is not here makes no question, and a form that may as well be a noun ("plans",
"studies") is taken as a verb only in the past tense.
"""

from dataclasses import dataclass
from enum import StrEnum

# base past participle
_IRREGULAR = """
become became become; begin began begun; bring brought brought; build built built; buy bought bought;
choose chose chosen; come came come; draw drew drawn; fall fell fallen; fight fought fought; find found found;
fly flew flown; get got got; give gave given; grow grew grown; hold held held; keep kept kept; know knew known;
lead led led; leave left left; lose lost lost; make made made; meet met met; pay paid paid; say said said;
sell sold sold; send sent sent; speak spoke spoken; spend spent spent; stand stood stood; take took taken;
teach taught taught; think thought thought; win won won; write wrote written; rise rose risen; see saw seen;
begin began begun; break broke broken; wear wore worn; sing sang sung; steal stole stolen; throw threw thrown;
plan planned planned; stop stopped stopped; refer referred referred; occur occurred occurred; bury buried buried;
admit admitted admitted; commit committed committed; submit submitted submitted; drop dropped dropped;
marry married married; study studied studied; carry carried carried; try tried tried; apply applied applied;
have had had; understand understood understood; overthrow overthrew overthrown; undertake undertook undertaken
"""
_REGULAR = """
abandon abolish accept achieve acquire adopt advise agree allow announce appear appoint approve argue arrive attack
attend award ban base call cause celebrate change claim close collect complete compose conclude conduct conquer
consist construct contain continue contribute convert cover create cross declare decline decrease defeat define deliver
demonstrate depart depend deploy describe design destroy develop die discover dissolve divide earn elect emphasize
employ enable end enter establish estimate examine expand experience explain explore express extend fail feature finish
focus form found gain generate graduate happen highlight identify implement import improve include increase influence
inherit inspire install introduce invade invent invest invite involve issue join kill land last launch learn limit
live locate maintain manage move name need note observe obtain offer open operate order organize own pass perform
persuade play possess prepare prevent produce prohibit promise promote propose protect prove provide publish
purchase reach receive recognize recommend record reduce refuse regain reject release remain remove rename repeal
replace report represent require resign resolve restore result retire return reveal revise rule seize serve settle
share sign start state stay strengthen compete comprise house host employ resume
succeed suffer suggest support surrender survive transfer translate travel
travel use visit vote work specialize merge relocate evolve revive
"""
# In the present tense nothing tells these from nouns but their company, except for those here.
_PLAIN_PRESENT = frozenset(
    "accept achieve allow become belong cause consist contain continue contribute create define depend describe "
    "determine enable explain generate have implement include introduce involve maintain mean need obtain perform "
    "prevent produce prohibit promote provide publish receive recommend refer remain represent require serve "
    "specify give help make take keep hold operate employ comprise compete consume occupy resemble enforce "
    "ensure".split()
)


class Tense(StrEnum):
    PAST = "past"
    SINGULAR = "singular"
    PLURAL = "plural"


@dataclass(frozen=True, slots=True)
class Verb:
    base: str
    tense: Tense

    @property
    def do(self) -> str:
        return {Tense.PAST: "did", Tense.SINGULAR: "does", Tense.PLURAL: "do"}[self.tense]


def _past(base: str) -> str:
    if base.endswith("e"):
        return base + "d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ied"
    return base + "ed"


def _third_person(base: str) -> str:
    if base == "have":
        return "has"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base[:-1] + "ies"
    return base + ("es" if base.endswith(("s", "x", "ch", "sh")) else "s")


_rows = [tuple(row.split()) for row in _IRREGULAR.replace("\n", " ").split(";")]
PARTICIPLES = frozenset([row[2] for row in _rows] + [_past(base) for base in _REGULAR.split()] + ["born", "set", "put"])
_FORMS: dict[str, Verb] = {
    **{base: Verb(base, Tense.PLURAL) for base in _PLAIN_PRESENT},
    **{_third_person(base): Verb(base, Tense.SINGULAR) for base in _PLAIN_PRESENT},
    **{_past(base): Verb(base, Tense.PAST) for base in _REGULAR.split()},
    **{row[1]: Verb(row[0], Tense.PAST) for row in _rows},
}
# Their past forms are more often participles behind a noun, adjectives, or other verbs.
for _ambiguous in "based limited need needs thought saw fell found felt named called housed moved".split():
    _FORMS.pop(_ambiguous, None)


def verb(word: str) -> Verb | None:
    """The verb that a small-letter word is a finite form of; None where it is none, or may as well be a noun."""
    return _FORMS.get(word)


def is_participle(word: str) -> bool:
    return word in PARTICIPLES or (word.endswith("ed") and len(word) > 4 and word.islower())
