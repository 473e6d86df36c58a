"""Numbers in a text, as values: "3.2 million", "3,200,000" and "three million two hundred thousand" are one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from service.support.facts import han_numerals
from service.support.facts.units import unit

_MAGNITUDES = {"hundred": 2, "thousand": 3, "million": 6, "billion": 9, "trillion": 12, "mn": 6, "bn": 9,
               "millones": 6, "millionen": 6,
               "milliarde": 9, "milliarden": 9, "milliard": 9, "milliards": 9, "mil": 3, "mille": 3, "tausend": 3,
               "millón": 6, "milioni": 6, "miliardi": 9, "milhões": 6, "тыс": 3, "тысяча": 3, "тысячи": 3, "тысяч": 3,
               "млн": 6, "миллион": 6, "миллиона": 6, "миллионов": 6, "млрд": 9, "миллиард": 9, "миллиарда": 9,
               "миллиардов": 9, "ألف": 3, "مليون": 6, "مليار": 9,
               "万": 4, "萬": 4, "만": 4, "亿": 8, "億": 8, "억": 8}  # fmt: skip
# The same letters are another number, or none, in other languages: "$5 mil" is five million, "3 Billion" 10¹².
_ONLY_IN = {"mil": frozenset({"es", "pt"}), "mille": frozenset({"fr", "it"})}
_NOT_IN = {"billion": frozenset({"de"})}
_FIGURE = r"\d{1,3}(?:[,\u00a0\u202f'’]\d{3})++(?:\.\d++)?|\d++(?:[.,]\d++)*+"
_SCALED = re.compile(
    rf"(?<![\w.,])({_FIGURE})\s?({'|'.join(_MAGNITUDES)})(?!\w)|(?<![A-Za-z\d.,])(\d++(?:\.\d++)?)\s?([万萬만亿億억])",
    re.I,
)
_NUMBER = re.compile(
    rf"(?P<sign>(?<![\w\d])[-−])?(?P<before>US\$|[$€£¥₹])?\s?(?P<figure>{_FIGURE})(?P<ordinal>(?:st|nd|rd|th)(?!\w))?"
    r"(?:\s?(?P<mark>%|°[CF]|元|公里|千米|米|公斤|千克|英里)|[\s-]?(?P<word>per\s?cent|km/h|[^\W\d_]{1,12})(?!\w))?"
)
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|approx\.?|some|nearly|almost|over|more than|less than|under|circa|ca\.?|"
    r"close to|up to|estimated|unos|около|约|大约|~|≈)\s*(?:at\s|the\s|US\$|[$€£¥₹])?\s*$",
    re.I,
)
_WORDS = (
    "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety"
).split()
# "A two-volume work", but not "twenty-two".
_HYPHENED = re.compile(rf"\b({'|'.join(_WORDS)})-(?!(?:one|{'|'.join(_WORDS)})\b)(?=[a-z])", re.I)
_PERCENT = re.compile(r"(?<=\d)[\s-]?(?:percent|per\scent)\b", re.I)
_LETTERS = re.compile(r"[^\W\d_]{1,12}")
_SPELLED = frozenset({"en", "de", "es", "fr", "it", "nl", "pt"})
_RUSSIAN = {
    name: value
    for value, names in enumerate(
        "два две двух двое|три трёх трех трое|четыре четырёх четырех четверо|пять пяти|шесть шести|семь семи|восемь "
        "восьми|девять девяти|десять десяти|одиннадцать одиннадцати|двенадцать двенадцати".split("|"),
        2,
    )
    for name in names.split()
}
# Not "двадцать пять", which would become 5.
_RUSSIAN_WORD = re.compile(rf"(?<!дцать )(?<!десят )(?<!сорок )(?<!\w)(?:{'|'.join(_RUSSIAN)})(?!\w)", re.I)
_LEAST_SPELLED = 2  # "one" is mostly no number
_TOLERANCE = Decimal("0.05")
_SMALL = 10
_LONGEST_FIGURE = 40


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit where it has one, and the word after it ("sons" in "three sons")."""

    value: Decimal
    unit: str | None
    ordinal: bool
    about: bool
    of: str
    start: int
    end: int


def in_figures(text: str, language: str = "en") -> str:
    """The text with its number words and Han numerals in figures and its magnitudes carried out.

    ``language`` is an ISO 639-1 code; the words of those that are not in ``_SPELLED`` stay.
    """
    from text_to_num import alpha2digit

    # Half a surrogate pair is no text to the library.
    whole = text.encode("utf-8", "replace").decode("utf-8")
    plain = han_numerals.in_figures(_HYPHENED.sub(r"\1 ", _PERCENT.sub("%", whole)))
    scaled = _SCALED.sub(lambda match: _carried_out(match, language), plain)
    if language == "ru":
        return _RUSSIAN_WORD.sub(lambda match: str(_RUSSIAN[match.group().lower()]), scaled)
    return str(alpha2digit(scaled, language, threshold=_LEAST_SPELLED)) if language in _SPELLED else scaled


def quantities(text: str, taken: Sequence[tuple[int, int]] = ()) -> list[Quantity]:
    """The numbers of a text that is in figures; those inside the places ``taken`` are left out."""
    found = []
    for match in _NUMBER.finditer(text):
        start, end = match.span("figure")
        if any(a < end and start < b for a, b in taken) or _inside_a_word(text, start, end, match["ordinal"]):
            continue
        value = _value(match["figure"])
        if value is None:
            continue
        word = (match["word"] or "").casefold()
        found.append(
            Quantity(
                value=-value if match["sign"] else value,
                unit=unit(match["before"] or "") or unit(match["mark"] or "") or _unit_word(word),
                ordinal=bool(match["ordinal"]),
                about=bool(_ABOUT.search(text, max(0, match.start() - 24), match.start())),
                of=_counted(word),
                start=start,
                end=end,
            )
        )
    return found


def missing(said: Sequence[Quantity], read: Sequence[Quantity]) -> str | None:
    """ "number" or "unit" if a number of what was said is not among those read; None if each is.

    Rounding is allowed only where it was said: "about 3.2 million" for 3,214,000. A small number that was said and not
    read may have been counted ("two sons" for Ann's Bob and Tom), unless another number of the same was read.
    """
    fault = None
    for quantity in said:
        alike = [other for other in read if _same_value(quantity, other)]
        if any(not _units_differ(quantity, other) for other in alike):
            continue
        if alike or any(_same_but_for_magnitude(quantity.value, other.value) for other in read):
            fault = fault or "unit"
        elif abs(quantity.value) >= _SMALL or quantity.unit or any(o.of == quantity.of and o.of for o in read):
            return "number"
    return fault


def uncounted(said: Sequence[Quantity], read: Sequence[Quantity]) -> int:
    """How many numbers were said without being read, small ones too."""
    return sum(not any(_same_value(quantity, other) for other in read) for quantity in said)


def _counted(word: str) -> str:
    """What a number is of: the word after it, or in a script without spaces the counter alone ("名" of "名看守人")."""
    return word[:1] if "\u3040" <= word[:1] <= "\u9fff" else word


def _same_value(said: Quantity, read: Quantity) -> bool:
    if said.value == read.value:
        return said.ordinal == read.ordinal or not (said.ordinal or read.ordinal) or not (said.of and read.of)
    rounded = said.about and not read.about and _figures(said.value) < _figures(read.value)
    return rounded and abs(said.value - read.value) <= _TOLERANCE * abs(read.value)


def _figures(value: Decimal) -> int:
    """How many significant figures there are."""
    return len(value.normalize().as_tuple().digits)


def _units_differ(said: Quantity, read: Quantity) -> bool:
    return said.unit is not None and read.unit is not None and said.unit != read.unit


def _same_but_for_magnitude(said: Decimal, read: Decimal) -> bool:
    if not said or not read or said == read:
        return False
    big, small = max(abs(said), abs(read)), min(abs(said), abs(read))
    return big >= 1000 and any(small * factor == big for factor in (1000, 10**6, 10**9, 10**12))


def _carried_out(match: re.Match[str], language: str) -> str:
    figure, magnitude = (match[1], match[2]) if match[1] else (match[3], match[4])
    value, name = _value(figure), magnitude.lower()
    if value is None or language not in _ONLY_IN.get(name, {language}) or language in _NOT_IN.get(name, ()):
        return match.group()
    scaled = value.scaleb(_MAGNITUDES[name])
    return f"{scaled.normalize():f}"


def _value(figure: str) -> Decimal | None:
    if len(figure) > _LONGEST_FIGURE:
        return None
    plain = re.sub(r"[\u00a0\u202f'’]", "", figure)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", plain):
        plain = plain.replace(",", "")
    elif re.fullmatch(r"\d{1,3}(\.\d{3}){2,}", plain):
        plain = plain.replace(".", "")
    elif re.fullmatch(r"\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        return Decimal(plain)
    except InvalidOperation:  # "1.2.3": a version, a section; its words are compared
        return None


def _inside_a_word(text: str, start: int, end: int, ordinal: str | None) -> bool:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) and not ordinal else " "
    # "B52", "x1b": letters of spaced scripts that touch the figure make it a name.
    return any(c.isalpha() and c.isascii() for c in (before, after)) and not _unit_word(_letters_after(text, end))


def _letters_after(text: str, end: int) -> str:
    match = _LETTERS.match(text, end)
    return match.group() if match else ""


def _unit_word(word: str) -> str | None:
    return "%" if re.fullmatch(r"per\s?cent", word) else unit(word) if word else None
