"""Numbers, dates, names and what turns a sentence round, read out of texts as people write them."""

from decimal import Decimal

import pytest

from service.support.facts import dates, names, numbers, polarity
from service.support.words import words


def values(text: str) -> list[tuple[Decimal, str | None]]:
    figures = numbers.in_figures(text)
    taken = [(date.start, date.end) for date in dates.dates(figures)]
    return [(quantity.value, quantity.unit) for quantity in numbers.quantities(figures, taken)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("1,234,567 people", "1234567", None),
        ("3.2 million people", "3200000", None),
        ("twenty-three dogs", "23", None),
        ("a two-volume work", "2", None),
        ("5 per cent", "5", "%"),
        ("five percent", "5", "%"),
        ("$5 billion", "5000000000", "$"),
        ("12 kilometres", "12", "km"),
        ("-7 °C", "-7", "°c"),
        ("около 5 млн человек", "5000000", None),
        ("约300万元", "3000000", "yuan"),
        ("unos 40 km", "40", "km"),
    ],
)
def test_numbers_are_values_with_units(text: str, value: str, unit: str | None) -> None:
    assert (Decimal(value), unit) in [(v, u) for v, u in values(text)]


@pytest.mark.parametrize(
    ("said", "read", "fault"),
    [
        ("5,000 men", "5000 men", None),
        ("5,000 men", "6,000 men", "number"),
        ("five million men", "5 billion men", "unit"),
        ("12 km", "12 miles", "unit"),
        ("about 3.2 million people", "3,214,000 people", None),
        ("3.2 million people", "3,214,000 people", "number"),
        ("about 50,090 people", "about 50,000 people", "number"),
        ("three sons", "two sons", "number"),
        ("two sons", "Bob and Tom", None),
    ],
)
def test_a_number_must_have_been_read(said: str, read: str, fault: str | None) -> None:
    mine, theirs = (numbers.quantities(numbers.in_figures(text)) for text in (said, read))
    assert numbers.missing(mine, theirs) == fault


@pytest.mark.parametrize(
    ("said", "read", "missing"),
    [
        ("on 5 March 1999", "on March 5th, 1999", False),
        ("on 5 March 1999", "1999-03-05", False),
        ("on 5 March 1999", "1999年3月5日", False),
        ("5 марта 1999", "1999-03-05", False),
        ("el 5 de marzo de 1999", "on March 5, 1999", False),
        ("in 1999", "on 5 March 1999", False),
        ("on 6 March 1999", "on 5 March 1999", True),
        ("in April 1999", "in March 1999", True),
        ("in 1998", "in March 1999", True),
        ("in the 1990s", "in 1994", False),
        ("in the 1980s", "in 1994", True),
        ("on 5 March 1999", "in 1999. On 5 March", False),
        ("on 4 May 1999", "04/05/1999", False),
    ],
)
def test_a_date_must_have_been_read_in_some_form(said: str, read: str, missing: bool) -> None:
    assert dates.missing(dates.dates(said), dates.dates(read)) is missing


@pytest.mark.parametrize(
    ("said", "read", "absent"),
    [
        ("There Bohemond met Tancred.", "Bohemond and Tancred met.", []),
        ("There Bohemond met Roger.", "Bohemond and Tancred met.", ["Roger"]),
        ("It joined the UN.", "It joined the United Nations.", []),
        ("It joined the United Nations.", "It joined the UN.", []),
        ("It is in Normandy.", "Norman castles", []),
    ],
)
def test_a_name_must_have_been_read_or_stand_for_one_that_was(said: str, read: str, absent: list[str]) -> None:
    known = words(read)
    assert [word.text for word in names.missing(words(said), {w.stem for w in known}, known)] == absent


def test_opposites_count_only_where_the_word_itself_was_not_read() -> None:
    assert polarity.opposed(["increas"], {"decreas"})
    assert not polarity.opposed(["increas"], {"decreas", "increas"})
