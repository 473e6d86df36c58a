"""Keyword search: BM25 that finds exact words, whatever is typed."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.analyse import question_phrases, question_terms, terms
from index.inverted import InvertedIndex, State, Wanted

PASSAGES = {
    1: ("Security", "The backdoor is known as CVE-2024-3094 and hides in a compression library."),
    2: ("Security", "Another flaw is known as CVE-2021-44228 and sits in a logging library."),
    3: ("Statutes", "Under § 12(b) the keeper of the lighthouse is exempt from the toll."),
    4: ("Statutes", "Under § 12(c) the keeper pays twice. Error code E0x7F is shown."),
    5: ("日本語", "東京都の灯台は毎晩明かりをつけます。"),
    6: ("Other", "To be or not to be, that is what this is all about."),
    7: ("Lighthouse", "Nobody is at home tonight."),
}


def index_of(folder, passages):
    made = InvertedIndex(folder / "words")
    rows = [(key, " ".join(terms(context)), " ".join(terms(body))) for key, (context, body) in passages.items()]
    made.update(rows, [], State(0, max(passages)))
    return made


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    return index_of(tmp_path_factory.mktemp("keyword"), PASSAGES)


def ask(index, question, k=10):
    return [key for key, _ in index.search(Wanted(question_terms(question), question_phrases(question)), k)]


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("What is CVE-2024-3094?", 1),
        ("CVE-2021-44228", 2),
        ("Who is exempt under § 12(b)?", 3),
        ("§ 12(c)", 4),
        ("e0x7f", 4),
        ("東京", 5),
        ("灯台はどこ？", 5),
    ],
)
def test_exact_words_find_their_passage_first(index, question, best):
    assert ask(index, question)[0] == best


def test_a_word_of_the_passage_counts_more_than_one_of_its_title(index):
    assert ask(index, "lighthouse") == [3, 7]


def test_a_rare_word_counts_more_than_a_common_one(index):
    assert ask(index, "library toll")[0] == 3
    assert set(ask(index, "library toll")) == {1, 2, 3}


def test_scores_are_above_zero_and_sorted_and_k_is_kept(index):
    found = index.search(Wanted(question_terms("keeper library known")), 3)
    scores = [score for _, score in found]
    assert len(found) == 3
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_scores_are_bm25(tmp_path):
    bodies = ["storm storm harbour", "storm quay quay quay", "quay crane", "crane", "mole", "pier mole"]
    index = index_of(tmp_path, {key: ("", body) for key, body in enumerate(bodies, 1)})
    found = index.search(Wanted(["storm"]), 9)

    def bm25(frequency, length):
        # 2 of 6 passages have the word; what tells how far the index is counts as one more, without words.
        rarity = math.log(1 + (7 - 2 + 0.5) / (2 + 0.5))
        mean = sum(len(body.split()) for body in bodies) / 7
        return rarity * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))

    assert found == [(1, pytest.approx(bm25(2, 3))), (2, pytest.approx(bm25(1, 4)))]
    assert index.document_frequencies(["storm", "quay", "nothing"]) == {"storm": 2, "quay": 2}


def test_of_the_forms_of_a_term_the_best_in_a_passage_counts(tmp_path):
    index = index_of(tmp_path, {1: ("", "harbour"), 2: ("", "harbor"), 3: ("", "harbour harbor"), 4: ("", "quay")})
    by_forms = dict(index.search(Wanted([], forms=[["harbour", "harbor"]]), 9))
    one, other = (dict(index.search(Wanted([term]), 9)) for term in ("harbour", "harbor"))
    assert by_forms == {1: one[1], 2: other[2], 3: pytest.approx(max(one[3], other[3]))}


def test_a_question_of_stop_words_only_is_still_searched_for(index):
    assert ask(index, "what is it all about")[0] == 6


def test_nothing_in_common_finds_nothing(index):
    assert ask(index, "zebra") == []
    assert ask(index, "") == []
    assert index.document_frequencies([]) == {}


@pytest.mark.parametrize(
    "question",
    ['NOT " OR *', '"lighthouse', "lighthouse AND NOT toll", "NEAR(lighthouse toll, 2)", "context : lighthouse",
     "lighthouse*", "^lighthouse", "{context body} : x lighthouse", "'; DROP TABLE terms_1; -- lighthouse",
     "lighthouse\0"],
)  # fmt: skip
def test_search_operators_in_a_question_are_words_like_others(index, question):
    found = ask(index, question)
    assert ("lighthouse" in question) == (3 in found)
    assert ask(index, "lighthouse") == [3, 7]


def test_terms_that_were_not_analysed_are_harmless_too(index):
    hostile = ['lighthouse" OR "keeper', "NOT", "*", "(", "toll"]
    assert [key for key, _ in index.search(Wanted(hostile), 9)] == [3]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from("NOT AND OR NEAR ( ) \" * ^ : { } + - ' ; a".split())).map(" ".join),
    )
)
def test_any_question_is_harmless(index, question):
    wanted = question_terms(question)
    for key, score in index.search(Wanted(wanted, question_phrases(question)), 5):
        assert key in PASSAGES
        assert score > 0
    assert set(index.document_frequencies(wanted)) <= set(wanted)


def test_every_indexed_term_can_be_counted(index):
    for _, body in PASSAGES.values():
        wanted = question_terms(body)
        assert set(index.document_frequencies(wanted)) == set(wanted)
