"""The inverted index by itself: BM25 over terms, kept in step with the catalog by its state."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import IndexBroken
from index.inverted import InvertedIndex, State, Wanted

ROWS = [
    (1, "harbour", "ship came to port"),
    (2, "harbour", "ship ship left"),
    (3, "market", "cve 2024 3094 was found"),
    (4, "market", "3094 of 2024 cve"),
]


@pytest.fixture
def index(tmp_path):
    made = InvertedIndex(tmp_path / "words")
    assert made.update(ROWS, [], State(3, 4))
    return made


def keys(found):
    return [key for key, _ in found]


def test_what_has_the_terms_is_found_best_first(index):
    found = index.search(Wanted(["ship", "left"]), 10)
    assert keys(found) == [2, 1]
    assert found[0][1] > found[1][1] > 0
    assert index.search(Wanted(["ship"]), 1) == index.search(Wanted(["ship"]), 10)[:1]
    assert index.search(Wanted(["nowhere"]), 10) == index.search(Wanted([]), 10) == []


def test_frequencies_count_passages(index):
    assert index.document_frequencies(["ship", "market", "nowhere"]) == {"ship": 2, "market": 2}


def test_a_word_of_the_context_counts_less_than_one_of_the_text(index):
    index.update([(5, "x", "harbour")], [], State(4, 5))
    assert keys(index.search(Wanted(["harbour"]), 10)) == [5, 1, 2]


def test_terms_that_stand_together_go_first(index):
    assert keys(index.search(Wanted(["cve", "2024", "3094"], [["cve", "2024", "3094"]]), 10)) == [3, 4]


@pytest.mark.parametrize("listed", [4_096, 1])
def test_of_the_allowed_the_best_are_found(index, monkeypatch, listed):
    monkeypatch.setattr("index.inverted._LISTED", listed)
    index.update([(key, "x", "ship " * (key % 7 + 1)) for key in range(10, 300)], [], State(4, 299))
    for allowed in ([], [2], [1, 3], [1, 2, *range(40, 200)]):
        every = [pair for pair in index.search(Wanted(["ship", "left"]), 1_000) if pair[0] in allowed]
        assert index.search(Wanted(["ship", "left"]), 5, np.array(allowed, dtype=np.int64)) == every[:5]


def test_what_is_removed_is_gone_and_the_state_is_kept_with_it(index, tmp_path):
    index.update([], [2], State(7, 4))
    again = InvertedIndex(tmp_path / "words")
    for each in (index, again):
        assert keys(each.search(Wanted(["ship"]), 10)) == [1]
        assert (each.state, len(each)) == (State(7, 4), 3)


def test_another_process_sees_what_was_written_and_never_writes_at_the_same_time(index, tmp_path):
    other = InvertedIndex(tmp_path / "words")
    index.update([(9, "x", "anchor")], [], State(4, 9))
    assert other.reload() == State(4, 9)
    assert keys(other.search(Wanted(["anchor"]), 10)) == [9]
    program = (
        "import sys, tantivy; w = tantivy.Index.open(sys.argv[1]).writer(); print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program, str(tmp_path / "words")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"held\n"
        assert not other.update([(10, "x", "anchor")], [], State(5, 10))
        holder.kill()  # a lock dies with its process
        holder.wait()
    assert other.update([(10, "x", "anchor")], [], State(5, 10))


@pytest.mark.parametrize(
    "damage", [lambda f: (f / "meta.json").write_text("{"), lambda f: next(f.glob("*.store")).unlink()]
)
def test_a_damaged_index_says_so(index, tmp_path, damage):
    damage(tmp_path / "words")
    with pytest.raises(IndexBroken, match="words"):
        InvertedIndex(tmp_path / "words")


def test_it_is_emptied_in_the_write_that_fills_it_anew(index, tmp_path):
    assert index.update([(7, "x", "crane")], None, State(9, 7))
    assert (index.state, len(index), keys(index.search(Wanted(["crane", "ship"]), 9))) == (State(9, 7), 1, [7])
    assert index.update([], None, State())
    assert (len(index), index.keys().tolist()) == (0, [])


@settings(max_examples=25)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.lists(st.sampled_from("abcd"), max_size=4)),
        max_size=30,
        unique_by=lambda r: r[0],
    ),
    st.sets(st.integers(1, 30)),
)
def test_hits_are_those_of_what_is_in(tmp_path_factory, rows, removed):
    index = InvertedIndex(tmp_path_factory.mktemp("words") / "words")
    index.update([(key, "", " ".join(terms)) for key, terms in rows], [], State(0, 30))
    index.update([], sorted(removed), State(1, 30))
    left = {key: terms for key, terms in rows if key not in removed}
    for term in "abcd":
        having = {key for key, terms in left.items() if term in terms}
        assert set(keys(index.search(Wanted([term]), 50))) == having
