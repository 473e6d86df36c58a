"""Made-up tables, as passages hold them, with questions on one cell: the reader's other texts have no tables.

Values are random; a question's answer is a cell, told by its row and, where there are several, its column. What
competes: the question on a row or a column that the table lacks, tables alike with other rows, and another firm's.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from training.example import Example
from training.firms import Firm, title_form, two_firms

_MONEY = (
    "Net sales|Revenue|Total revenues|Cost of sales|Cost of revenue|Gross profit|Operating income|Operating expenses|"
    "Net income|Net loss|Income before income taxes|Income tax expense|Interest expense|Interest income|"
    "Selling, general and administrative expenses|Research and development|Depreciation and amortization|"
    "Capital expenditures|Cash and cash equivalents|Short-term investments|Accounts receivable, net|Inventories|"
    "Total current assets|Property and equipment, net|Goodwill|Intangible assets, net|Total assets|Accounts payable|"
    "Accrued liabilities|Deferred revenue|Total current liabilities|Long-term debt|Total liabilities|Common stock|"
    "Retained earnings|Total stockholders' equity|Net cash provided by operating activities|Dividends paid|"
    "Net cash used in investing activities|Repurchases of common stock|Free cash flow|Stock-based compensation|"
    "Adjusted EBITDA|Restructuring charges|Impairment of assets|Advertising expense|Rent expense|Royalties|"
    "Product revenue|Service revenue|Subscription revenue|Licensing revenue|Marketing costs|Legal fees|Grants received|"
    "Membership fees|Ticket sales|Donations|Travel costs|Salaries and wages|Insurance|Maintenance and repairs"
).split("|")
_PLACES = (
    "United States|Canada|Mexico|Brazil|Germany|France|United Kingdom|Italy|Spain|Poland|Japan|China|India|Australia|"
    "South Africa|Nigeria|Egypt|North America|Latin America|Europe|EMEA|Asia Pacific|Rest of world|Northern region|"
    "Southern region|Eastern region|Western region|Texas|California|Florida|Ohio|New York|Bavaria|Catalonia|Ontario"
).split("|")
_COUNTS = (
    "Employees|Stores|Customers|Orders|Visitors|Members|Students|Teachers|Beds|Patients|Vehicles|Passengers|Flights|"
    "Accidents|Complaints|Tickets closed|Applications received|Permits issued|Units sold|Downloads|Active users|"
    "Subscribers|Branches|Warehouses|Births|Deaths|Marriages|Households|Dwellings|Schools|Libraries|Books lent"
).split("|")
_PROPERTIES = (
    "Weight|Height|Width|Length|Maximum load|Operating temperature|Voltage|Power consumption|Battery life|Memory|"
    "Storage|Screen size|Warranty|Material|Colour|Price|Delivery time|Range|Top speed|Fuel capacity|Noise level|"
    "Boiling point|Melting point|Density|Half-life|Default port|Timeout|Maximum file size|Retention period|Log level|"
    "Minimum age|Opening hours|Closing time|Registration fee|Late fee|Notice period|Vacation days|Sick days|"
    "Deductible|Coverage limit|Interest rate|Minimum deposit|Overdraft limit|Contract term|Cancellation fee"
).split("|")
_FIRST = (
    "Anna|Ben|Clara|David|Elena|Farid|Grace|Hugo|Ines|Jonas|Karin|Luis|Maya|Nora|Omar|Petra|Ravi|Sofia|Tom|Yuki"
).split("|")
_LAST = (
    "Adler|Brown|Costa|Diaz|Evans|Fischer|Garcia|Hansen|Ito|Jones|Khan|Lopez|Meyer|Novak|Okafor|Patel|Rossi|Smith"
).split("|")
_ROLES = (
    "Chief executive officer|Chief financial officer|Chief operating officer|General counsel|Treasurer|Secretary|"
    "Head of sales|Head of research|Chair of the board|Director of human resources|Safety officer|Project manager|"
    "Press contact|Data protection officer|Head of nursing|Principal|Lead engineer|Auditor"
).split("|")
_MONTHS = "January|March|June|September|December".split("|")


_Cells = dict[tuple[str, str], str]
"""By row and column."""
_Text = tuple[str, dict[tuple[str, str], tuple[int, int]]]
"""With the place of each cell in it."""
_Shape = Callable[[Sequence[str], Sequence[str], _Cells, random.Random], _Text]


@dataclass(frozen=True, slots=True)
class _Kind:
    rows: Sequence[str]
    columns: Callable[[random.Random], list[str]]
    value: Callable[[random.Random], str]
    asked: Sequence[str]  # {row}, {column}, {firm}


def table_groups(count: int, rng: random.Random) -> list[tuple[Example, tuple[Example, ...]]]:
    """So many questions, each with the table that answers and what competes with it."""
    found: list[tuple[Example, tuple[Example, ...]]] = []
    while len(found) < count:
        found.append(_group(rng.choice(KINDS), rng))
    return found


def _group(kind: _Kind, rng: random.Random) -> tuple[Example, tuple[Example, ...]]:
    labels = rng.sample(kind.rows, min(len(kind.rows), rng.randint(7, 14)))
    inside, outside = labels[:-3], labels[-3:]
    columns = kind.columns(rng)
    firm, other_firm = two_firms(rng)
    titled = title_form(rng.choice(columns), rng)
    title = titled(firm)
    heading = rng.choice(_HEADINGS)
    cells = _values(kind, inside, columns, rng)
    row, column = rng.choice(inside), rng.choice(columns)
    shape = _headed(rng.choice(_SHAPES), heading.format(firm.name))
    text, places = shape(inside, columns, cells, rng)
    question = _asked(kind, row, column, firm.name, rng)
    right = Example("tables", question, title, text, True, places[row, column])
    without = [label for label in inside if label != row]
    fewer, _ = shape(without, columns, cells, rng)
    wrong = [
        Example("tables", question, title, fewer, False),
        Example("tables", _asked(kind, outside[0], column, firm.name, rng), title, text, False),
        Example(
            "tables", question, title, shape(outside, columns, _values(kind, outside, columns, rng), rng)[0], False
        ),
    ]
    # "FY2019" is the year of "December 31, 2019".
    others = [other for other in kind.columns(rng) if not any(c[-4:] == other[-4:] for c in columns)]
    if others and len(columns) > 1:
        wrong.append(Example("tables", _asked(kind, row, others[0], firm.name, rng), title, text, False))
    rng.shuffle(wrong)
    # The hardest: the same of another firm, which only the title or the line above the table tells.
    if firm.is_told_by(f"{title} {text}") and firm.name.lower() in question.lower():
        elsewhere = _of_another_firm(question, firm, other_firm)
        theirs = text.replace(firm.name, other_firm.name)
        wrong.insert(0, Example("tables", elsewhere, title, text, False))
        wrong.insert(1, Example("tables", question, titled(other_firm), theirs, False))
    return right, tuple(wrong)


def _of_another_firm(question: str, firm: Firm, other: Firm) -> str:
    written = firm.name if firm.name in question else firm.name.lower()
    return question.replace(written, other.name if written == firm.name else other.name.lower())


def _headed(shape: _Shape, heading: str) -> _Shape:
    """With a heading above."""

    def made(rows: Sequence[str], columns: Sequence[str], cells: _Cells, rng: random.Random) -> _Text:
        text, places = shape(rows, columns, cells, rng)
        return heading + text, {cell: (a + len(heading), b + len(heading)) for cell, (a, b) in places.items()}

    return made


def _values(kind: _Kind, rows: Sequence[str], columns: Sequence[str], rng: random.Random) -> _Cells:
    return {(row, column): kind.value(rng) for row in rows for column in columns}


def _asked(kind: _Kind, row: str, column: str, firm: str, rng: random.Random) -> str:
    named = row in _PLACES or any(word.istitle() for word in row.split()[1:])
    name = row if named else row[0].lower() + row[1:]
    question = rng.choice(kind.asked).format(row=name, column=column, firm=firm)
    return question.lower().rstrip("?") if rng.random() < 0.1 else question


def _plain(rows: Sequence[str], columns: Sequence[str], cells: _Cells, rng: random.Random) -> _Text:
    """A line of headers, then rows of bare values."""
    corner = rng.choice(["", "(in millions)", "(Dollars in thousands)", "Item", "Year ended"])
    before = rng.choice(["", "", "The following table sets forth the figures for the periods shown.\n\n"])
    header = " | ".join([corner, *columns] if corner else columns)
    return _written(before + header + "\n", rows, columns, cells, lambda column: "")


def _told(rows: Sequence[str], columns: Sequence[str], cells: _Cells, rng: random.Random) -> _Text:
    """Rows whose values have their header before them."""
    before = rng.choice(["", "", "Selected data\n"])
    return _written(before, rows, columns, cells, lambda column: f"{column}: ")


def _written(
    start: str, rows: Sequence[str], columns: Sequence[str], cells: _Cells, before: Callable[[str], str]
) -> _Text:
    text, places = start, {}
    for row in rows:
        text += row
        for column in columns:
            text += f" | {before(column)}"
            places[row, column] = (len(text), len(text) + len(cells[row, column]))
            text += cells[row, column]
        text += "\n"
    return text.rstrip("\n"), places


def _years(rng: random.Random) -> list[str]:
    last, count = rng.randint(1995, 2025), rng.randint(1, 4)
    form = rng.choice(["{}", "{}", "FY{}", "Fiscal {}", "December 31, {}", f"{rng.choice(_MONTHS)} {{}}"])
    return [form.format(last - i) for i in range(count)]


def _one(name: str) -> Callable[[random.Random], list[str]]:
    return lambda rng: [name]


def _products(rng: random.Random) -> list[str]:
    return [
        f"{rng.choice(['Model', 'Type', 'Plan', 'Version'])} {x}" for x in rng.sample("ABCDEFGH", rng.randint(1, 3))
    ]


def _money(rng: random.Random) -> str:
    value = f"{rng.randint(1, 9999) / 10:,.1f}" if rng.random() < 0.3 else f"{int(10 ** rng.uniform(1, 6)):,}"
    value = f"({value})" if rng.random() < 0.1 else value
    return f"$ {value}" if rng.random() < 0.3 else value


def _share(rng: random.Random) -> str:
    return f"{rng.randint(1, 999) / 10}%" if rng.random() < 0.8 else f"({rng.randint(1, 99) / 10}%)"


def _count(rng: random.Random) -> str:
    return f"{int(10 ** rng.uniform(0.5, 5.5)):,}"


def _property(rng: random.Random) -> str:
    unit = rng.choice("kg|cm|m|°C|V|W|hours|GB|MB|days|months|years|minutes|dB|km/h|litres|%|euros|weeks".split("|"))
    return rng.choice([f"{rng.randint(1, 500)} {unit}", f"{rng.randint(1, 99) / 10} {unit}", f"{rng.randint(1, 900)}"])


def _person(rng: random.Random) -> str:
    return f"{rng.choice(_FIRST)} {rng.choice(_LAST)}"


_SHAPES = (_plain, _plain, _told)
_HEADINGS = ("", "", "", "{}\n", "{}\nConsolidated figures\n")
KINDS = (
    _Kind(
        _MONEY,
        _years,
        _money,
        (
            "What was the {row} in {column}?",
            "What was {firm}'s {row} for {column}?",
            "How much was {row} in {column}?",
            "What was {firm}'s {row} in {column}?",
            "What {row} did {firm} report in {column}?",
            "How much did {firm} report as {row} in {column}?",
            "What is the {column} {row}?",
            "{row} {column}",
            "What amount of {row} did {firm} have in {column}?",
        ),
    ),
    _Kind(
        _PLACES,
        _years,
        _money,
        (
            "What were sales in {row} in {column}?",
            "How much revenue came from {row} in {column}?",
            "What did {firm} earn in {row} in {column}?",
        ),
    ),
    _Kind(
        [f"{row} as a percentage of revenue" for row in _MONEY[:30]] + _PLACES,
        _years,
        _share,
        ("What share was {row} in {column}?", "What was the percentage for {row} in {column}?", "{row} in {column}?"),
    ),
    _Kind(
        _COUNTS,
        _years,
        _count,
        (
            "How many {row} were there in {column}?",
            "How many {row} did {firm} have in {column}?",
            "What was the number of {row} in {column}?",
        ),
    ),
    _Kind(
        _PLACES,
        _one("Stores"),
        _count,
        (
            "How many stores are there in {row}?",
            "What is the number of stores in {row}?",
            "How many stores does {firm} have in {row}?",
        ),
    ),
    _Kind(
        _PROPERTIES,
        _products,
        _property,
        ("What is the {row} of {column}?", "What {row} does {column} have?", "{column}: what is the {row}?"),
    ),
    _Kind(
        _PROPERTIES,
        _one("Value"),
        _property,
        ("What is the {row}?", "What is the value of the {row}?", "Which {row} applies?", "Tell me the {row}."),
    ),
    _Kind(
        _ROLES,
        _one("Name"),
        _person,
        ("Who is the {row}?", "Who is {firm}'s {row}?", "What is the name of the {row}?"),
    ),
    _Kind(
        [f"{a} {b}" for a in _FIRST for b in _LAST[:6]],
        _one("Position"),
        lambda rng: rng.choice(_ROLES),
        ("What is the position of {row}?", "What does {row} do?", "Which office does {row} hold?"),
    ),
)
