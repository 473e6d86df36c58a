"""From a sentence to the questions that it answers, by patterns of English; none where no pattern fits for sure."""

import re

from evals.generate.ask import Asked, Material, Pattern, reads_well
from evals.generate.ask_how_many import ask_how_many, ask_how_much
from evals.generate.ask_what import ask_apposition, ask_definition, ask_what, ask_what_for
from evals.generate.ask_when_where import ask_how_long, ask_when, ask_where
from evals.generate.ask_who_why import ask_who, ask_why
from evals.generate.casing import Casing
from evals.generate.clause import clause, plain
from evals.generate.types import Draft, Sentence

LANGUAGE = "en"
_PATTERNS: tuple[Pattern, ...] = (
    ask_when,
    ask_where,
    ask_how_long,
    ask_how_many,
    ask_how_much,
    ask_who,
    ask_definition,
    ask_what,
    ask_what_for,
    ask_apposition,
    ask_why,
)
_HEADING = re.compile(r"[A-Z][\w ,'’&/-]{3,60}")


def drafts(sentence: Sentence, casing: Casing) -> list[Draft]:
    """The questions of one sentence; several where it tells a time, a place and a number."""
    bare = plain(sentence.text)
    if bare is None:
        return []
    found = clause(bare)
    if found is not None and not found.stands_alone(f"{sentence.source.document.title} {sentence.section}"):
        return []
    material = Material(bare, found, casing)
    made = [asked for pattern in _PATTERNS for asked in pattern(material) if reads_well(asked.question, asked.answer)]
    made = made or _of_section(material, sentence)
    return [Draft(asked.question, asked.answer, sentence, asked.rule) for asked in made]


def _of_section(material: Material, sentence: Sentence) -> list[Asked]:
    """Where no pattern fits: what the section says about the sentence's subject. The answer is the whole sentence."""
    heading, found = sentence.section.rstrip("¶ "), material.clause
    if found is None or found.front or not _HEADING.fullmatch(heading) or len(found.subject.split()) < 2:
        return []
    subject = material.casing.moved(found.subject)
    if subject is None or subject.startswith(("a ", "an ")) or found.subject.lower() in heading.lower():
        return []
    asked = Asked(f'What does the section "{heading}" say about {subject}?', sentence.text, "section")
    return [asked] if reads_well(asked.question, asked.answer) else []
