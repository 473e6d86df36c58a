"""What becomes of a ranking before it is shown: duplicates, documents, neighbours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from index_samples import put, source

from core.types import DocumentRef, Hit, HitSource, Passage
from index.arrange import Ranked, fold_duplicates, join_neighbours, spread
from index.search import SearchSettings

FEE = (
    "The fee for a berth in the inner harbour is paid at the office of the harbour master before the ship ties up, in "
    "cash or by card, and a receipt is given for it which has to be kept on board for as long as the ship lies there."
)


def ranked(*texts: str, documents: str | None = None) -> list[Ranked]:
    names = documents or "abcdefghijklmnopqrstuvwxyz"
    starts: dict[str, int] = {}
    made = []
    for i, text in enumerate(texts):
        start = starts.get(names[i], 0)
        starts[names[i]] = start + len(text) + 1
        document = DocumentRef(names[i], f"file:///{names[i]}", names[i], "text/plain")
        passage = Passage(f"{names[i]}:{start}", document, (), None, start, start + len(text), text)
        made.append(Ranked(Hit(passage, 1 - i / 100, HitSource.FUSED), 0.5 - i / 100))
    return made


def places(found: list[Ranked]) -> list[tuple[str, list[str]]]:
    return [(one.hit.passage.document.id, [p.document.id for p in one.hit.also_in]) for one in found]


def test_what_says_the_same_is_one_hit_that_names_the_other_places():
    same = FEE.replace("ties up, in", "ties up in").replace("harbour master", "Harbour Master")
    found = fold_duplicates(ranked(FEE, "Something else.", FEE, same))
    assert places(found) == [("a", ["c", "d"]), ("b", [])]


@pytest.mark.parametrize(
    ("words", "others"),
    [
        ("a receipt is given", "no receipt is given"),
        ("a receipt is given", "a receipt isn't given"),
        ("The fee for a berth", "The fee of 40 for a berth"),
        ("in cash or by card", "in cash only"),
        ("before the ship ties up", "after the ship ties up"),
        ("ship ties up, in cash or by card", "card ties up, in cash or by ship"),
    ],
)
def test_one_other_word_or_another_order_makes_two_statements(words, others):
    assert words in FEE
    found = fold_duplicates(ranked(FEE, FEE.replace(words, others)))
    assert places(found) == [("a", []), ("b", [])]


@pytest.mark.parametrize(
    ("text", "other"), [("It is 1.5 km.", "It is 15 km."), ("Minus: -5", "Minus: 5"), ("1,5 t", "15 t")]
)
def test_figures_that_differ_by_a_sign_only_are_two(text, other):
    assert len(fold_duplicates(ranked(text, other))) == 2


@given(st.lists(st.sampled_from([FEE, FEE + " Yes.", "One.", "Two words.", "Number 3."]), max_size=12))
def test_folding_loses_no_passage_and_keeps_the_order(texts):
    given_ = ranked(*texts)
    found = fold_duplicates(given_)
    scores = [one.hit.score for one in found]
    assert scores == sorted(scores, reverse=True)
    shown = [p for one in found for p in (one.hit.passage, *one.hit.also_in)]
    assert sorted(p.id for p in shown) == sorted(one.hit.passage.id for one in given_)


def test_of_one_document_no_more_than_asked_for_while_others_have_enough():
    many = ranked("1", "2", "3", "4", "5", "6", documents="aaabac")
    assert [one.hit.passage.text for one in spread(many, 4, 0)] == ["1", "2", "3", "4"]
    assert [one.hit.passage.text for one in spread(many, 4, 2)] == ["1", "2", "4", "6"]
    assert [one.hit.passage.text for one in spread(many, 5, 1)] == ["1", "2", "3", "4", "6"]  # there are but three
    assert [one.hit.passage.text for one in spread(many, 50, 1)] == ["1", "2", "3", "4", "5", "6"]


def test_neighbours_become_one_as_good_as_the_best():
    some = ranked("First.", "Elsewhere.", "Second.", "Third.", documents="abaa")
    found = join_neighbours([some[3], some[1], some[0], some[2]], lambda a, b: " ")
    assert [one.hit.passage.text for one in found] == ["First. Second. Third.", "Elsewhere."]
    whole = found[0].hit
    assert (whole.passage.start, whole.passage.end, whole.score) == (0, len("First. Second. Third."), 1.0)
    assert found[0].cosine == 0.5


def test_what_stands_between_keeps_them_apart():
    some = ranked("First.", "Second.", documents="aa")
    assert len(join_neighbours(some, lambda a, b: "x")) == 2


def test_a_joined_hit_is_an_exact_stretch_of_its_document(store):
    put(
        store,
        "c",
        source("file:///a.txt", "The harbour opens at six.", "The harbour closes at nine.", "A crane stands here."),
    )
    settings = SearchSettings(join_neighbours=True)
    best = store.search("c", "When does the harbour open and when does the harbour close?", 2, settings).hits[0].passage
    text = store.catalog.document("c", best.document.id).text
    assert text[best.start : best.end] == best.text
    assert best.text.startswith("The harbour opens at six.") and best.text.endswith("The harbour closes at nine.")


def test_duplicates_in_two_documents_are_one_hit_of_the_store(store):
    put(store, "c", source("file:///a.txt", FEE), source("file:///b.txt", FEE), source("file:///c.txt", "A crane."))
    hits = store.search("c", "What is the fee for a berth?", 5).hits
    assert [len(hit.also_in) for hit in hits] == [1, 0]
    assert {hits[0].passage.document.uri, hits[0].also_in[0].document.uri} == {"file:///a.txt", "file:///b.txt"}
    apart = store.search("c", "What is the fee for a berth?", 5, SearchSettings(fold_duplicates=False)).hits
    assert len(apart) == 3


def test_reciprocal_ranks_are_another_way_to_fuse(store):
    put(store, "c", source("file:///a.txt", "The harbour opens at six.", "A crane stands here.", "Fish is sold."))
    hits = store.search("c", "When does the harbour open?", 3, SearchSettings(fusion="ranks")).hits
    assert hits[0].passage.text == "The harbour opens at six."
    assert hits[0].score == pytest.approx(1.0)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
