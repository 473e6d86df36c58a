"""What turns a sentence round or narrows it: negation, opposites, "only", "may"."""

from collections.abc import Iterable, Set
from functools import cache

from index.analyse import stem

NEGATORS = frozenset(
    "not never no nor neither none nobody nothing nowhere cannot without hardly scarcely barely fail fails failed "
    "unable lack lacks lacked refuse refused refuses deny denied denies non "
    "nunca jamás sin tampoco ningún ninguna ninguno нет не ни никогда без nicht kein keine keinen nie ohne "
    "pas jamais sans aucun 不 没 未 无 非 لا لم لن ليس بدون غير".split()
)
# What narrows a statement, or makes it a possibility: put in or left out, another thing is said.
LIMITS = frozenset(
    "only solely exclusively merely all every always may might could possibly perhaps reportedly allegedly rarely "
    "seldom sometimes partly partially nearly almost alleged supposedly probably likely".split()
)
_OPPOSITES = """
increase/decrease increased/decreased increasing/decreasing rise/fall rose/fell risen/fallen grow/shrink grew/shrank
gain/lose gained/lost win/lose won/lost victory/defeat winner/loser before/after earlier/later early/late
prior/following
more/less more/fewer most/least highest/lowest higher/lower high/low largest/smallest larger/smaller large/small
biggest/smallest bigger/smaller big/small longest/shortest longer/shorter long/short greater/lesser greatest/least
greater/less maximum/minimum major/minor majority/minority first/last oldest/youngest older/younger old/young old/new
newest/oldest north/south northern/southern northeast/southwest northwest/southeast east/west eastern/western
begin/end began/ended beginning/end start/end started/ended start/finish started/stopped start/stop open/close
opened/closed above/below over/under inside/outside within/outside internal/external include/exclude included/excluded
including/excluding accept/reject accepted/rejected allow/forbid allowed/forbidden allow/prohibit allowed/prohibited
permit/prohibit permitted/prohibited support/oppose supported/opposed agree/disagree agreed/disagreed approve/reject
approved/rejected import/export imported/exported imports/exports buy/sell bought/sold male/female man/woman men/women
boy/girl father/mother son/daughter brother/sister husband/wife king/queen he/she his/her true/false always/never
all/none everyone/nobody legal/illegal lawful/unlawful possible/impossible able/unable known/unknown common/rare
frequently/rarely often/rarely often/seldom strong/weak stronger/weaker strongest/weakest positive/negative
success/failure successful/unsuccessful succeeded/failed join/leave joined/left enter/leave entered/left arrive/depart
arrived/departed upper/lower left/right front/back hot/cold warm/cool dry/wet dark/light heavy/light fast/slow
faster/slower rich/poor easy/difficult public/private rural/urban ancient/modern domestic/foreign cheap/expensive
better/worse best/worst good/bad safe/dangerous full/empty add/remove added/removed build/destroy built/destroyed
create/destroy created/destroyed love/hate born/died birth/death alive/dead present/absent active/inactive
complete/incomplete direct/indirect dependent/independent similar/different same/different single/multiple
temporary/permanent voluntary/mandatory optional/required required/forbidden ally/enemy allies/enemies attack/defend
attacked/defended teacher/student employer/employee parent/child parents/children husband/wife cause/prevent
caused/prevented cause/effect raise/lower raised/lowered expand/contract expanded/contracted advance/retreat
advanced/retreated remember/forget remembered/forgot praise/criticize praised/criticized improve/worsen
improved/worsened strengthen/weaken strengthened/weakened appointed/dismissed hire/fire hired/fired with/without
up/down upward/downward upstream/downstream toward/away spring/autumn summer/winter day/night morning/evening
preceded/succeeded preceded/followed precede/succeed predecessor/successor ancestor/descendant for/against
husband/brother wife/sister unopened/opened systolic/diastolic severe/mild severe/moderate odd/even
sunrise/sunset asset/liability assets/liabilities profit/loss profits/losses income/expense
debit/credit borrower/lender plaintiff/defendant guilty/innocent peace/war hero/villain minimum/maximum at-least/at-most
enabled/disabled enable/disable encrypt/decrypt on/off
"""


@cache
def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for pair in _OPPOSITES.split():
        one, other = (stem(word) for word in pair.split("/"))
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {word: frozenset(others - {word}) for word, others in found.items()}


@cache
def _negating_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in NEGATORS)


@cache
def _limiting_stems() -> frozenset[str]:
    return frozenset(stem(word) for word in LIMITS)


def opposed(said: Iterable[str], read: Set[str]) -> bool:
    """Whether one of the stems said has its opposite among those read, and is not there itself."""
    return any(word not in read and _opposites().get(word, frozenset()) & read for word in said)


def negations(stems: Iterable[str]) -> int:
    """How many of the stems negate."""
    return sum(word in _negating_stems() for word in stems)


def limits(stems: Iterable[str]) -> frozenset[str]:
    """The stems that narrow a statement or make it a possibility."""
    return frozenset(word for word in stems if word in _limiting_stems())
