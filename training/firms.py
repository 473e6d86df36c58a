"""Made-up organisations, and how a title tells whose document it is: by the name, by the ticker, or not at all."""

import random
from collections.abc import Callable
from dataclasses import dataclass

NAMES = (
    "Acme|Northwind|Globex|Initech|Umbra|Harbor|Vertex|Lumen|Alder|Polaris|Cedar|Quarry|Orchid|Summit|Falcon|Adelphi|"
    "Bramble|Corvid|Dunmore|Elmira|Fenwick|Garnet|Halden|Isolde|Juniper|Kestrel|Larkspur|Marlowe|Nimbus|Osprey|Pinnock|"
    "Quillon|Redwood|Sterling|Tamarack|Ulster|Verbena|Wexford|Yarrow|Zephyr|Ashby|Brightwell|Camden|Delmont|Everett|"
    "Foxglove|Glenmore|Hathaway|Ironside|Jasper|Kingsley|Lynwood|Merit|Norwood|Oakham|Prescott|Ridgeway|Selkirk"
).split("|")
_KINDS = "| Inc.| Corp| Group| Foods| Energy| Health| Bank| Air| Retail| Steel| Hotels| Motors| Ltd| Software".split(
    "|"
)
_PUBLIC = "{} University|the city of {}|{} Hospital|the {} fund|{} Council|{} Library|{} School".split("|")
_SHORT = (3, 4)


@dataclass(frozen=True, slots=True)
class Firm:
    name: str
    ticker: str

    def is_told_by(self, text: str) -> bool:
        return self.name.lower() in text.lower() or self.ticker in text.split()


Titled = Callable[[Firm], str]


def two_firms(rng: random.Random) -> tuple[Firm, Firm]:
    """The ticker of one cannot be read as the other's name."""
    while True:
        names = rng.sample(NAMES, 2)
        one, other = (_firm(name, rng) for name in names)
        if not _spells(one.ticker, names[1]) and not _spells(other.ticker, names[0]):
            return one, other


def title_form(column: str, rng: random.Random) -> Titled:
    """How documents are called, here: ``column`` is a year or the like."""
    form = rng.choice(_FORMS)
    year = column if column[-1].isdigit() and rng.random() < 0.7 else f"FY{rng.randint(10, 25)}"
    return lambda firm: form.format(name=firm.name, ticker=firm.ticker, year=year)


_FORMS = (
    "",
    "{name} report",
    "{name} {year}",
    "{name} handbook",
    "{name} 10-K {year}",
    "{ticker} 10-K {year}",
    "{ticker} {year}",
    "{ticker} report",
    "{ticker} 10-Q",
    "Annual report {year}",
    "Report {year}",
)


def _firm(name: str, rng: random.Random) -> Firm:
    count = rng.choice(_SHORT) - 1
    kept = sorted(rng.sample(range(1, len(name)), count))
    ticker = "".join(name[i] for i in (0, *kept)).upper()
    whole = rng.choice(_PUBLIC).format(name) if rng.random() < 0.15 else name + rng.choice(_KINDS)
    return Firm(whole if rng.random() < 0.6 else name, ticker)


def _spells(ticker: str, name: str) -> bool:
    """Whether the ticker could be the name's: begins with its first letter, and has others of it in their order."""
    letters = iter(name.upper())
    return name[0].upper() == ticker[0] and all(letter in letters for letter in ticker)
