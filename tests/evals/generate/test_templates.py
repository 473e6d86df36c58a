import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.types import Block, BlockKind, Document
from evals.generate.casing import Casing
from evals.generate.chosen import sentences_of
from evals.generate.lists import list_drafts
from evals.generate.templates import drafts
from evals.generate.types import Source

BACKGROUND = (
    "We saw the engine, the employees, the refund and the report in the old town of Warsaw and the Eiffel Tower."
)


def source_of(text, name="a.txt", heading=None):
    start = 0
    blocks = []
    if heading is not None:
        text = f"{heading}\n\n{text}"
        blocks = [Block(BlockKind.HEADING, 0, len(heading), level=1)]
        start = len(heading) + 2
    block = Block(BlockKind.PARAGRAPH, start, len(text))
    return Source(name, Document(f"id-{name}", f"file:///{name}", name, "text/plain", "en", text, (*blocks, block)))


def asked(text, heading=None):
    """(question, answer) of the patterns for a text."""
    source = source_of(text, heading=heading)
    casing = Casing([source.document.text, BACKGROUND])
    return [(d.text, d.answer) for sentence in sentences_of(source) for d in drafts(sentence, casing)]


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "The World Fair was held in Paris from 15 April to 12 November, with many visitors.",
            "When was the World Fair held in Paris?",
            "from 15 April to 12 November",
        ),
        ("The World Fair was held in Paris in 1900.", "Where was the World Fair held?", "Paris"),
        ("In 1889, Gustave Eiffel built a tower in Paris.", "When did Gustave Eiffel build a tower in Paris?", "1889"),
        ("In 2005 the Old Factory was sold to AvtoZAZ.", "When was the Old Factory sold to AvtoZAZ?", "2005"),
        ("The Old Bank has been closed since 2001.", "Since when has the Old Bank been closed?", "2001"),
        ("The Green Council elects nobody, and has 24 members in Asia.", None, None),
        (
            "The Green Council has 24 member states in Asia.",
            "How many member states does the Green Council have in Asia?",
            "24",
        ),
        ("Some 300 people were killed in the fire.", "How many people were killed in the fire?", "Some 300"),
        ("There are 13 nature reserves in Warsaw.", "How many nature reserves are there in Warsaw?", "13"),
        ("Employees may take up to 25 days off.", "How many days may employees take?", None),
        ("The Eiffel Tower is 330 metres tall.", "How tall is the Eiffel Tower?", "330 metres"),
        ("The population of Warsaw was 1,700,000 in 2010.", "What was the population of Warsaw in 2010?", "1,700,000"),
        ("About 20% of the population of Warsaw is retired today.", None, None),
        ("The Eiffel Tower was designed by Gustave Eiffel.", "Who was the Eiffel Tower designed by?", "Gustave Eiffel"),
        ("Frontex, the agency for borders, has its office in Warsaw.", "What is Frontex?", "the agency for borders"),
        (
            "Marie Curie was a Polish physicist who lived in Paris.",
            "Who was Marie Curie?",
            "a Polish physicist who lived in Paris",
        ),
        ("An atom is a very small part of a molecule.", "What is an atom?", "a very small part of a molecule"),
        ("The mayor of Warsaw is called President.", "What is the mayor of Warsaw called?", "President"),
        (
            "The Green Act refers to all forests of Europe.",
            "What does the Green Act refer to?",
            "all forests of Europe",
        ),
        ("The Green Act prohibits the sale of old wood.", "What does the Green Act prohibit?", "the sale of old wood"),
        (
            "The steam engine is used to pump water out of mines.",
            "What is the steam engine used for?",
            "pump water out of mines",
        ),
        (
            "The Old Bridge was closed because the pillars were weak.",
            "Why was the Old Bridge closed?",
            "the pillars were weak",
        ),
        ("The Old Bridge stayed open for 20 years.", "For how long did the Old Bridge stay open?", "20 years"),
    ],
)
def test_a_sentence_becomes_a_question(sentence, question, answer):
    made = asked(sentence)
    if question is None:
        assert made == []
    elif answer is None:
        assert question not in dict(made), "a phrase of the sentence would be lost"
    else:
        assert (question, answer) in made


@pytest.mark.parametrize(
    "sentence",
    [
        "It was held in Paris in 1900.",
        "The result was published in 1900.",
        "The treaty signed in 1920 ended the war in Europe.",
        "This agreement was signed in Paris in 1920.",
        "Dating back to 1936 Warsaw Museum contains 60 rooms.",
        "The doctors staffed at two hospitals were responsible for the court.",
        "The set of codes supported varies across many platforms.",
        "Tugh died only four days after the banquet.",
        "The Court ruled that the law was void and it was repealed in 1990.",
        "the World Fair was held in Paris in 1900.",
        "Was the World Fair held in Paris in 1900?",
        "Rome, Paris and Berlin were visited in 1900 by him.",
        "The World Fair was held in 1900 rooms.",
    ],
)
def test_a_sentence_that_is_not_plain_makes_none(sentence):
    assert asked(sentence) == []


def test_a_common_word_loses_its_capital_and_a_name_keeps_it():
    assert ("What does Refundia provide?", "a way of paying") not in asked("Refundia provides a way of paying.")
    text = "We like Refundia. Refundia provides a way of paying."
    assert ("What does Refundia provide?", "a way of paying") in asked(text)
    assert ("When was the refund of Warsaw paid?", "1990") in asked("The refund of Warsaw was paid in 1990.")


def test_a_time_and_a_place_are_two_questions():
    questions = [question for question, _ in asked("The World Fair was held in Paris in 1900.")]
    assert questions == ["When was the World Fair held in Paris?", "Where was the World Fair held?"]


def test_what_no_pattern_fits_is_asked_by_its_section():
    text = "The green bin of the kitchen will never again smell of fish and wine at night."
    ((question, answer),) = asked(text, heading="Waste and recycling")
    assert question == 'What does the section "Waste and recycling" say about the green bin of the kitchen?'
    assert answer == text
    assert asked(text) == []


def test_a_list_is_asked_for_by_its_heading():
    text = "Opening hours\n\n- Monday to Friday\n- Sunday"
    blocks = (Block(BlockKind.HEADING, 0, 13, level=1), Block(BlockKind.LIST, 15, len(text)))
    source = Source("a.md", Document("id", "file:///a.md", "A", "text/markdown", "en", text, blocks))
    (draft,) = list_drafts(source)
    assert draft.text == 'Which points does the section "Opening hours" list?'
    assert draft.answer == "Monday to Friday; Sunday"
    assert draft.sentence.quote == text[15:]


WORDS = st.sampled_from(
    "The A It Warsaw bridge of in was is held built by 1990 two people and , ; ( ) “ ” has been since May because"
    " which . : – % $5 [1] don’t Élan 2.5 were".split()
)


@given(st.lists(st.lists(WORDS, max_size=14).map(" ".join) | st.text(max_size=60), max_size=5))
def test_any_text_yields_questions_that_quote_it_or_none(lines):
    source = source_of("\n\n".join([*(f"{line}." for line in lines), "The Old Bank was closed in 1990."]))
    casing = Casing([source.document.text])
    made = [draft for sentence in sentences_of(source) for draft in drafts(sentence, casing)]
    assert made
    for draft in made:
        assert draft.sentence.quote == source.document.text[draft.sentence.start : draft.sentence.end]
        assert draft.text.endswith("?")
        assert draft.text[0].isupper()
        assert draft.answer.strip()
