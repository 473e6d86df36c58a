"""Documents in many scripts, and in several languages: found by their words, filtered, counted."""

from dataclasses import replace

import pytest
from index_samples import Source, open_store, put, source

from index import keyword_indexes, schema
from index.filters.parse import parse
from index.languages import counted
from index.search import SearchSettings

BY_WORDS = SearchSettings(dense_weight=0.0)
TEXTS = {
    "ar": "وُلِدَ الكَاتِبُ فِي القَاهِرَةِ سَنَةَ ١٩١١.",
    "de": "Die Bürgermeisterin eröffnete neue Häuser in der Altstadt.",
    "el": "Ο Σίσυφος έσπρωχνε τον βράχο στην κορυφή.",
    "fa": "نویسنده در کتاب‌خانهٔ شهر کار می‌کرد.",
    "he": "הָעִיר יְרוּשָׁלַיִם הִיא הַבִּירָה.",
    "hi": "दिल्ली भारत की राजधानी है।",
    "ja": "東京都の灯台は毎晩明かりをつけます。ﾃﾞｰﾀﾍﾞｰｽもあります。",
    "km": "ភ្នំពេញជារាជធានីនៃប្រទេសកម្ពុជា។",
    "ko": "서울특별시에서는 매년 불꽃축제가 열립니다.",
    "lo": "ວຽງຈັນເປັນນະຄອນຫຼວງຂອງລາວ",
    "my": "နေပြည်တော်သည်မြန်မာနိုင်ငံ၏မြို့တော်ဖြစ်သည်။",
    "ru": "В городах России строились новые мосты.",
    "th": "กรุงเทพมหานครเป็นเมืองหลวงของประเทศไทย",
    "tr": "İstanbul'da Isparta gülleri satılıyor.",
    "zh": "黑豹队的防守只丢了３０８分，猫在睡觉。",
}


def written(code: str, text: str, uri: str = "") -> Source:
    """In this language."""
    made = source(uri or f"file:///{code}", text)
    passages = [replace(passage, language=code) for passage in made.passages]
    return replace(made, document=replace(made.document, language=code), passages=passages)


@pytest.fixture(scope="module")
def babel(tmp_path_factory):
    with open_store(tmp_path_factory.mktemp("babel") / "data") as store:
        put(store, "c", *(written(code, text) for code, text in TEXTS.items()))
        yield store


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("القاهرة", "ar"),
        ("سنة 1911", "ar"),
        ("Haus", "de"),
        ("BURGERMEISTERINNEN", "de"),
        ("σισυφοσ", "el"),
        ("كتابخانه", "fa"),
        ("ירושלים", "he"),
        ("दिल्ली", "hi"),
        ("データベース", "ja"),
        ("灯", "ja"),
        ("រាជធានី", "km"),
        ("불꽃축제", "ko"),
        ("서울", "ko"),
        ("ນະຄອນຫຼວງ", "lo"),
        ("မြို့တော်", "my"),
        ("город", "ru"),
        ("เมืองหลวง", "th"),
        ("istanbul", "tr"),
        ("ısparta", "tr"),
        ("防守丢了308分", "zh"),
        ("猫", "zh"),
        ("黑豹队的防守丢了多少分？", "zh"),
    ],
)
def test_a_word_is_found_in_every_script_and_the_text_is_as_it_was(babel, question, code):
    hit = babel.search("c", question, 1, BY_WORDS).hits[0]
    assert hit.passage.text == TEXTS[code]
    assert hit.passage.language == code
    document = babel.catalog.document("c", hit.passage.document.id)
    assert document.text[hit.passage.start : hit.passage.end] == TEXTS[code]


def mixed() -> Source:
    """An English document with a German and a Chinese passage."""
    made = source("file:///mixed", "The committee met in the hall.", "Die Häuser stehen leer.", "黑豹队的防守")
    languages = ("en", "de", "zh")
    passages = [replace(one, language=own) for one, own in zip(made.passages, languages, strict=True)]
    return replace(made, passages=passages)


def languages_of(store, name, where=None):
    hits = store.search(name, "committee Häuser 防守", 10, None, parse(where) if where else None).hits
    return sorted(hit.passage.language for hit in hits)


def test_a_passage_is_stemmed_as_its_own_language_is(store):
    put(store, "c", mixed())
    put(store, "without", source("file:///mixed", "The committee met in the hall.", "Die Häuser stehen leer."))
    found = store.words(store.catalog.collection("c"))
    assert found.document_frequencies(["haus", "hauser"]) == {"haus": 1}
    assert store.search("c", "Haus", 1, BY_WORDS).hits[0].passage.language == "de"
    without = store.words(store.catalog.collection("without"))
    assert without.document_frequencies(["haus", "hauser"]) == {"hauser": 1}


@pytest.mark.parametrize(
    ("where", "languages"),
    [
        ({"language": "de"}, ["de"]),
        ({"language": "en"}, ["en", "fr"]),
        ({"language": ["zh", "de"]}, ["de", "zh"]),
        ({"not": {"language": "en"}}, ["de", "zh"]),
        ({"language": "de", "uri": "file:///other"}, []),
        ({"or": [{"language": "zh"}, {"uri": "file:///other"}]}, ["en", "zh"]),
        ({"uri": "file:///mixed"}, ["de", "en", "zh"]),
    ],
)
def test_a_filter_on_the_language_is_on_that_of_the_passage(store, where, languages):
    put(store, "c", mixed(), source("file:///other", "Another committee."))
    expected = sorted("en" if code == "fr" else code for code in languages)
    assert languages_of(store, "c", where) == expected


def count(store, name):
    with schema.read(store.catalog.engine) as connection:
        return counted(connection, store.catalog.collection(name).id)


def test_passages_are_counted_by_their_language(store):
    put(store, "c", mixed(), written("ru", TEXTS["ru"]), source("file:///other", "One.", "Two."))
    put(store, "other", mixed())
    assert count(store, "c") == [("en", 3), ("de", 1), ("ru", 1), ("zh", 1)]
    store.remove("c", [mixed().document.id])
    assert count(store, "c") == [("en", 2), ("ru", 1)]


def test_a_copy_keeps_the_languages(store):
    from index.building import copy

    put(store, "c", mixed())
    copy(store, "c", "again")
    assert count(store, "again") == count(store, "c")
    assert languages_of(store, "again") == ["de", "en", "zh"]


def test_words_that_were_taken_apart_in_another_way_are_indexed_anew(folder, monkeypatch):
    with open_store(folder) as store, monkeypatch.context() as former:
        former.setattr(keyword_indexes, "ANALYSIS", "former")
        former.setattr(keyword_indexes, "terms", lambda text, language=None: ["former"])
        put(store, "c", mixed())
        assert store.words(store.catalog.collection("c")).document_frequencies(["former", "haus"]) == {"former": 3}
    with open_store(folder) as store:
        words = store.words(store.catalog.collection("c"))
        assert words.document_frequencies(["former", "haus"]) == {"haus": 1}
        assert words.state.analysis == keyword_indexes.ANALYSIS


def test_words_that_are_as_they_should_be_are_not_indexed_again(folder, monkeypatch):
    with open_store(folder) as store:
        put(store, "c", mixed())
    monkeypatch.setattr(keyword_indexes, "terms", lambda text, language=None: pytest.fail("a passage was analysed"))
    with open_store(folder) as store:
        store.refresh("c")
        assert store.words(store.catalog.collection("c")).document_frequencies(["haus"]) == {"haus": 1}
