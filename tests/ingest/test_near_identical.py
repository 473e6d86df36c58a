"""Signatures estimate the similarity of texts; equal texts, and only those, are told to be equal."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import Signed
from ingest.near_groups import groups
from ingest.near_identical import NEAR, NearIdentical, matrix, similarity
from ingest.signature import SHINGLE, signature

SIGNATURE_BYTES = 32 + 4 * 128
WORDS = [f"word{i}" for i in range(3000)]
# Five standard errors of 128 bins at the worst similarity, 0.5.
TOLERANCE = 5 * (0.25 / 128) ** 0.5


def like(one: str, other: str) -> float:
    return float(similarity(signature(one), matrix([signature(other)]))[0])


def jaccard(one: list[str], other: list[str]) -> float:
    first, second = ({tuple(units[i : i + SHINGLE]) for i in range(len(units) - SHINGLE + 1)} for units in (one, other))
    return len(first & second) / len(first | second)


def altered(units: list[str], changes: int, rng: random.Random, replacements: list[str]) -> list[str]:
    out = list(units)
    for place in rng.sample(range(len(out)), changes):
        out[place] = rng.choice(replacements)
    return out


@given(st.integers(0, 2**32), st.integers(20, 2000), st.floats(0, 0.2))
def test_the_estimate_is_close_to_the_true_similarity(seed, length, share):
    rng = random.Random(seed)
    one = rng.choices(WORDS, k=length)
    other = altered(one, int(share * length), rng, WORDS)
    if one != other:
        assert abs(like(" ".join(one), " ".join(other)) - jaccard(one, other)) < TOLERANCE


@given(st.integers(0, 2**32), st.floats(0, 0.1))
def test_scripts_without_spaces_are_compared_by_characters(seed, share):
    rng = random.Random(seed)
    ideographs = [chr(code) for code in range(0x4E00, 0x5200)]
    one = rng.choices(ideographs, k=600)
    other = altered(one, int(share * 600), rng, ideographs)
    if one != other:
        assert abs(like("".join(one), "".join(other)) - jaccard(one, other)) < TOLERANCE


@given(st.text())
def test_a_text_is_equal_to_itself_whatever_it_is(text):
    assert len(signature(text)) == SIGNATURE_BYTES
    assert like(text, text) == 1


@given(st.text(), st.text())
def test_only_equal_texts_have_a_similarity_of_1(one, other):
    assert (like(one, other) == 1) is (one == other)


def test_case_and_punctuation_do_not_count():
    assert NEAR < like("The dam is forty metres long, and old.", "the dam is forty metres long and OLD") < 1


def test_a_long_text_is_cut_in_pieces_without_a_trace():
    rng = random.Random(7)
    text = " ".join(rng.choices(WORDS, k=400_000))
    assert len(text) > 2_000_000
    moved = "One sentence more at the beginning. " + text
    assert like(text, moved) > 0.98


# Looking up


def make(texts: dict[str, str]) -> NearIdentical:
    return NearIdentical(Signed(f"id of {uri}", uri, uri.title(), signature(text)) for uri, text in texts.items())


@pytest.fixture(scope="module")
def pages() -> list[str]:
    rng = random.Random(3)
    return [" ".join(rng.choices(WORDS, k=400)) for _ in range(6)]


def test_the_nearest_of_several_is_found_and_told(pages):
    known = make({"a": pages[0], "b": pages[1], "c": pages[0] + " and some words more, at the very end of it all"})
    near = known.nearest("new", signature(pages[0] + " and some words more, at the very end of it"))
    assert near is not None
    assert near.document.uri == "c"
    assert "Nearly identical to C (c): 9" in near.note
    assert known.nearest("new", signature(pages[2])) is None
    assert "the same text" in known.nearest("new", signature(pages[1])).note


def test_a_document_is_not_like_its_own_former_version(pages):
    known = make({"a": pages[0]})
    assert known.nearest("a", signature(pages[0] + " again")) is None


def test_what_was_put_is_found_and_what_was_forgotten_is_not(pages):
    known = make({"a": pages[0], "b": pages[1]})
    for i in range(300):  # more than are kept in reserve
        known.put(f"id{i}", f"filler{i}", "Filler", signature(f"filler number {i} about nothing else than {i}"))
    known.put("id c", "c", "C", signature(pages[2]))
    assert known.nearest("new", signature(pages[2])).document.id == "id c"
    known.put("id c2", "c", "C", signature(pages[3]))
    assert known.nearest("new", signature(pages[2])) is None
    assert known.nearest("new", signature(pages[3])).document.id == "id c2"
    known.forget("a")
    known.forget("never there")
    assert known.nearest("new", signature(pages[0])) is None
    assert known.nearest("new", signature(pages[1])).document.uri == "b"
    known.forget("c")
    assert known.nearest("new", signature(pages[3])) is None


def test_a_look_up_finds_what_comparing_with_all_finds(pages):
    rng = random.Random(9)
    texts = [" ".join(altered(page.split(), count, rng, WORDS)) for page in pages for count in (0, 1, 2, 4, 100)]
    signatures = [signature(text) for text in texts]
    known = NearIdentical(Signed(f"id{i}", f"{i}", f"{i}", one) for i, one in enumerate(signatures[:10]))
    for i, one in enumerate(signatures[10:], 10):
        known.put(f"id{i}", f"{i}", f"{i}", one)
    rows = matrix(signatures)
    for page in pages:
        new = signature(" ".join(altered(page.split(), 2, rng, WORDS)))
        found = similarity(new, rows)
        near = known.nearest("new", new)
        assert near is not None
        assert (near.document.signature, near.similarity) == (signatures[found.argmax()], found.max())


# Groups


def test_groups_are_those_that_comparing_each_with_each_finds(pages):
    rng = random.Random(5)
    texts = list(pages)
    for page in pages[:4]:
        words = page.split()
        texts += [" ".join(altered(words, count, rng, WORDS)) for count in (1, 2, 200)]
    texts.append(pages[5])
    rng.shuffle(texts)
    rows = matrix([signature(text) for text in texts])
    linked = [{i} for i in range(len(texts))]
    for i, text in enumerate(texts):
        for j in (similarity(signature(text), rows) >= NEAR).nonzero()[0]:
            both = linked[i] | linked[j]
            for member in both:
                linked[member] = both
    expected = sorted({tuple(sorted(group)) for group in linked if len(group) > 1})
    found = groups(rows)
    assert [group.rows for group in found] == expected
    assert len(expected) == 5
    for group in found:
        assert group.similarities[0] == 1
        assert len(group.similarities) == len(group.rows)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_documents_make_no_groups_unless_they_are_alike(count, pages):
    rows = matrix([signature(page) for page in pages[:count]])
    assert groups(rows) == []


def test_many_copies_make_one_group(pages):
    rows = matrix([signature(pages[0])] * 500 + [signature(pages[1])])
    [group] = groups(rows)
    assert group.rows == tuple(range(500))
    assert set(group.similarities) == {1.0}
