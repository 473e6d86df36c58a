"""What is new in a follow-up takes the place of what it is compared with: "And in 2023?", "What about Microsoft?"."""

import re
from collections.abc import Callable, Iterator, Sequence

from service.conversation.english_words import FUNCTION_WORDS
from service.conversation.phrases import noun_phrases

OPENING = re.compile(r"^(?:(?:and|but|or|so|also|then|ok(?:ay)?),?\s+)*(?:what about|how about)?\s*", re.I)
VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|do|does|did|has|have|had|can|could|will|would|should|must|may|might)\b|\w+'s\b", re.I
)
_PREPOSITION = r"\b(in|at|on|for|from|to|by|since|until|after|before|during|with)\s+"
_PLACE = re.compile(_PREPOSITION + r"((?:the\s+)?[\w’'-]+(?:\s+(?-i:[A-Z])[\w’'-]*)*)", re.I)
_NEW_PLACE = re.compile(_PREPOSITION + r"(.+)$", re.I)
_WORD = re.compile(r"[^\W_](?:[\w&./-]{0,60}[^\W_])?")
_THAT_ONE = re.compile(r"\b(?:ones?|that|this|these|those|it|them|same|others?)\b", re.I)
_MOST_WORDS = 6
_JOINING = re.compile(r"\s(?:of|in|for|to|and|on|by|with)\s|['’]s\s")
_LEAST_ALIKE = 0.35
"""Least cosine of two things that may stand in each other's place: "children" and "adults"."""

Stretch = tuple[int, int]
Alike = Callable[[str, Sequence[str]], Sequence[float]]


def replaced(question: str, last: str, alike: Alike | None = None) -> str | None:
    """The last question with what is new in the place of its like: a year's of a year, a name's of a name.

    Of several, the one that ``alike`` says is most so. None where nothing is like it.
    """
    new = OPENING.sub("", question, count=1).strip(" ?.!")
    if not new or len(new.split()) > _MOST_WORDS or VERB.search(new) or _THAT_ONE.search(new):
        return None
    place = _NEW_PLACE.search(new)
    thing = new[: place.start()].strip() if place else new
    if thing:
        where = _like(thing, last, alike)
        if where is None:
            return None
        last = _put(last, where, thing)
    return last if place is None else _placed(last, place, must=not thing)


def _like(thing: str, last: str, alike: Alike | None) -> Stretch | None:
    own = noun_phrases(f"about {thing}")
    if len(own) != 1 or len(own[0].text) != len(thing):
        return None
    bare = thing.removeprefix("the ")
    if own[0].is_name:
        names = list(_names(last))
        same = [one for one in names if _kind(last[slice(*one)]) == _kind(bare)]
        if not same and not _is_number(bare):
            same = [one for one in names if not _is_number(last[slice(*one)])]
        if len(same) < 2:
            return same[0] if same else None
        return _most_alike(bare, last, same, alike, 0.0)
    return _most_alike(bare, last, list(_things(last)), alike, _LEAST_ALIKE)


def _most_alike(thing: str, last: str, stretches: list[Stretch], alike: Alike | None, least: float) -> Stretch | None:
    if alike is None or not stretches:
        return None
    cosines = alike(thing, [last[slice(*one)] for one in stretches])
    best = max(range(len(stretches)), key=lambda i: cosines[i])
    return stretches[best] if cosines[best] >= least else None


def _names(text: str) -> Iterator[Stretch]:
    """Runs of capitalised words, codes and numbers; the first word of a question is capital anyway."""
    run: Stretch | None = None
    for word in _WORD.finditer(text):
        said = word.group()
        is_name = word.start() > 0 and said != said.lower() and said.casefold() not in FUNCTION_WORDS
        if (is_name or said[0].isdigit()) and run and text[run[1] : word.start()] == " ":
            run = (run[0], word.end())
            continue
        if run:
            yield run
        run = word.span() if is_name or said[0].isdigit() else None
    if run:
        yield run


def _things(text: str) -> Iterator[Stretch]:
    """ "the dosage of ibuprofen for adults" has three."""
    for phrase in noun_phrases(text):
        start = 0
        for cut in [*_JOINING.finditer(phrase.text), None]:
            end = cut.start() if cut else len(phrase.text)
            bare = phrase.text[start:end].removeprefix("the ")
            yield phrase.start + end - len(bare), phrase.start + end
            start = cut.end() if cut else end


def _kind(name: str) -> str:
    if _is_number(name):
        return "number"
    return "code" if " " not in name and any(character.isdigit() for character in name) else "name"


def _is_number(name: str) -> bool:
    return not any(character.isalpha() for character in name)


def _put(last: str, where: Stretch, thing: str) -> str:
    before = last[: where[0]]
    if before.casefold().endswith("the ") or re.search(r"\ban?\s$", before, re.I):
        thing = thing.removeprefix("the ")
    return before + thing + last[where[1] :]


def _placed(last: str, place: re.Match[str], must: bool) -> str | None:
    """In the place of one with the same preposition; a year may be added where there was none."""
    preposition, is_number = place.group(1).casefold(), place.group(2)[0].isdigit()
    same = [
        m
        for m in _PLACE.finditer(last)
        if m.group(1).casefold() == preposition and m.group(2)[0].isdigit() == is_number
    ]
    if same:
        return last[: same[-1].start()] + place.group() + last[same[-1].end() :]
    if must and not is_number:
        return None
    bare = last.rstrip("?.! ")
    return f"{bare} {place.group()}{last[len(bare) :].strip()}"
