"""A cited place is found again in a changed text, and never lit where other words stand."""

import random

import pytest

from service.source.locate import locate
from service.source.records import QUOTE_CHARS, Asked, PlaceState

FIRST = "The ferry leaves the northern pier at six in the morning."
CITED = "Every passenger pays eleven crowns, and children under twelve travel free of charge."
LAST = "In winter the ice breaker goes ahead of it."
TEXT = f"{FIRST}\n\n{CITED}\n\n{LAST}"
START = TEXT.index(CITED)


def asked(quote=CITED, start=START):
    return Asked(start, start + len(CITED), quote)


def found(text, place):
    return None if place.span is None else text[slice(*place.span)]


def test_words_at_their_old_place_are_the_same_in_any_version():
    place = locate(TEXT.replace(LAST, "No winter service."), asked(), same_version=False)
    assert (place.state, place.span) == (PlaceState.SAME, (START, START + len(CITED)))


def test_words_that_moved_are_found_word_for_word():
    text = f"A new first paragraph, with an emoji 😀.\n\n{TEXT}"
    place = locate(text, asked(), same_version=False)
    assert (place.state, found(text, place)) == (PlaceState.MOVED, CITED)


@pytest.mark.parametrize(("near", "which"), [(0, 0), (450, 1), (2000, 2)])
def test_of_several_places_the_nearest_to_the_old_one_is_taken(near, which):
    text = "".join(f"{CITED}\n\n{'Nothing of note. ' * 20}" for _ in range(3))
    places = [i for i in range(len(text)) if text.startswith(CITED, i)]
    expected = min(places, key=lambda place: abs(place - near))
    place = locate(text, asked(start=near), same_version=False)
    assert place.span is not None
    assert place.span[0] == expected
    assert places.index(expected) == which


@pytest.mark.parametrize(
    "there",
    [
        CITED.replace(" ", "\n"),
        CITED.replace("passenger", "pas-\nsenger"),
        CITED.replace("passenger", "pas\u00adsenger"),
        CITED.upper(),
        CITED.replace("free", "\ufb01ree".replace("\ufb01", "f")).replace("crowns,", "crowns ,"),
    ],
)
def test_white_space_hyphenation_and_case_do_not_count(there):
    text = f"Something new.\n\n{there}\n\n{LAST}"
    place = locate(text, asked(), same_version=False)
    assert (place.state, found(text, place)) == (PlaceState.MOVED, there)


def test_typographic_quotes_and_ligatures_do_not_count():
    text = "Intro. He said: “the oﬃce is ﬁne” and left."
    quote = 'He said: "the office is fine" and left.'
    place = locate(text, Asked(90, 90 + len(quote), quote), same_version=False)
    assert (place.state, found(text, place)) == (PlaceState.MOVED, text[7:])


def test_a_sign_before_a_figure_does_count():
    text = "New.\n\nThe result of the year was 5 million crowns, as the board had feared."
    quote = "The result of the year was -5 million crowns, as the board had feared."
    assert locate(text, Asked(0, len(quote), quote), same_version=False).state is PlaceState.CHANGED


def test_a_sentence_that_was_reworded_is_shown_as_changed_whole():
    new = "Every passenger pays fourteen crowns, and children under twelve travel free of charge."
    text = f"Something new.\n\n{FIRST} {new} {LAST}"
    place = locate(text, asked(), same_version=False)
    assert (place.state, found(text, place)) == (PlaceState.CHANGED, new)


def test_a_chinese_sentence_that_was_reworded_is_shown_as_changed():
    old = "所有员工每年享有三十天带薪年假，申请须提前两周提交给人力资源部门。"
    new = old.replace("三十", "二十五").replace("两周", "三周")
    text = f"员工手册已经修订。{new}病假须提供医生证明。"
    place = locate(text, Asked(0, len(old), old), same_version=False)
    assert (place.state, found(text, place)) == (PlaceState.CHANGED, new)


def test_words_that_have_no_like_are_gone():
    place = locate(f"{FIRST}\n\n{LAST}", asked(), same_version=False)
    assert (place.state, place.span) == (PlaceState.GONE, None)


def test_without_the_words_a_place_is_believed_only_in_the_version_that_was_cited():
    assert locate(TEXT, asked(None), same_version=True).span == (START, START + len(CITED))
    assert locate(TEXT, asked(None), same_version=False).span is None


def test_offsets_that_do_not_fit_their_words_are_not_lit():
    place = locate(TEXT, asked(start=START - 3), same_version=True)
    assert (place.state, place.span) == (PlaceState.MOVED, (START, START + len(CITED)))


def test_a_shortened_quote_lights_the_whole_span_of_its_version_and_elsewhere_only_what_is_known():
    long = " ".join(f"word{i}" for i in range(200))
    text = f"{FIRST} {long} {LAST}"
    start = text.index(long)
    place = Asked(start, start + len(long), long[:QUOTE_CHARS])
    assert locate(text, place, same_version=True).span == (start, start + len(long))
    moved = f"New. {text}"
    assert found(moved, locate(moved, place, same_version=False)) == long[:QUOTE_CHARS]


@pytest.mark.parametrize("quote", [" ", "-", "…", "\u200b", "a", "😀"])
def test_a_quote_of_hardly_anything_is_found_as_it_is_or_not_at_all(quote):
    text = "Nothing of the kind stnds here."
    place = locate(text.replace("a", ""), Asked(0, 1, quote), same_version=False)
    assert place.span is None or text[slice(*place.span)] == quote


def test_a_text_of_twenty_million_characters_is_searched_through():
    source = random.Random(5)
    words = ["".join(source.choices("abcdefghijklmnopqrstuvwxyz", k=source.randint(2, 9))) for _ in range(3000)]
    text = " ".join(source.choices(words, k=3_000_000))
    quote = text[15_000_000:15_000_300]
    reworded = " ".join(word if i % 7 else "zebra" for i, word in enumerate(quote.split(" ")))
    place = locate(text, Asked(100, 400, reworded), same_version=False)
    assert place.state is PlaceState.CHANGED
    assert place.span is not None
    assert abs(place.span[0] - 15_000_000) < 100
