"""Follow-up questions: what "And where was it held?" means after the question before it.

Rules for English, without a language model. The question as understood is shown to whoever asks.
"""

import re
from collections.abc import Sequence

from core.types import Turn

_OPENING = re.compile(r"^(and|but|or|so|also|then|what about|how about|why not|why|how so|really|who else)\b", re.I)
_PERSON = re.compile(r"\b(he|she|him|her|his|hers|himself|herself)\b", re.I)
_THING = re.compile(r"\b(it|its|itself|this|that|they|them|their|theirs|these|those|there)\b", re.I)
# "the report that was written", "there are": not every such word points back.
_NOT_BACK = re.compile(
    r"\b(is|are|was|were|has|have|will)\s+there\b|\bthere\s+(is|are|was|were)\b|\bit\s+(takes?|seems?)\b", re.I
)
_NAME = re.compile(
    r"(?:[A-Z][\w’'.-]*|\d{4})(?:\s+(?:of|the|and|for|de|van|von|al|in)\s+(?=[A-Z])|\s+(?=[A-Z\d]))?", re.S
)
_QUESTION_WORDS = frozenset(
    "who whom whose what when where which why how did does do is are was were can could will would has have had in on "
    "at the a an and but for to by it its he she they his her their this that these those there".split()
)
_POSSESSIVE = {"his", "her", "hers", "its", "their", "theirs"}


def understand(question: str, history: Sequence[Turn]) -> str:
    """The question with what it leaves out filled in from the conversation; unchanged where it stands alone."""
    question = " ".join(question.split())
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked:
        return question
    answers = [turn.content for turn in history if turn.role == "assistant"]
    last_question, last_answer = asked[-1], answers[-1] if answers else ""
    pronoun = _pronoun(question)
    if pronoun is not None:
        person = _PERSON.fullmatch(pronoun.group()) is not None
        sources = [last_answer, last_question] if person else [last_question, last_answer]
        name = next((n for source in sources if (n := _name_in(source))), None)
        if name is not None:
            return _put(question, pronoun, name)
    if pronoun is not None or _OPENING.match(question) or len(question.split()) <= 3:
        return f"{question} ({last_question.strip()})"
    return question


def _pronoun(question: str) -> re.Match[str] | None:
    if match := _PERSON.search(question):
        return match
    masked = _NOT_BACK.sub(lambda m: "·" * len(m.group()), question)
    for match in _THING.finditer(masked):
        following = masked[match.end() :].split(maxsplit=1)
        # "that conference" names its own noun, "reports that say" opens a clause.
        if match.group().lower() in ("that", "this", "these", "those") and following and following[0][0].isalpha():
            continue
        return match
    return None


def _name_in(text: str) -> str | None:
    """The longest run of capitalised words, which is mostly what the turn was about."""
    names = []
    for match in re.finditer(r"(?:" + _NAME.pattern + r")+", text):
        words = match.group().strip().split()
        while words and words[0].lower().strip("’'.") in _QUESTION_WORDS:
            words.pop(0)
        while words and words[-1].lower() in _QUESTION_WORDS | {"of"}:
            words.pop()
        if words and not all(w.isdigit() for w in words):
            name = " ".join(words).rstrip(".?!,’'")
            names.append(f"the {name}" if f"the {name}" in text else name)
    return max(names, key=len, default=None)


def _put(question: str, pronoun: re.Match[str], name: str) -> str:
    word = pronoun.group().lower()
    if word in _POSSESSIVE and not question[pronoun.end() :].strip(" ?.!").startswith(("?", ".")):
        following = question[pronoun.end() :].strip(" ?.!")
        if following:
            name = f"{name}'" if name.endswith("s") else f"{name}'s"
    elif word == "there":
        name = f"at {name}"
    return question[: pronoun.start()] + name + question[pronoun.end() :]
