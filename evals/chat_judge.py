"""A chat model's opinion of answers, and how far it agrees with the exact rule.

Trap: a judge is a model that errs. It likes long and sure answers, may know the answer from elsewhere, and changes with
its version. One that agrees little with the exact rule, or was asked about few questions, is worth little.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.errors import FootnotedError
from evals.judge_prompt import SCHEMA, SYSTEM, user_message
from evals.metrics.cohen_kappa import cohen_kappa
from evals.reply_json import object_in
from evals.rows import Outcome, Row
from evals.some_at_a_time import some_at_a_time
from service.writing.chat_model import ChatModel, Tokens

FEW = 50
LOW_KAPPA = 0.6


class Correct(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


class Grounded(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the judge said of one answer.

    ``reply`` is kept where it could not be read, and ``error`` where there was none; both are "cannot tell".
    ``exact`` is the exact rule's outcome of the same answer.
    """

    id: str
    question: str
    answer: str
    exact: Outcome
    correct: Correct
    grounded: Grounded | None
    reason: str
    tokens: Tokens
    reply: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """The judge against evals/metrics/answered_wrong.py, on ``questions`` that both have an opinion of.

    "Partly" counts as right, since the exact rule is lenient in the same way (half of the words are enough).
    ``kappa`` is None where neither ever says the other thing.
    """

    questions: int
    same: int
    kappa: float | None
    disagreements: tuple[Verdict, ...]

    @property
    def raw(self) -> float | None:
        return self.same / self.questions if self.questions else None

    @property
    def caution(self) -> str | None:
        """Why this judge should not be relied on, if so."""
        if self.questions < FEW:
            return f"Only {self.questions} answers could be compared; below {FEW} the agreement itself is unsure."
        if self.kappa is None:
            return "One of the two says the same of every answer: their agreement says nothing."
        if self.kappa < LOW_KAPPA:
            return f"Kappa is below {LOW_KAPPA}: read the disagreements before you rely on this judge."
        return None


def judge_rows(model: ChatModel, rows: Sequence[Row], jobs: int, advance: Callable[[int], None]) -> list[Verdict]:
    """The verdicts on the answers that were given, in the order of the rows; ``jobs`` are asked at a time.

    Questions that got no answer have nothing to be judged and no verdict.

    :raises FootnotedError: if already the first answer cannot be judged, as with a wrong key or name.
    """
    answered = [row for row in rows if row.answered]
    if not answered:
        return []
    verdicts = {0: _judge(model, answered[0])}
    advance(1)
    rest = range(1, len(answered))
    for number, verdict in some_at_a_time(lambda i: (i, _judge_or_tell(model, answered[i])), rest, jobs):
        verdicts[number] = verdict
        advance(1)
    return [verdicts[i] for i in range(len(answered))]


def agreement(verdicts: Sequence[Verdict]) -> Agreement:
    compared = [
        v for v in verdicts if v.correct is not Correct.CANNOT_TELL and v.exact in (Outcome.RIGHT, Outcome.WRONG)
    ]
    judged = [v.correct is not Correct.NO for v in compared]
    exact = [v.exact is Outcome.RIGHT for v in compared]
    differing = tuple(v for v, ours, theirs in zip(compared, judged, exact, strict=True) if ours is not theirs)
    return Agreement(len(compared), len(compared) - len(differing), cohen_kappa(judged, exact), differing)


def _judge_or_tell(model: ChatModel, row: Row) -> Verdict:
    try:
        return _judge(model, row)
    except FootnotedError as error:
        return _verdict(row, Tokens(), error=error.message)


def _judge(model: ChatModel, row: Row) -> Verdict:
    assert row.answer is not None
    question, answer = row.question, row.answer
    asked = user_message(
        answer.understood_as if question.history else question.text,
        question.answers,
        question.answerable,
        answer.text,
        [citation.quote for citation in answer.citations],
    )
    reply = model.ask(SYSTEM, asked, SCHEMA)
    found = object_in(reply.text, "correct")
    try:
        if found is None:
            raise ValueError
        correct, grounded = Correct(_word(found["correct"])), Grounded(_word(found.get("grounded")))
    except ValueError:
        return _verdict(row, reply.tokens, reply=reply.text)
    return _verdict(row, reply.tokens, correct, grounded, str(found.get("reason", "")))


def _word(value: object) -> str:
    return str(value).strip().lower().replace(" ", "_").replace("'", "").replace("cant_tell", "cannot_tell")


def _verdict(
    row: Row,
    tokens: Tokens,
    correct: Correct = Correct.CANNOT_TELL,
    grounded: Grounded | None = None,
    reason: str = "",
    *,
    reply: str | None = None,
    error: str | None = None,
) -> Verdict:
    answer = row.answer.text if row.answer is not None else ""
    return Verdict(
        row.question.id, row.question.text, answer, row.outcome, correct, grounded, reason, tokens, reply, error
    )
