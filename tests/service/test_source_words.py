"""The languages of the source page are complete, and chosen by what the browser asks for."""

from dataclasses import fields

import pytest

from service.source.words.choose import LANGUAGES, words_for
from service.source.words.words import Words


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.5, fr;q=0.9", "fr"),
        ("pt-BR, es;q=0.4", "es"),
        ("zh-Hant-TW", "zh"),
        ("AR", "ar"),
        ("de;q=0, en;q=0.1", "en"),
        ("nl, sv", "en"),
        ("*", "en"),
        ("de;q=nonsense, fr", "fr"),
        (";;;,,,=;q", "en"),
    ],
)
def test_the_best_language_that_there_is_is_chosen(header, code):
    assert words_for(header).code == code


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {"en"}))
def test_a_translation_says_everything_with_the_same_numbers_in_it(code):
    english, words = LANGUAGES["en"], LANGUAGES[code]
    assert words.kinds.keys() == english.kinds.keys()
    for field in fields(Words):
        theirs, ours = getattr(words, field.name), getattr(english, field.name)
        if isinstance(ours, str):
            assert theirs.strip() == theirs != ""
            assert [theirs.count(mark) for mark in ("{n}", "{total}")] == [ours.count(m) for m in ("{n}", "{total}")]
