"""Which sentences are quoted, and that only what stands in the stored text is cited."""

import pytest

from core.errors import NotFound
from core.types import Block, BlockKind, Document, DocumentRef, Hit, HitSource, Passage
from service.answer.cite import choose, cite
from service.answer.reader import Candidate
from service.answer.sentences import sentences

TEXT = "Ann leads the team. Bob keeps the books. ann  LEADS the\nteam. The team has nine members."
SENTENCES = ["Ann leads the team.", "Bob keeps the books.", "ann  LEADS the\nteam.", "The team has nine members."]
PLACES = [(TEXT.index(sentence), TEXT.index(sentence) + len(sentence)) for sentence in SENTENCES]


def stored(name: str = "staff", text: str = TEXT) -> Document:
    blocks = (Block(BlockKind.PARAGRAPH, 0, 40, 1), Block(BlockKind.PARAGRAPH, 41, len(text), 2))
    return Document(name, f"upload:{name}", name, "text/plain", "en", text, blocks)


def candidate(number: int, support: float = 0.9, document: str = "staff") -> Candidate:
    ref = DocumentRef(document, f"upload:{document}", document, "text/plain")
    passage = Passage("p", ref, ("Staff",), (1, 2), 0, len(TEXT), TEXT)
    start, end = PLACES[number]
    return Candidate(Hit(passage, 0.5, HitSource.READ), start, end, support)


def quotes(candidates) -> list[str]:
    return [one.quote for one in candidates]


def test_the_best_candidate_comes_first_and_no_more_than_asked_for_are_chosen():
    ranked = [candidate(1, 0.9), candidate(0, 0.8), candidate(3, 0.7)]
    assert quotes(choose(ranked, 2)) == [SENTENCES[1], SENTENCES[0]]


def test_a_candidate_far_below_the_best_is_left_out():
    assert quotes(choose([candidate(0, 0.9), candidate(1, 0.3)], 3)) == [SENTENCES[0]]


def test_no_sentence_is_chosen_twice_even_in_other_case_and_white_space():
    assert quotes(choose([candidate(0), candidate(0), candidate(2), candidate(1)], 3)) == [SENTENCES[0], SENTENCES[1]]


def test_the_same_words_in_another_document_are_not_repeated():
    assert quotes(choose([candidate(0), candidate(0, document="copy")], 3)) == [SENTENCES[0]]


def test_overlapping_stretches_of_one_document_are_not_both_chosen():
    first = candidate(0)
    longer = Candidate(first.hit, first.start, PLACES[1][1], 0.85)
    assert quotes(choose([first, longer], 3)) == [SENTENCES[0]]


def test_nothing_is_chosen_from_nothing():
    assert choose([], 3) == []


def test_citations_are_numbered_from_one_and_carry_their_place():
    made = [citation for _, citation in cite([candidate(3), candidate(0)], lambda _: stored())]
    assert [(c.marker, c.start, c.end, c.quote) for c in made] == [
        (1, *PLACES[3], SENTENCES[3]),
        (2, *PLACES[0], SENTENCES[0]),
    ]
    assert (made[0].document.title, made[0].section, made[0].support) == ("staff", ("Staff",), 1.0)


def test_the_page_is_that_of_the_quote_not_of_the_passage():
    made = [citation for _, citation in cite([candidate(3), candidate(0)], lambda _: stored())]
    assert [c.page for c in made] == [2, 1]


@pytest.mark.parametrize("text", [TEXT.replace("nine", "nime"), TEXT.replace("members.", ""), "", f" {TEXT}"])
def test_a_quote_that_does_not_stand_in_the_stored_text_is_not_cited(text):
    assert list(cite([candidate(3)], lambda _: stored(text=text))) == []


def test_a_document_that_is_gone_is_not_cited_and_the_others_are_numbered_without_a_gap():
    def document_of(document_id: str) -> Document:
        if document_id == "gone":
            raise NotFound("There is no document 'gone'.")
        return stored()

    made = [citation for _, citation in cite([candidate(0, document="gone"), candidate(1)], document_of)]
    assert [(c.marker, c.quote) for c in made] == [(1, SENTENCES[1])]


def ranked(text: str, *probabilities: float) -> list[Candidate]:
    """A candidate for each sentence of a passage, best first."""
    passage = Passage("p", DocumentRef("d", "upload:d", "d", "text/plain"), (), None, 0, len(text), text)
    found = [
        Candidate(Hit(passage, probability, HitSource.READ), start, end, probability)
        for (start, end), probability in zip(sentences(text), probabilities, strict=True)
    ]
    return sorted(found, key=lambda one: -one.probability)


TABLE = (
    "in millions | 2022 | 2021\nin millions: Net sales | 2022: 40 | 2021: 38\nin millions: Costs | 2022: 9 | 2021: 8"
)


def test_the_names_of_columns_are_no_answer():
    assert quotes(choose(ranked(TABLE, 0.9, 0.4, 0.1), 3)) == ["in millions: Net sales | 2022: 40 | 2021: 38"]


def test_a_first_row_that_names_no_columns_is_an_answer():
    assert quotes(choose(ranked("Net sales | 40\nCosts | 9", 0.9, 0.1), 3)) == ["Net sales | 40"]


def test_a_question_is_no_answer_where_a_sentence_is():
    text = "How many keys are there? Take care. There are nine keys."
    assert quotes(choose(ranked(text, 0.6, 0.1, 0.5), 3)) == ["There are nine keys."]


def test_questions_and_answers_are_answered_by_the_sentence_after_the_question():
    text = "May I bring a dog? Only on a lead. Is there parking? Yes, behind the house."
    chosen = choose(ranked(text, 0.9, 0.05, 0.02, 0.04), 3)
    assert [(one.quote, one.probability) for one in chosen] == [("Only on a lead.", 0.9)]


def test_a_question_is_quoted_where_no_sentence_says_more():
    assert quotes(choose(ranked("The board asked one thing. Who pays?", 0.1, 0.9), 3)) == ["Who pays?"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Rules 2019–2020 — and “others” — hold.", "Rules 2019-2020 - and 'others' - hold."),
        ("The well‑known rules hold.", "The well-known rules hold."),
    ],
)
def test_another_dash_or_quotation_mark_makes_no_other_sentence(one, other):
    assert quotes(choose([*ranked(one, 0.9), *ranked(f"{' ' * 99}{other}", 0.8)], 3)) == [one]


def test_a_minus_makes_another_sentence():
    chosen = choose([*ranked("The tide was at -5 cm.", 0.9), *ranked(f"{' ' * 99}The tide was at 5 cm.", 0.8)], 3)
    assert quotes(chosen) == ["The tide was at -5 cm.", "The tide was at 5 cm."]
