import random
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_templates import source_of

from evals.generate.chosen import in_turn
from evals.generate.duplicates import Seen
from evals.generate.make import AMBIGUOUS, Wanted, make_set, pattern_drafts
from evals.generate.round_trip import RoundTrip
from evals.generate.sources import name_of
from evals.text_match import Searchable

NAMES = st.sampled_from("Rose Lily Tulip Daisy Iris Olive Hazel Holly".split())
PLACES = st.sampled_from("Rome Paris Berlin Madrid Vienna".split())
SENTENCES = st.builds("The {} {} was opened in {} in {}.".format, NAMES, NAMES, PLACES, st.integers(1800, 1999))
TEXTS = st.lists(st.lists(SENTENCES, min_size=1, max_size=4), min_size=1, max_size=3)


def made_of(texts, make_system, seed):
    sources = [source_of(" ".join(sentences), f"{n}.txt") for n, sentences in enumerate(texts)]
    trip = RoundTrip.on(make_system([source.document for source in sources], {}))
    dropped = Counter()
    candidates = pattern_drafts(sources, random.Random(seed), dropped)
    made = make_set(candidates, sources, trip, "patterns", Wanted(20, 0.2, seed, False), lambda _: None)
    return made, sources


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS, st.integers(0, 3))
def test_whatever_the_documents(make_system, texts, seed):
    made, sources = made_of(texts, make_system, seed)
    again, _ = made_of(texts, make_system, seed)
    assert made == again
    ids = [one.question.id for one in made.questions]
    assert len(ids) == len(set(ids))
    by_name = {source.name: source.document.text for source in sources}
    for one in made.questions:
        for evidence in one.question.evidence:
            assert Searchable(by_name[evidence.document]).find(evidence.quote)
            assert one.question.answers[0] in evidence.quote
        if one.question.answerable is False:
            assert not any(one.question.text == other.question.text for other in made.questions if other != one)


def test_documents_and_sections_take_turns():
    long = source_of(
        " ".join(f"The Rose {w} was closed in Rome in 1901." for w in "Bank Farm Hall Mill".split()), "a.txt"
    )
    short = source_of("The Lily Farm was closed in Paris in 1902.", "b.txt")
    drafts = list(pattern_drafts([long, short], random.Random(0), Counter()))
    assert {draft.sentence.source.name for draft in drafts[:2]} == {"a.txt", "b.txt"}
    assert sorted(map(str, in_turn(drafts, random.Random(5)))) == sorted(map(str, drafts))


def test_a_question_that_two_sentences_answer_is_dropped():
    text = "The Rose Act prohibits the sale of wood. The Rose Act prohibits the use of coal."
    dropped = Counter()
    assert list(pattern_drafts([source_of(text)], random.Random(0), dropped)) == []
    assert dropped == {AMBIGUOUS: 2}


def test_near_duplicates_are_seen():
    seen = Seen()
    assert seen.is_new("When was the Rose Bank of Rome opened?")
    assert not seen.is_new("when was Rose bank of Rome opened")
    assert seen.is_new("When was the Lily Bank of Paris opened?")


def test_a_name_is_as_long_as_it_must_be(make_document):
    refs = [make_document(name, "x").ref for name in ("2023/report.txt", "2024/report.txt", "notes.txt")]
    assert [name_of(ref, refs) for ref in refs] == ["2023/report.txt", "2024/report.txt", "notes.txt"]
    twin = make_document("notes.txt", "x").ref
    assert name_of(twin, refs) == "notes.txt"
