"""Text to search terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyse import question_phrases, question_stems, question_terms, terms, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The rivers' banks were flooded.", ["the", "river", "bank", "were", "flood"]),
        ("It's the mayor's car", ["it", "the", "mayor", "car"]),
        ("CVE-2024-3094", ["cve", "2024", "3094"]),
        ("§ 12(b) of the Act", ["12", "b", "of", "the", "act"]),
        ("Zürich ZÜRICH Zu\u0308rich", ["zurich"] * 3),
        ("Straße STRASSE", ["strass"] * 2),
        ("Ｆｕｌｌ ﬁne", ["full", "fine"]),
        ("東京都", ["東京", "京都"]),
        ("猫 and 犬", ["猫", "and", "犬"]),
        ("Python3の使い方", ["python3", "の使", "使い", "い方"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("snake_case_name", ["snake_case_nam"]),
        ("… — !? 👩‍👩‍👧", []),
    ],
)
def test_terms_of_a_text(text, expected):
    assert terms(text) == expected


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Die Häuser des Bürgermeisters", "Haus Bürgermeister"),
        ("fr", "les élèves mangeaient", "élève manger"),
        ("ru", "в городах России", "город Россия"),
        ("es", "las elecciones nacionales", "elección nacional"),
    ],
)
def test_words_are_stemmed_as_their_language_is(language, one, other):
    assert set(terms(other, language)) <= set(terms(one, language))


def test_a_question_has_the_terms_of_every_language_that_is_searched():
    assert question_stems("Die Häuser", ["de"]) == {"die": ["die"], "hauser": ["hauser", "haus"]}


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What is CVE-2024-3094?", [["cve", "2024", "3094"]]),
        ("What does § 12(b) say?", [["12", "b"]]),
        ('Who said "we shall not yield"?', [["we", "shall", "not", "yield"]]),
        ("Where was the meeting in FY2022 held?", []),
    ],
)
def test_what_is_to_stand_together(question, expected):
    assert question_phrases(question) == expected


def test_words_keep_their_place():
    text = "Les élèves, à Tokyo 東京都"
    assert [(word, text[start:end]) for word, start, end in words(text)] == [
        ("les", "Les"), ("eleves", "élèves"), ("a", "à"), ("tokyo", "Tokyo"), ("東京", "東京"), ("京都", "京都"),
    ]  # fmt: skip


def test_a_question_loses_its_stop_words_and_repetitions():
    assert question_terms("What is the name of the river, and whose river is it?") == ["name", "river"]


def test_a_question_of_stop_words_only_keeps_them():
    assert question_terms("What is it about?") == ["what", "is", "it", "about"]
    assert question_terms("?!") == []


@given(st.text())
def test_the_words_of_any_text_lie_in_it_in_order(text):
    last = 0
    for word, start, end in words(text):
        assert 0 <= start < end <= len(text)
        assert start >= last
        assert word
        last = start
