"""What a question means in its conversation: by rules, or as a chat model says it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from core.types import Turn
from index.encode import Encoder
from service.conversation.follow_up import FollowUp, stands_alone
from service.conversation.related import related_by
from service.conversation.rewrite import Ask, rewritten
from service.conversation.turns import latest

Rewrite = Literal["auto", "rules", "off"]


@dataclass(frozen=True, slots=True)
class ConversationOptions:
    """``rewrite`` "auto" asks the chat model where there is one; "off" takes every question as it is asked.

    ``history_tokens`` of the last turns are looked at. ``clarify`` is whether a question may be asked back.
    """

    rewrite: Rewrite = "auto"
    history_tokens: int = 3000
    clarify: bool = True


@dataclass(frozen=True, slots=True)
class Understood:
    """A question ``asked``, and as ``text`` with what it leaves out filled in.

    ``near`` is that with the subject that it may belong to, to search with too; None where it needs none.
    """

    asked: str
    text: str
    near: str | None = None


class Conversation:
    """Holds nothing of any one conversation. Safe from several threads."""

    def __init__(self, encoder: Encoder, options: ConversationOptions, ask: Ask | None = None) -> None:
        """``ask`` sends messages to the chat model."""
        self.options = options
        self._ask = ask if options.rewrite == "auto" else None
        self._related = related_by(encoder)

    def understand(self, question: str, history: Sequence[Turn], *, by_model: bool = True) -> Understood:
        """But for white space the question is unchanged where there is no history.

        ``by_model`` is whether the chat model may be asked, if there is one.
        """
        question = " ".join(question.split())
        if not history or self.options.rewrite == "off":
            return Understood(question, question)
        kept = latest(history, self.options.history_tokens)
        reply = None
        if by_model and self._ask is not None and not stands_alone(question):
            reply = rewritten(question, kept, self._ask)
        follow_up = FollowUp(question, kept)
        text = follow_up.understood(self._related) if reply is None else reply
        near = None if self._related is None else follow_up.near_form(text, self._related)
        return Understood(question, text, near)
