import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.near_duplicates import LEAST, NUMBER, NearDuplicates, comparable

WORDS = st.lists(
    st.sampled_from("when where was is the rome roma bonn held founded in 1871 1872 a".split()), max_size=7
)
QUESTION = "Where did the movement that would become the Church begin in 1871?"


def grams(text):
    return {f" {text} "[i : i + 3] for i in range(len(text))}


@given(st.lists(WORDS.map(" ".join), max_size=30), WORDS.map(" ".join))
def test_the_search_finds_what_comparing_each_with_each_finds(texts, text):
    def similarity(other):
        one, two = grams(text), grams(other)
        near = NUMBER.findall(text) == NUMBER.findall(other) and (one | two)
        return len(one & two) / len(one | two) if near else 0.0

    best = max(texts, key=similarity, default="")
    expected = (texts.index(best), similarity(best)) if similarity(best) >= LEAST else None
    assert NearDuplicates(texts).best(text) == expected


@pytest.mark.parametrize(
    ("other", "is_near"),
    [
        ("where did the movement that would become The Church begin in 1871", True),
        ("Where did the movment that would become the Church begin in 1871?", True),
        ("Where did the movements that would become the Church begin in 1871?", True),
        ("Where did a movement that would become the Church begin in 1871?", True),
        ("Where did the movement that would become the Church begin in 1872?", False),
        ("Where did the rebellion that would become the Church begin in 1871?", False),
    ],
)
def test_spelling_is_near_and_other_words_or_numbers_are_not(other, is_near):
    found = NearDuplicates([comparable(QUESTION)]).best(comparable(other))
    assert (found is not None) is is_near


def test_only_texts_before_may_be_asked_for():
    index = NearDuplicates(["where was it held", "where was it held"])
    assert index.best("where was it held", before=0) is None
    assert index.best("where was it held", before=1) == (0, 1.0)


def test_texts_that_read_the_same_are_equal():
    assert comparable("  “Where”, then —\nis it? ") == comparable('"where" then: is it')
    assert comparable("北京在哪里？") == "北京在哪里"
