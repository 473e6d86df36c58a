"""Text to search terms."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyse import question_phrases, question_stems, question_terms, terms


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
        ("東京都", ["東", "東京", "京", "京都", "都"]),
        ("猫 and 犬", ["猫", "and", "犬"]),
        ("Python3の方", ["python3", "の", "の方", "方"]),
        ("서울에서", ["서", "서울", "울", "울에", "에", "에서", "서"]),
        ("ที่นี่", ["ที่", "ที่นี่", "นี่"]),
        ("人々", ["人", "人々", "々"]),
        ("हिन्दी में।", ["हिन्दी", "में"]),
        ("", []),
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
        ("「京都」とは", [["京", "京都", "都"]]),
        ("Where was the meeting in FY2022 held?", []),
    ],
)
def test_what_is_to_stand_together(question, expected):
    assert question_phrases(question) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كِتَابٌ", "كتاب"),
        ("الكـــتاب", "الكتاب"),
        ("إسلام أحمد", "اسلام احمد"),
        ("کتاب فارسی", "كتاب فارسي"),
        ("می\u200cخواهم", "میخواهم"),
        ("שָׁלוֹם", "שלום"),
        ("ﾃﾞｰﾀﾍﾞｰｽ", "データベース"),
        ("２０２４年", "2024年"),
        ("٢٠٢٤", "2024"),
        ("२०२४", "2024"),
        ("๒๕๖๗", "2567"),
        ("Ａ４", "a4"),
        ("क\u093cलम", "कलम"),
        ("İstanbul", "istanbul"),
        ("Smørrebrød", "smorrebrod"),
        ("Łódź", "lodz"),
        ("soft\u00adware", "software"),
        ("ΣΊΣΥΦΟΣ", "σισυφος"),
        ("ёлка", "елка"),
    ],
)
def test_what_is_written_in_several_ways_is_one_to_search(one, other):
    assert terms(one) == terms(other) != []


@pytest.mark.parametrize(("one", "other"), [("国", "國"), ("はし", "ハシ"), ("में", "मैं"), ("มา", "ม้า")])
def test_what_says_something_else_stays_another_word(one, other):
    assert not set(terms(one)) & set(terms(other)) - set("มา")


def test_a_question_loses_its_stop_words_and_repetitions():
    assert question_terms("What is the name of the river, and whose river is it?") == ["name", "river"]


def test_a_question_of_stop_words_only_keeps_them():
    assert question_terms("What is it about?") == ["what", "is", "it", "about"]
    assert question_terms("?!") == []


def test_every_language_loses_its_own_stop_words():
    assert question_terms("Wer war der Gründer und wann ist er gestorben?") == ["wer", "grunder", "wann", "gestorben"]
    assert question_terms("Кто был первым президентом?") == ["первым", "президентом"]
    assert question_terms("Who won the war in Die, France?") == ["won", "war", "die", "franc"]


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("会议什么时候举行？", "会议举行"),
        ("京都はどこですか", "京都は"),
        ("회의는 언제", "회의는"),
        ("ประชุมเมื่อไร", "ประชุม"),
        ("什么？", "什么"),
        ("吗啡", "吗啡"),
        ("幾何の問題", "幾何の問題"),
        ("任何人", "任何人"),
        ("任何时候", "任何时候"),
        ("누가복음", "누가복음"),
        ("よだれ", "よだれ"),
        ("เกี่ยว", "เกี่ยว"),
    ],
)
def test_a_question_loses_its_interrogative_where_no_spaces_are(question, left):
    pairs = [term for term in question_terms(question) if len(term) > 1]
    assert set(pairs) == {term for term in terms(left) if len(term) > 1} - {"议举"}


LETTERS = "aZéß' -.9٣ïÅдЙάςאָבكـتَىกำไมຂខ្មមြ東々ーｶﾞ국한हिन्दी़ক্ষதி\u200c\u200d\u00ad𠀀½²ﷺ"
SCRIPTS = st.text(st.sampled_from(LETTERS), max_size=12)


@given(st.one_of(st.text(), SCRIPTS), st.sampled_from([None, "de", "ar", "ru", "hi", "tr"]))
def test_the_terms_of_any_text_are_single_words(text, language):
    for term in terms(text, language):
        assert term.split() == [term]
    assert set(question_terms(text)) <= set(terms(text))


@given(st.one_of(st.text(), SCRIPTS))
def test_equal_letters_make_equal_terms_however_they_are_composed(text):
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


@given(st.text(st.sampled_from("東京都庁の中"), min_size=1, max_size=9), st.data())
def test_a_quoted_part_stands_together_in_the_terms_of_the_whole(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    part = terms(text[start : data.draw(st.integers(start + 1, len(text)))])
    whole = terms(text)
    assert any(whole[i : i + len(part)] == part for i in range(len(whole)))
