import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.text_match import Match, Searchable, fold


def found(text, quote, inner=None):
    """The stretches of ``text`` that read like ``quote``."""
    return [text[match.start : match.end] for match in Searchable(text).find(quote, inner)]


@pytest.mark.parametrize(
    ("text", "quote", "expected"),
    [
        ("It was held in Beijing.", "held in Beijing", ["held in Beijing"]),
        ("held  in\n Beijing", "held in Beijing", ["held  in\n Beijing"]),
        ("held in\u00a0Beijing", "held in Beijing", ["held in\u00a0Beijing"]),
        ("the Court’s “view”", 'the Court\'s "view"', ["the Court’s “view”"]),
        ("1990–1999 — a decade", "1990-1999 - a decade", ["1990–1999 — a decade"]),
        ("the \ufb01rst of\ufb01ce", "first office", ["\ufb01rst of\ufb01ce"]),
        ("cafe\u0301 here", "café", ["cafe\u0301"]),
        ("co\u00adoperation", "cooperation", ["co\u00adoperation"]),
        ("red, red", "red", ["red", "red"]),
        ("held in Beijing", "held in Shanghai", []),
        ("anything", "", []),
        ("anything", " \n", []),
    ],
)
def test_what_reads_the_same_is_found_where_it_is(text, quote, expected):
    assert found(text, quote) == expected


def test_an_exact_match_is_preferred_to_a_folded_one():
    assert found("in  Rome, in Rome", "in Rome") == ["in Rome"]


def test_the_marked_part_is_mapped_exactly_and_after_folding():
    quote, inner = "It was held in Rome today.", (15, 19)
    assert Searchable(f"So: {quote}").find(quote, inner) == [Match(4, 30, (19, 23))]
    text = "It  was\nheld in\n\nRome today."
    (match,) = Searchable(text).find(quote, inner)
    assert text[slice(*match.inner)] == "Rome"


def test_overlapping_occurrences_are_all_found():
    assert [match.start for match in Searchable("aaa").find("aa")] == [0, 1]


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_and_origins_rise(text):
    folded = fold(text)
    assert fold(folded.text).text == folded.text
    assert len(folded.origins) == len(folded.text)
    assert list(folded.origins) == sorted(folded.origins)


@given(st.text(alphabet="ab ’\n\u00ad", max_size=20), st.text(alphabet="ab", min_size=1, max_size=6))
def test_a_quote_is_found_however_its_spaces_are_set(before, word):
    text = f"{before} x{word}\n \tx end"
    (match, *_) = Searchable(text).find(f"x{word} x")
    assert fold(text[match.start : match.end]).text == f"x{word} x"
