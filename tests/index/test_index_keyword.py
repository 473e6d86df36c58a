"""Keyword search: BM25 that finds exact words, whatever is typed."""

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import keyword, schema
from index.analyse import question_terms

PASSAGES = {
    1: ("Security", "The backdoor is known as CVE-2024-3094 and hides in a compression library."),
    2: ("Security", "Another flaw is known as CVE-2021-44228 and sits in a logging library."),
    3: ("Statutes", "Under § 12(b) the keeper of the lighthouse is exempt from the toll."),
    4: ("Statutes", "Under § 12(c) the keeper pays twice. Error code E0x7F is shown."),
    5: ("日本語", "東京都の灯台は毎晩明かりをつけます。"),
    6: ("Other", "To be or not to be, that is what this is all about."),
    7: ("Lighthouse", "Nobody is at home tonight."),
}


@pytest.fixture(scope="module")
def connection(tmp_path_factory):
    engine = schema.open_database(tmp_path_factory.mktemp("keyword") / "catalog.db")
    with schema.write(engine) as opened:
        keyword.create(opened, 1)
        keyword.add(opened, 1, [(key, context, body) for key, (context, body) in PASSAGES.items()])
        yield opened
    engine.dispose()


def ask(connection, question, k=10):
    return [key for key, _ in keyword.search(connection, 1, question_terms(question), k)]


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
def test_exact_words_find_their_passage_first(connection, question, best):
    assert ask(connection, question)[0] == best


def test_a_word_of_the_passage_counts_more_than_one_of_its_title(connection):
    assert ask(connection, "lighthouse") == [3, 7]


def test_a_rare_word_counts_more_than_a_common_one(connection):
    assert ask(connection, "library toll")[0] == 3
    assert set(ask(connection, "library toll")) == {1, 2, 3}


def test_scores_are_above_zero_and_sorted_and_k_is_kept(connection):
    found = keyword.search(connection, 1, question_terms("keeper library known"), 3)
    scores = [score for _, score in found]
    assert len(found) == 3
    assert scores == sorted(scores, reverse=True)
    assert min(scores) > 0


def test_scores_are_bm25(tmp_path):
    bodies = ["storm storm harbour", "storm quay quay quay", "quay crane", "crane", "mole", "pier mole"]
    engine = schema.open_database(tmp_path / "catalog.db")
    with schema.write(engine) as connection:
        keyword.create(connection, 1)
        keyword.add(connection, 1, [(key, "", body) for key, body in enumerate(bodies, 1)])
        found = keyword.search(connection, 1, ["storm"], 9)
        counted = keyword.document_frequencies(connection, 1, ["storm", "quay", "nothing"])
    engine.dispose()

    def bm25(frequency, length):
        rarity = math.log((6 - 2 + 0.5) / (2 + 0.5))  # 2 of 6 passages have the word
        mean = sum(len(body.split()) for body in bodies) / 6
        return rarity * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * length / mean))

    assert found == [(1, pytest.approx(bm25(2, 3))), (2, pytest.approx(bm25(1, 4)))]
    assert counted == {"storm": 2, "quay": 2}


def test_a_question_of_stop_words_only_is_still_searched_for(connection):
    assert ask(connection, "what is it all about")[0] == 6


def test_nothing_in_common_finds_nothing(connection):
    assert ask(connection, "zebra") == []
    assert ask(connection, "") == []
    assert keyword.document_frequencies(connection, 1, []) == {}


@pytest.mark.parametrize(
    "question",
    ['NOT " OR *', '"lighthouse', "lighthouse AND NOT toll", "NEAR(lighthouse toll, 2)", "context : lighthouse",
     "lighthouse*", "^lighthouse", "{context body} : x lighthouse", "'; DROP TABLE terms_1; -- lighthouse",
     "lighthouse\0"],
)  # fmt: skip
def test_search_operators_in_a_question_are_words_like_others(connection, question):
    found = ask(connection, question)
    assert ("lighthouse" in question) == (3 in found)
    assert ask(connection, "lighthouse") == [3, 7]


def test_terms_that_were_not_analysed_are_harmless_too(connection):
    hostile = ['lighthouse" OR "keeper', "NOT", "*", "(", "toll"]
    assert [key for key, _ in keyword.search(connection, 1, hostile, 9)] == [3, 6]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from("NOT AND OR NEAR ( ) \" * ^ : { } + - ' ; a".split())).map(" ".join),
    )
)
def test_any_question_is_harmless(connection, question):
    wanted = question_terms(question)
    for key, score in keyword.search(connection, 1, wanted, 5):
        assert key in PASSAGES
        assert score > 0
    assert set(keyword.document_frequencies(connection, 1, wanted)) <= set(wanted)


def test_every_indexed_term_can_be_counted(connection):
    for _, body in PASSAGES.values():
        wanted = question_terms(body)
        assert set(keyword.document_frequencies(connection, 1, wanted)) == set(wanted)
