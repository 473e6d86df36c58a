"""A client's messages to a question and its history."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import InvalidRequest
from core.types import Turn
from service.limits import MAX_TURN_CHARS, MAX_TURNS, has_half_characters

_TEXT_KINDS = frozenset({"text", "input_text", "output_text"})
# The list that AnswerText writes at the end is not part of what was said.
_SOURCES_LIST = re.compile(r"\n\nSources:\n- \[\d+\] .*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Said:
    """A message in a client's words: its role as it came, and the text of its parts."""

    role: str
    text: str


def text_of(content: Any) -> str:
    """The text of a message's content: a string, or parts of which pictures, files and tools' are left out."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = [part for part in content if isinstance(part, dict) and isinstance(part.get("type"), str)]
    texts = [part.get("text") for part in parts if part["type"] in _TEXT_KINDS]
    return "\n".join(text for text in texts if isinstance(text, str))


def question_of(messages: Iterable[Said]) -> tuple[str, tuple[Turn, ...]]:
    """The last message of the user, and the turns before it. Messages of other roles, such as system, are not used.

    Raises InvalidRequest where there is no question, or half a character in the text.
    """
    turns = [Turn(m.role, _SOURCES_LIST.sub("", m.text)) for m in messages if m.role in ("user", "assistant")]
    while turns and turns[-1].role != "user":
        turns.pop()
    if not turns:
        raise InvalidRequest("There is no message of the user.", "Send the question as the last message, of role user.")
    question = turns.pop().content
    history = _limited(turns)
    for text in (question, *(turn.content for turn in history)):
        if has_half_characters(text):
            raise InvalidRequest(
                "A message has half a character (a surrogate without its other half).", "Leave it out."
            )
    return question, history


def _limited(turns: Sequence[Turn]) -> tuple[Turn, ...]:
    """Clients send the whole conversation each time: of a longer one than a request may hold, the last turns count."""
    kept = [turn for turn in turns if turn.content.strip()][-MAX_TURNS:]
    return tuple(Turn(turn.role, turn.content[:MAX_TURN_CHARS]) for turn in kept)
