"""Every engine: keyword search is BM25 over two fields, phrases and forms, and no term is too odd for it."""

import random

import numpy as np
import pytest
from engine_reference import Bm25, best
from engine_samples import document, found, put, put_texts, random_vectors, seen

from index.analyse import question_phrases, question_terms, terms
from index.inverted import Wanted
from index.search import SearchSettings

VOCABULARY = [f"zor{i}" for i in range(40)]


def corpus(documents=40, per_document=5):
    """Zipf's law, roughly: the first words are in most passages, the last ones in one or two."""
    rng = random.Random(5)
    weights = [1 / (rank + 1) for rank in range(len(VOCABULARY))]
    for number in range(documents):
        texts = [
            " ".join(rng.choices(VOCABULARY, weights, k=rng.randint(3, 30))) + f" unique{number}n{i}"
            for i in range(per_document)
        ]
        yield f"file:///{number}", " ".join(rng.choices(VOCABULARY, k=3)), texts


@pytest.fixture
def filled(store):
    titles, documents = {}, []
    for uri, title, texts in corpus():
        documents.append(document(uri, texts, random_vectors(len(texts)), title=title))
        titles |= dict.fromkeys(texts, title)
    put(store, "c", *documents)
    store.refresh("c", save=True)
    return store, titles


def reference(one, titles):
    return Bm25({key: (terms(titles[text], "en"), terms(text, "en")) for key, text in one.texts.items()})


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(["zor1"]),
        Wanted(["zor0", "zor7", "zor39", "nowhere"]),
        Wanted(["zor3"], [["zor0", "zor1"]]),
        Wanted(["zor0", "zor1", "zor2"], [["zor0", "zor1", "zor0"], ["zor2", "zor0"]]),
        Wanted([], [], [["zor5", "zor9", "nowhere"]]),
        Wanted(["zor2"], [["zor1", "zor0"]], [["zor4", "zor0"], ["zor11", "zor12"]]),
    ],
    ids=["one term", "terms", "phrase", "phrases", "forms", "all of it"],
)
@pytest.mark.parametrize("k", [5, 50, 1_000])
def test_scores_are_bm25_best_first(place, filled, wanted, k):
    store, titles = filled
    with seen(store, "c") as one:
        expected = reference(one, titles).scores(wanted)
        hits = one.words.search(wanted, k)
        near = place.precision.bm25
        assert [score for _, score in hits] == pytest.approx([score for _, score in best(expected, k)], rel=near)
        assert [score for _, score in hits] == pytest.approx([expected[key] for key, _ in hits], rel=near)
        assert len({key for key, _ in hits}) == len(hits) == min(k, len(expected))


def test_of_the_allowed_the_best_are_found_with_the_scores_that_they_have_among_all(filled):
    store, _ = filled
    wanted = Wanted(["zor0", "zor7"], [["zor0", "zor1"]])
    with seen(store, "c") as one:
        every = one.words.search(wanted, 1_000)
        for own in ([], [10**12], sorted(one.texts)[:1], sorted(one.texts)[::3], [*sorted(one.texts), 10**12]):
            allowed = np.array(own, dtype=np.int64)
            expected = [pair for pair in every if pair[0] in own][:20]
            hits = one.words.search(wanted, 20, allowed)
            assert [key for key, _ in hits] == [key for key, _ in expected]
            assert [score for _, score in hits] == pytest.approx([score for _, score in expected], rel=1e-5)


def test_frequencies_are_the_numbers_of_passages(filled):
    store, titles = filled
    asked = [*VOCABULARY, "unique3n1", "nowhere"]
    with seen(store, "c") as one:
        assert one.words.document_frequencies(asked) == reference(one, titles).document_frequencies(asked)
        assert one.words.document_frequencies([]) == {}


def test_nothing_wanted_and_nothing_in_common_find_nothing(filled):
    store, _ = filled
    with seen(store, "c") as one:
        for wanted in (Wanted([]), Wanted([], [["zor0", "zor1"]]), Wanted(["nowhere"]), Wanted([], [], [["nowhere"]])):
            assert one.words.search(wanted, 10) == []
        assert one.words.search(Wanted(["zor0"]), 0) == []


def test_a_collection_without_passages_finds_nothing(store):
    store.open_collection("c")
    with seen(store, "c") as one:
        assert one.words.search(Wanted(["zor0"], [["zor0", "zor1"]]), 10) == []
        assert one.words.document_frequencies(["zor0"]) == {}


@pytest.mark.parametrize(
    "term",
    ['lighthouse" OR "keeper', "NOT", "*", "(", "%", "_", "\\", "'; DROP TABLE passages; --", "$1", ":a", "{}",
     "lighthouse\0", "x" * 100_000, "", " ", "body:lighthouse", "[1 TO 2]"],
    ids=lambda term: repr(term[:12]),
)  # fmt: skip
def test_odd_terms_are_terms_like_others(store, term):
    put_texts(store, "c", "file:///1", "the lighthouse keeper", "the toll")
    with seen(store, "c") as one:
        assert one.words.document_frequencies([term]) == {}
        (hit,) = one.words.search(Wanted([term, "toll"], [["toll", term]], [[term, "toll"]]), 9)
        assert one.texts[hit[0]] == "the toll"
        assert one.words.search(Wanted([term]), 9) == []


def test_a_word_of_any_length_is_found(store):
    long = "ab" * 5_000
    put_texts(store, "c", "file:///1", f"before {long} after", "another one")
    store.refresh("c")
    (term,) = terms(long, "en")
    with seen(store, "c") as one:
        assert [one.texts[key][:6] for key, _ in one.words.search(Wanted([term]), 9)] == ["before"]
        assert one.words.document_frequencies([term]) == {term: 1}


TEXTS = {
    "lighthouses and ferries": "lighthouse",
    "Die Schlüssel der Straßenbahn": "schlüssel",
    "東京都の灯台は毎晩明かりをつけます。": "灯台",
    "서울의 등대는 밤마다 불을 켭니다": "등대",
    "Маяк на северном берегу": "маяк",
    "منارة على الشاطئ الشمالي": "منارة",
    "המגדלור בחוף הצפוני": "המגדלור",
    "ประภาคารบนชายฝั่ง": "ประภาคาร",
    "उत्तरी तट पर प्रकाशस्तंभ": "प्रकाशस्तंभ",
    "Ο φάρος στη βόρεια ακτή": "φάρος",
    "CVE-2024-3094 in xz 😀 5.6.0": "CVE-2024-3094",
    "𝔉𝔯𝔞𝔨𝔱𝔲𝔯 letters": "𝔉𝔯𝔞𝔨𝔱𝔲𝔯",
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:8])
def test_words_of_every_script_find_their_passage_first(store, text):
    put_texts(store, "c", "file:///1", *TEXTS)
    assert found(store, TEXTS[text], settings=SearchSettings(dense_weight=0.0))[0] == text
    with seen(store, "c") as one:
        wanted = Wanted(question_terms(TEXTS[text]), question_phrases(TEXTS[text]))
        assert [one.texts[key] for key, _ in one.words.search(wanted, 9)] == [text]


@pytest.mark.parametrize("question", ["", " ", "?!", "\0", "😀", "what is it", "a" * 5_000])
def test_any_question_is_answered(store, question):
    put_texts(store, "c", "file:///1", "the lighthouse keeper", "what is it", "the toll")
    hits = store.search("c", question, 10).hits
    assert {hit.passage.text for hit in hits} == {"the lighthouse keeper", "what is it", "the toll"}
