"""False sentences, made of true ones by one change: a number, a date, a name, a negation, two entities exchanged.

The rules know nothing of the checker. A change that may leave the sentence true (names of a list exchanged) is not
made.
"""

import random
import re
from collections.abc import Callable, Sequence

_MONTHS = "January February March April May June July August September October November December".split()
_NUMBER_WORDS = "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty".split()
_RUN = re.compile(r"(?<![.!?] )(?<=[a-z,;] )[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")
_NOT_NAMES = frozenset(_MONTHS) | frozenset(
    "I The A An In It He She They This That There Their These Those His Her Its When While After Before Other Many "
    "Some Most All Both However Although Since Under During By On At For From With As Consequently "
    "Monday Tuesday Sunday".split()
)
_YEAR = re.compile(r"(?<![\d,.])(1[0-9]\d\d|20[0-2]\d)(?![\d,]|\.\d)")
_FIGURE = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w-])")
_TO_NEGATE = re.compile(r"\b(is|was|were|are|has|had|can|could|will|would|may|should|did|does)\b(?! not|n't)")
_TURNED = [
    ("increased", "decreased"), ("more", "less"), ("before", "after"), ("largest", "smallest"), ("first", "last"),
    ("higher", "lower"), ("north", "south"), ("east", "west"), ("highest", "lowest"), ("won", "lost"),
    ("rose", "fell"), ("always", "never"), ("older", "younger"), ("most", "least"), ("begin", "end"),
]  # fmt: skip

Fault = Callable[[str, Sequence[str], random.Random], str | None]


def number(text: str, _: Sequence[str], rng: random.Random) -> str | None:
    """A figure or a number word that is not a year."""
    places = [m for m in _FIGURE.finditer(text) if not _YEAR.fullmatch(m.group())]
    word_places = list(re.finditer(rf"\b({'|'.join(_NUMBER_WORDS)})\b", text))
    if not places and not word_places:
        return None
    match = rng.choice(places + word_places)
    old = match.group()
    if old in _NUMBER_WORDS:
        new = rng.choice([w for w in _NUMBER_WORDS if w != old and w not in text])
    else:
        digits = [i for i, c in enumerate(old) if c.isdigit()]
        at = rng.choice(digits)
        new = old[:at] + rng.choice([d for d in "123456789" if d != old[at]]) + old[at + 1 :]
        if rng.random() < 0.25:
            new = f"{old}0" if "." not in old and "," not in old else new
    return None if new in text else text[: match.start()] + new + text[match.end() :]


def date(text: str, _: Sequence[str], rng: random.Random) -> str | None:
    """A year, a month, or the day beside a month."""
    years, months = list(_YEAR.finditer(text)), list(re.finditer(rf"\b({'|'.join(_MONTHS)})\b(?= \d|,)", text))
    days = [*re.finditer(rf"(?<=\b)\d{{1,2}}(?= (?:{'|'.join(_MONTHS)}))", text)]
    if not years and not months and not days:
        return None
    match = rng.choice(years + months + days)
    old = match.group()
    if old in _MONTHS:
        new = rng.choice([m for m in _MONTHS if m not in text])
    elif len(old) == 4:
        new = str(int(old) + rng.choice([-100, -20, -10, -3, -2, -1, 1, 2, 3, 10, 20]))
    else:
        new = str(rng.choice([d for d in range(1, 29) if str(d) != old]))
    return None if new in text else text[: match.start()] + new + text[match.end() :]


def name(text: str, others: Sequence[str], rng: random.Random) -> str | None:
    """A name by another of the same article; ``others`` are texts to take it from."""
    places = [m for m in _RUN.finditer(text) if m.group() not in _NOT_NAMES]
    own = set(re.findall(r"\w+", text))
    pool = sorted({m.group() for other in others for m in _RUN.finditer(other) if m.group() not in _NOT_NAMES} - own)
    pool = [n for n in pool if not set(re.findall(r"\w+", n)) & own]
    if not places or not pool:
        return None
    match = rng.choice(places)
    return text[: match.start()] + rng.choice(pool) + text[match.end() :]


def negation(text: str, _: Sequence[str], rng: random.Random) -> str | None:
    """ "not" put in or taken out, or a word by its opposite."""
    if " not " in text:
        return text.replace(" not ", " ", 1)
    turned = [(a, b) for pair in _TURNED for a, b in (pair, pair[::-1]) if re.search(rf"\b{a}\b", text)]
    verbs = list(_TO_NEGATE.finditer(text))
    if turned and (rng.random() < 0.5 or not verbs):
        old, new = rng.choice(turned)
        return re.sub(rf"\b{old}\b", new, text, count=1)
    if not verbs:
        return None
    return f"{text[: verbs[0].end()]} {rng.choice(['not', 'not', 'never'])}{text[verbs[0].end() :]}"


def swap(text: str, others: Sequence[str], rng: random.Random) -> str | None:
    """Two names exchanged that have a verb or the like between them, so that it matters which is where."""
    # The first word counts where it is a name in the middle of a sentence, too.
    everywhere = " ".join(others)
    first = re.match(r"[A-Z][\w'-]+(?: [A-Z][\w'-]+)*(?! ?,)", text)
    places = list(_RUN.finditer(text))
    if first and re.search(rf"[a-z] {re.escape(first.group())}\b", everywhere):
        places.insert(0, first)
    places = [m for m in places if m.group().split()[0] not in _NOT_NAMES]
    pairs = [
        (a, b)
        for i, a in enumerate(places)
        for b in places[i + 1 :]
        if not set(a.group().split()) & set(b.group().split()) and _matters(text[a.end() : b.start()])
    ]
    if not pairs:
        return None
    a, b = rng.choice(pairs)
    return text[: a.start()] + b.group() + text[a.end() : b.start()] + a.group() + text[b.end() :]


def _matters(between: str) -> bool:
    """Not in one list; "A, B and C" stays true when its names are exchanged."""
    small = re.findall(r"\b[a-z]+\b", between)
    return bool(set(small) - {"and", "or", "the", "of", "as", "well", "a", "with", "both"}) and len(small) <= 12


FAULTS: dict[str, Fault] = {"number": number, "date": date, "name": name, "negation": negation, "swap": swap}
