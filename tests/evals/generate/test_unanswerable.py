import random

from test_templates import source_of

from evals.generate.unanswerable import PLACES, VERBS, Replacer


def without_answer(question, *texts, seed=0):
    replacer = Replacer([source_of(text, f"{n}.txt") for n, text in enumerate(texts)])
    return replacer.without_answer(question, random.Random(seed))


def test_a_year_becomes_one_that_no_document_has():
    text = "What did Rome win in 1900? Rome won a prize in 1900. " + " ".join(str(y) for y in (1853, 1869, 1881, 1892))
    assert without_answer("What did Rome win in 1900?", text) == "What did Rome win in 1913?"


def test_a_place_becomes_one_that_no_document_has():
    changed = {
        without_answer("When was the fair held in Rome?", "The fair was held in Rome.", seed=s) for s in range(9)
    }
    assert len(changed) > 1
    assert changed <= {f"When was the fair held in {place}?" for place in PLACES}
    known = "The fair was held in Rome. " + " ".join(PLACES[:-1])
    assert without_answer("When was the fair held in Rome?", known) == f"When was the fair held in {PLACES[-1]}?"
    assert without_answer("When was the fair held in Rome?", " ".join(PLACES)) is None


def test_months_and_wars_are_no_places():
    assert without_answer("What happened in World War II?", "Much happened.") is None


def test_a_verb_that_stands_near_the_subject_is_not_put_in():
    text = "The csv module provides readers. The csv module replaced others."
    assert without_answer("What does the csv module provide?", text) == "What does the csv module recommend?"
    text += " People recommend the csv module."
    assert without_answer("What does the csv module provide?", text) is None
    assert VERBS == ["replace", "recommend"]


def test_what_has_nothing_to_replace_gives_none():
    assert without_answer("Why was the bridge closed?", "The bridge was closed.") is None
