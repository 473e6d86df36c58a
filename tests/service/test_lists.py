"""Lists are quoted whole, and never more than the list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import DocumentRef, Hit, HitSource, Passage
from service.answer.lists import whole_list
from service.answer.reader import Candidate
from service.answer.sentences import sentences

TEXT = """It is a good plan. The plan covers:

- Teeth
- Eyes, and
  ears
- Feet

It does not cover hair."""
OFFSET = 100


def passage(text: str) -> Passage:
    return Passage("p", DocumentRef("d", "u", "t", "text/plain"), (), None, OFFSET, OFFSET + len(text), text)


def candidate(text: str, start: int, end: int) -> Candidate:
    return Candidate(Hit(passage(text), 0.5, HitSource.READ), OFFSET + start, OFFSET + end, 0.9)


def quoted(sentence: str, question: str) -> str:
    start = TEXT.index(sentence)
    return whole_list(candidate(TEXT, start, start + len(sentence)), question).quote


WHOLE = TEXT[TEXT.index("The plan") : TEXT.index("Feet") + 4]


def test_a_sentence_that_opens_a_list_is_quoted_with_its_items():
    assert quoted("The plan covers:", "What does the plan cover?") == WHOLE


@pytest.mark.parametrize("item", ["- Teeth", "- Eyes, and\n  ears", "- Feet"])
def test_an_item_is_quoted_with_its_list_where_several_things_are_asked_for(item):
    assert quoted(item, "Which parts are covered?") == WHOLE
    assert quoted(item, "List what is covered") == WHOLE


def test_an_item_stands_alone_where_one_thing_is_asked_for():
    assert quoted("- Teeth", "Is dental care covered?") == "- Teeth"


def test_prose_stays_as_it_is():
    assert quoted("It does not cover hair.", "What are the exceptions?") == "It does not cover hair."


def test_a_long_list_is_not_quoted_whole():
    text = "It covers:\n" + "\n".join(f"- thing number {i} of many" for i in range(100))
    assert whole_list(candidate(text, 0, 10), "What are they?").quote == "It covers:"


@given(st.text(alphabet="ab:-.1 \n\t", max_size=80), st.sampled_from(["What are they?", "Is it?"]))
def test_a_widened_quote_holds_its_sentence_and_stands_in_the_passage(text, question):
    for start, end in sentences(text):
        wide = whole_list(candidate(text, start, end), question)
        assert wide.start <= OFFSET + start
        assert wide.end >= OFFSET + end
        assert text[wide.start - OFFSET : wide.end - OFFSET] == wide.quote
        assert wide.quote.strip() == wide.quote != ""


@pytest.mark.parametrize(
    "question", ["包括哪些内容？", "Welche Teile sind abgedeckt?", "¿Cuáles son?", "Какие части входят?"]
)
def test_a_list_is_quoted_whole_whatever_language_asks(question):
    text = "保险包括：\n一、牙齿\n二、眼睛"
    start = text.index("一")
    assert whole_list(candidate(text, start, start + 4), question).quote == text
    assert whole_list(candidate(text, 0, 5), "保险？").quote == text


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Liste die Leistungen auf", True),
        ("Cite les organes", True),
        ("Cited by whom was it?", False),
        ("Listeria protection", False),
        ("Listen port of the server", False),
    ],
)
def test_only_whole_words_ask_for_a_list(question, whole):
    start = TEXT.index("- Eyes")
    found = whole_list(candidate(TEXT, start, start + len("- Eyes, and\n  ears")), question)
    assert ("Feet" in found.quote) is whole
