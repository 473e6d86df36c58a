"""Sentences in other languages, and over sources in others: what cannot be judged is never called supported."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from core.types import DocumentRef, Passage, Verdict
from index.encode import SentenceTransformerEncoder
from service.support.checker import Checker, open_checker
from service.support.claims import makes_claim
from service.support.facts import numbers
from service.support.facts.denial import denies
from service.support.words import comparable

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parents[3] / "bench" / "support_languages.jsonl")
    .read_text(encoding="utf-8")
    .splitlines()
]
CASES = [(row, sentence) for row in ROWS for sentence in row["sentences"]]


def passage(text: str, title: str) -> Passage:
    return Passage("p", DocumentRef("d", "file:d", title, "text/plain"), (), None, 100, 100 + len(text), text)


@pytest.fixture(scope="module")
def checker() -> Checker:
    """Beside an encoder that knows the languages."""
    return open_checker(SentenceTransformerEncoder("multilingual"))


@pytest.mark.parametrize(("row", "sentence"), [case for case in CASES if not case[1]["true"]])
def test_no_falsehood_is_supported(checker, row, sentence):
    checked = checker.check(sentence["text"], [passage(row["text"], row["title"])])
    assert checked.verdict is not Verdict.SUPPORTED
    assert checked.support < 0.4


def test_what_is_true_over_a_source_in_another_language_is_cited_as_partly_supported(checker):
    found = []
    for row, sentence in CASES:
        if "over" in row["set"]:
            place = passage(row["text"], row["title"])
            checked = checker.check(sentence["text"], [place])
            found.append((sentence["true"], checked.verdict is Verdict.PARTLY))
            for one in checked.evidence:
                quote = row["text"][one.start - 100 : one.end - 100]
                assert quote == quote.strip() != ""
    true = [cited for truth, cited in found if truth]
    false = [cited for truth, cited in found if not truth]
    assert sum(true) >= 0.75 * len(true)
    assert sum(false) <= 0.1 * len(false)


def test_the_sentence_that_says_it_is_the_evidence(checker):
    (english,) = [row for row in ROWS if row["set"] == "zh over en"]
    checked = checker.check("塔的高度是23米。", [passage(english["text"], english["title"])])
    (evidence,) = checked.evidence
    assert "23 metres high" in english["text"][evidence.start - 100 : evidence.end - 100]


@pytest.mark.parametrize("row", [row for row in ROWS if " " not in row["set"]], ids=lambda row: row["set"])
def test_a_whole_sentence_is_supported_in_any_language(checker, row):
    (verbatim,) = [s["text"] for s in row["sentences"] if s["kind"] == "verbatim"]
    assert checker.check(verbatim, [passage(row["text"], row["title"])]).verdict is Verdict.SUPPORTED


def test_without_an_encoder_that_knows_both_nothing_is_said_across_languages(encoder):
    plain = open_checker()
    english = next(row for row in ROWS if row["set"] == "zh over en")
    checked = plain.check("塔的高度是23米。", [passage(english["text"], english["title"])])
    assert checked.verdict is Verdict.UNSUPPORTED


@pytest.mark.parametrize(
    ("text", "language", "denied"),
    [
        ("看守人不得离开礁石", "zh", True),
        ("他不仅会英语，还会非常好的法语", "zh", False),
        ("Er durfte nicht gehen", "de", True),
        ("Die Wärter durften gehen", "de", False),
        ("Il n’est jamais venu", "fr", True),
        ("No podían salir", "es", True),
        ("Смотрители не могли", "ru", True),
        ("لم يسمح لهم", "ar", True),
        ("行きません。", "ja", True),
        ("They couldn’t leave", "en", True),
        ("Aldri", "no", None),
        ("Station No. 5 opened", "en", False),
        ("There is no station", "en", True),
        ("Doctors Without Borders came", "en", False),
        ("Médecins sans frontières", "fr", False),
        ("Sans lui", "fr", True),
        ("Praha nebo nejlepší Brno v neděli", "cs", False),
        ("Strážci nemohli odejít", "cs", True),
        ("Není tam", "cs", True),
        ("无锡的非法未成年工", "zh", False),
        ("他不得不离开", "zh", False),
        ("他不得离开", "zh", True),
    ],
)
def test_a_denial_is_told_by_the_words_of_its_language(text, language, denied):
    assert denies(text, language) is denied


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("٢٣ مترًا", "ar", "23"),
        ("２３メートル", "ja", "23"),
        ("तेईस २३", "hi", "23"),
        ("三名看守人", "zh", "3"),
        ("三百二十万人", "zh", "3200000"),
        ("3,2 Millionen", "de", "3200000"),
        ("drei Wärter", "de", "3"),
        ("три смотрителя", "ru", "3"),
        ("5 тысяч", "ru", "5000"),
        ("trois étés", "fr", "3"),
        ("5 mil personas", "es", "5000"),
        ("5 mille", "it", "5000"),
        ("$5 mil", "en", "5"),
        ("3 billion", "en", "3000000000"),
        ("3 Billion", "de", "3"),
    ],
)
def test_numbers_are_read_in_the_digits_and_words_of_their_language(text, language, value):
    found = numbers.quantities(numbers.in_figures(comparable(text), language))
    assert int(value) in [quantity.value for quantity in found]


@pytest.mark.parametrize(
    ("sentence", "claims"),
    [
        ("以下是我找到的内容：", False),
        ("希望这些信息对您有所帮助。", False),
        ("Hier ist die Antwort:", False),
        ("Voici ce que j’ai trouvé :", False),
        ("Según los documentos:", False),
        ("Вот что я нашёл:", False),
        ("以下是我找到的内容：塔高23米。", True),
        ("Laut den Dokumenten ist der Turm 23 Meter hoch.", True),
        ("塔高23米。", True),
    ],
)
def test_courtesies_of_other_languages_need_no_source(sentence, claims):
    assert makes_claim(sentence) is claims


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("Los Angeles hosted both games.", "Los Angeles hosted both games in 1932 and 1984."),
        ("Von Neumann proposed cellular automata.", "Von Neumann proposed cellular automata in 1948."),
    ],
)
def test_a_name_makes_no_claim_foreign(checker, claim, text):
    place = replace(passage(text, "A title"), language="en")
    assert checker.check(claim, [place]).verdict is Verdict.SUPPORTED


def test_an_encoder_of_other_cosines_is_not_asked_across_languages():
    class Other:
        name = "intfloat/multilingual-e5-large"

        def encode_questions(self, texts):
            raise AssertionError

    english = next(row for row in ROWS if row["set"] == "zh over en")
    checked = open_checker(Other()).check("塔的高度是23米。", [passage(english["text"], english["title"])])
    assert checked.verdict is Verdict.UNSUPPORTED
