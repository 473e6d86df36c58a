"""Words that say the same in most sentences: those of one root, and the plain synonyms that paraphrases use."""

from collections.abc import Set
from functools import cache

from index.analyse import stem

# One line a group. Only words that exchange without another thing being said.
_SAME = """
employee staff worker workers
receive get entitled granted given
yearly annual annually year
daily day
monthly month
weekly week
submit submitted request requested
ahead advance beforehand
via through using
maximum most up limited limit
proportional proportion pro
can may able possible allowed permitted
allow permit
approve authorise authorize
pump pumps deliver delivers
long longer
damage harm
cover covered coverage included
founder founded establish established set
engineer engineering
acquire acquired acquisition bought purchased buy purchase takeover
sold sale
retire retired retirement
relocate relocated moved move transferred
lowered lower reduced fell fall decreased decline drop dropped
raise raised increase increased rose hike
exclude excluded exclusion
occur occurred reported report happened experienced affected affecting affects affect
situated located lies lie stands stand sits
became elected appointed
succeed succeeded succession
replace replaced replacement
reject rejected against
remain remains stay stays are valid
return returned
refund refunded refunds
within in
go paid pay
pay costs cost price priced fee admission ticket tickets charge
open opens opening opened
free complimentary gratis
current present today
build built construct constructed construction
book booked reserve reserved
need needs must required require have necessary
renew renewed renewal
prohibited forbidden banned
prohibit forbid ban
remove removed delete deleted
drop dropped discontinued removed
entire whole
arrive arrived reached reach
lead led headed directed head
find found discovered detected detect
discover discovery
make made makes
write wrote written author authored
leave depart departs
oppose opposed opposition
end ended terminated terminate termination
sublet subletting sublease
landlord landlord's
repair repairing repairs
responsible responsibility
rise rose
tall high height
weigh weighs weight mass
wide width
length long
begin began start started beginning commenced
finish finished complete completed
twice two
once one
take takes taking
store stored kept keep
use used using uses
help helps assist
show showed shown demonstrated
create created
name named called known
destroy destroyed
big large
kids children child
adults adult
film movie
car automobile
town city
company firm business
house home
university college
soldier troops
physician doctor
illness disease
purchase purchased
"""
# Words that add nothing to what is said.
LIGHT = frozenset(
    stem(word)
    for word in "located situated currently also people person total according amount approximately called named "
    "serves serve following respectively specifically additionally furthermore moreover include includes including "
    "part parts well both thus such due like states state stated says said mentions document passage text "
    "began begin begins beginning start started starts starting".split()
)


@cache
def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _SAME.strip().splitlines():
        group = {stem(word) for word in line.split()}
        for word in group:
            found.setdefault(word, set()).update(group)
    return {word: frozenset(group) for word, group in found.items()}


def akin(word: str, others: Set[str]) -> bool:
    """Whether the stem, one of its root or a synonym is among the others."""
    if word in others or not _groups().get(word, frozenset()).isdisjoint(others):
        return True
    if len(word) < 4 or not word.isalpha():
        return False
    root = word[: max(4, len(word) - 3)]
    return any(o.startswith(root) and abs(len(o) - len(word)) <= 4 for o in others)
