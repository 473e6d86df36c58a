"""TREC CAsT: the topics of the conversational assistance track, 2019 to 2022 (Dalton et al. 2020, arXiv 2003.13624).

A JSON list of topics, each with its turns: what the user says (``raw_utterance``; ``utterance`` in 2022) and, from
2020 on, the same written anew to stand alone (``manual_rewritten_utterance``). Each turn is a question with the
user's earlier turns as its history. There are no documents and no answers: the collections are licensed apart.

Traps: what the system is to have said before (``passage``, ``response``) is left out, so a turn that asks about it
("tell me more about the second") cannot be understood here. In 2022 conversations fork, and the file repeats the turns
before a fork; a turn that is repeated whole is one question.
"""

from collections.abc import Iterator, Sequence

from core.types import Turn
from evals.sets.faults import FaultList, Fields
from evals.sets.rows import rows_of_list
from evals.sets.types import Question


def is_cast(items: Sequence[object]) -> bool:
    """Whether a JSON list is one of topics."""
    first = items[0] if items else None
    return isinstance(first, dict) and isinstance(first.get("turn"), list)


def read_cast(items: Sequence[object], faults: FaultList) -> tuple[Question, ...]:
    """:raises InvalidRequest: with every bad topic."""
    questions: dict[str, Question] = {}
    for topic in rows_of_list(items, faults):
        for turn, question in _questions(topic):
            first = questions.setdefault(question.id, question)
            if first != question:
                turn.wrong(
                    f'the turn "{question.id}" was there before ({first.place}), with other words',
                    "Give every topic its own number, and every turn of it.",
                )
    faults.raise_any()
    return tuple(questions.values())


def _questions(topic: Fields) -> Iterator[tuple[Fields, Question]]:
    topic_number = _number(topic)
    history: list[Turn] = []
    for turn in topic.objects("turn", required=True):
        text = turn.text("utterance" if "utterance" in turn.values else "raw_utterance") or ""
        yield (
            turn,
            Question(
                id=f"{topic_number}_{_number(turn)}",
                text=text,
                answerable=None,
                history=tuple(history),
                rewrite=turn.text("manual_rewritten_utterance", required=False),
                place=turn.place,
            ),
        )
        history.append(Turn("user", text))


def _number(item: Fields) -> str:
    """A number, or a text such as "1-3"."""
    value = item.values.get("number")
    if isinstance(value, str):
        return item.text("number") or ""
    return str(item.number("number", least=0, required=True))
