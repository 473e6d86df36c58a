"""Is it "who" or "what"? Told by titles, by what a thing is said to be, and by names that bodies have."""

import re

from evals.generate.clause import DETERMINERS

_TITLED = re.compile(
    r"^(?:President|King|Queen|Governor|General|Sir|Lord|Lady|Dr\.|Mr\.|Ms|Mrs\.|Pope|Prince|Duke|Count) [A-Z]"
)
_BODY = re.compile(
    r"\b(?:Company|Corporation|University|College|Council|Foundation|Ministry|Court|Bank|Party|Church|Group|Institute|"
    r"Association|Society|Union|Army|Committee|Inc|Ltd)\b"
)
_PERSON = re.compile(
    r"^(?:(?:an?|the|one of the) )?(?:[\w'-]+ ){0,4}?(?:\w*(?:ist|cian|pher|wright)|king|queen|emperor|empress|duke|"
    r"president|minister|leader|author|writer|poet|painter|architect|engineer|actor|actress|singer|composer|lawyer|"
    r"professor|teacher|investor|student|pupil|soldier|officer|bishop|pope|monk|merchant|explorer|politician|member|"
    r"son|daughter|brother|sister|wife|husband|inventor|founder|ruler|governor|admiral|commander|hero|"
    r"general(?= and| who| of| in|$)|historian|scholar|player|figure|man|woman)s?\b"
    r"|^(?:\S+ ){1,6}who "
)


def is_person(subject: str, what: str) -> bool:
    """Whether ``subject``, which is said to be ``what``, is a human being."""
    if _TITLED.match(subject):
        return True
    words = subject.split()
    named = words[0].lower() not in DETERMINERS and any(word[0].isupper() for word in words)
    return named and bool(_PERSON.match(what)) and not _BODY.search(subject)
