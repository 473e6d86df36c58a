"""What the checker says of sentences, true and false, and what it promises of any text."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.types import DocumentRef, Passage, Verdict
from service.answer.sentences import sentences
from service.support.local import LocalChecker

TEXT = (
    "The mill at Harrow Bridge was built in 1871 by Ada Stone. It ground 3,214,000 kg of wheat a year, and in "
    "March 1902 it was sold to Tom Reed for £4,500.\nReed did not rebuild the wheel before the flood.\n\n"
    "The flood of 5 May 1911 destroyed the mill; Stone’s daughter Clara Webb sued Reed in London. Only two of the "
    "twelve workers were paid.\n\n磨坊建于1871年，位于河边。Мельница была построена в 1871 году. "
    "El molino se vendió en marzo de 1902 por 4500 libras. بنيت الطاحونة في عام 1871."
)


@pytest.fixture(scope="module")
def checker() -> LocalChecker:
    return LocalChecker()


def passage(text: str, start: int = 1000, title: str = "Harrow Bridge") -> Passage:
    return Passage(
        f"p{start}", DocumentRef("d", "file:d", title, "text/plain"), (), None, start, start + len(text), text
    )


@pytest.mark.parametrize(
    "claim",
    [
        "It was sold to Tom Reed for £4,500 in March 1902.",
        "The mill at Harrow Bridge was built by Ada Stone in 1871.",
        "The mill ground about 3.2 million kg of wheat a year.",
        "The flood of May 5, 1911 destroyed the mill.",
        "Clara Webb sued Reed in London.",
        "The flood destroyed the mill.",
    ],
)
def test_what_the_passage_says_in_other_words_is_supported(checker: LocalChecker, claim: str) -> None:
    checked = checker.check(claim, [passage(TEXT)])
    assert checked.verdict is Verdict.SUPPORTED, checked
    assert checked.evidence
    assert checked.fault is None


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("The mill at Harrow Bridge was built in 1872 by Ada Stone.", "date"),
        ("It was sold to Tom Reed for £4,600 in March 1902.", "number"),
        ("In April 1902 it was sold to Tom Reed for £4,500.", "date"),
        ("In March 1902 it was sold to Tom Brown for £4,500.", "name"),
        ("Reed rebuilt the wheel before the flood.", "negation"),
        ("Reed did not rebuild the wheel after the flood.", "negation"),
        ("Two of the twelve workers were paid.", "negation"),
        ("Only three of the twelve workers were paid.", "number"),
        ("Only twelve of the two workers were paid.", "number"),
        ("Reed sued Clara Webb in London.", "name"),
        ("It ground 3,214,000 tons of wheat a year.", "unit"),
        ("The mill made excellent cheese for export.", "meaning"),
    ],
)
def test_what_it_does_not_say_is_not_and_the_fault_is_named(checker: LocalChecker, claim: str, fault: str) -> None:
    checked = checker.check(claim, [passage(TEXT)])
    assert checked.verdict is not Verdict.SUPPORTED, checked
    assert checked.fault == fault


def test_a_sentence_taken_from_a_denial_is_not_verbatim(checker: LocalChecker) -> None:
    denial = passage("It is not true that the mill was haunted by a ghost.")
    assert checker.check("The mill was haunted by a ghost.", [denial]).verdict is not Verdict.SUPPORTED


def test_without_passages_nothing_is_supported(checker: LocalChecker) -> None:
    assert checker.check("The mill was built in 1871.", []).verdict is Verdict.UNSUPPORTED


def test_sentences_of_two_passages_support_a_sentence_together(checker: LocalChecker) -> None:
    one, other = passage("Ada Stone built the mill in 1871.", 0), passage("The mill was sold to Tom Reed in 1902.", 500)
    checked = checker.check("Ada Stone built the mill in 1871 and it was sold to Tom Reed in 1902.", [one, other])
    assert checked.verdict is Verdict.SUPPORTED
    assert {e.passage.start for e in checked.evidence} == {0, 500}


TOWER = (
    "The Halden Tower stands in the harbour of Halden. It was finished on 4 May 1931 and is 212 metres tall. "
    "The tower was designed by Ingrid Solberg. It has 38 floors, of which 6 are open to visitors."
)
BRIDGE = (
    "The Tista Bridge was opened in 1958. It is 410 metres long and carries a railway and two roads. "
    "The bridge was repaired in 2004 for 3.2 million euros."
)


@pytest.fixture
def halden() -> list[Passage]:
    return [passage(TOWER, 0, "Halden Tower"), passage(BRIDGE, 1000, "Tista Bridge")]


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ("The tower was designed by Astrid Nilsen.", "name"),
        ("The bridge that carries a railway and two roads was opened in 1961.", "date"),
        ("Of the tower's floors, 9,000 visitors saw those that are open.", "number"),
        ("In the harbour stands a tower of Halden which Astrid Nilsen finished.", "name"),
    ],
)
def test_a_fact_that_stands_in_no_passage_was_made_up(
    checker: LocalChecker, halden: list[Passage], claim: str, fault: str
) -> None:
    checked = checker.check(claim, halden)
    assert (checked.verdict, checked.fault, checked.evidence) == (Verdict.UNSUPPORTED, fault, ())


@pytest.mark.parametrize(
    "claim", ["The bridge was designed by Ingrid Solberg.", "The Tista Bridge has 38 floors, of which 6 are open."]
)
def test_a_subject_from_one_passage_and_a_statement_from_another_are_not_supported(
    checker: LocalChecker, halden: list[Passage], claim: str
) -> None:
    checked = checker.check(claim, halden)
    assert checked.verdict is not Verdict.SUPPORTED, checked
    assert checked.fault


def test_two_words_of_its_own_are_too_many_for_a_short_sentence(checker: LocalChecker) -> None:
    flood = passage("The flood destroyed the mill and the bridge in the valley.")
    assert checker.check("The flood destroyed the mill in the valley.", [flood]).verdict is Verdict.SUPPORTED
    added = checker.check("The flood destroyed the mill in the valley, and villagers mourned.", [flood])
    assert (added.verdict, added.fault) == (Verdict.PARTLY, "meaning")


def test_a_text_beyond_any_sentence_is_refused(checker: LocalChecker) -> None:
    assert checker.check("mill " * 20_000, [passage(TEXT)]).verdict is Verdict.UNSUPPORTED


def test_a_name_may_come_from_the_documents_title(checker: LocalChecker) -> None:
    about = passage("It opened in 1990 with nine lines and 120 stations.", title="Lisbon Metro")
    assert (
        checker.check("Lisbon Metro opened in 1990 with nine lines and 120 stations.", [about]).verdict
        is Verdict.SUPPORTED
    )


_SPANS = sentences(TEXT)


@given(st.sampled_from(_SPANS), st.integers(0, 10_000))
@settings(max_examples=40)
def test_a_verbatim_sentence_is_supported_at_its_own_place(span: tuple[int, int], start: int) -> None:
    checker = LocalChecker()
    said = " ".join(TEXT[slice(*span)].split()).replace("’", "'")
    checked = checker.check(said, [passage(TEXT, start)])
    assert (checked.verdict, checked.support) == (Verdict.SUPPORTED, 1.0)
    assert [(e.start - start, e.end - start) for e in checked.evidence] == [span]


_FIGURES = [(a, b, i) for a, b in _SPANS for i in range(a, b) if TEXT[i].isdigit()]


@given(st.sampled_from(_FIGURES), st.sampled_from("0123456789"))
@settings(max_examples=60)
def test_a_changed_figure_in_a_verbatim_sentence_is_never_supported(place: tuple[int, int, int], digit: str) -> None:
    start, end, at = place
    if digit == TEXT[at]:
        return
    claim = TEXT[start:at] + digit + TEXT[at + 1 : end]
    assert LocalChecker().check(claim, [passage(TEXT)]).verdict is not Verdict.SUPPORTED


@given(st.text(max_size=300), st.lists(st.text(max_size=400), max_size=3))
@settings(max_examples=150)
def test_any_text_gets_a_verdict_and_exact_places(claim: str, texts: list[str]) -> None:
    passages = [passage(text, 10 * i) for i, text in enumerate(texts)]
    checked = LocalChecker().check(claim, passages)
    assert 0 <= checked.support <= 1
    assert bool(checked.evidence) == (checked.verdict in (Verdict.SUPPORTED, Verdict.PARTLY))
    assert len({e.passage.id for e in checked.evidence}) == len(checked.evidence)
    for evidence in checked.evidence:
        assert evidence.passage.start <= evidence.start < evidence.end <= evidence.passage.end


def test_threads_agree_with_one_after_another(checker: LocalChecker) -> None:
    claims = [TEXT[a:b].replace("1", "7") for a, b in _SPANS] * 4
    alone = [LocalChecker().check(claim, [passage(TEXT)]) for claim in claims]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda claim: checker.check(claim, [passage(TEXT)]), claims)) == alone
