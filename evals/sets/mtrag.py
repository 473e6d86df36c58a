"""MTRAG: conversations with a task a turn (Katsis et al. 2025, arXiv 2501.03468; github.com/IBM/mt-rag-benchmark).

The last turn of ``input`` is the question, those before it are the conversation. Each passage of ``contexts`` becomes
a document, and is evidence of an answerable question. ``Answerability``: UNANSWERABLE is not answerable, PARTIAL is,
and of CONVERSATIONAL ("thank you") it cannot be said; the target of neither the first nor the last is an answer,
as it is an apology or small talk.

Traps: the file with reference and retrieved passages mixed (``reference+RAG``) tells the first by the annotators'
``feedback``; where a task has any, passages without a "yes" are no evidence. The file of retrieved passages (``RAG``)
tells nothing: use the one with references. And the passages are a small part of the benchmark's corpora, so that
finding is easier than in the paper; --documents takes a corpus, a file a passage, named by its document_id.
"""

from collections.abc import Iterable, Sequence

from core.types import Turn
from evals.sets.faults import FaultList, Fields
from evals.sets.file_names import FileNames
from evals.sets.rows import SeenIds
from evals.sets.types import Evidence, Question, SourceFile

ROLES = {"user": "user", "agent": "assistant"}
ANSWERABLE = {"ANSWERABLE": True, "PARTIAL": True, "UNANSWERABLE": False, "CONVERSATIONAL": None}


class _Passages:
    """The passages of all tasks, each one once."""

    def __init__(self) -> None:
        self._names: dict[tuple[str, str], str] = {}
        self._made = FileNames()
        self.documents: list[SourceFile] = []

    def document(self, passage: Fields) -> Evidence:
        text = passage.text("text") or ""
        key = passage.text("document_id") or "", text
        if key not in self._names:
            self._names[key] = self._made.name(key[0], otherwise="passage")
            title = passage.text("title", required=False) or ""
            # In some of the corpora a passage begins with its title already.
            whole = text if text.startswith(title) else f"{title}\n\n{text}"
            self.documents.append(SourceFile(self._names[key], text=f"{whole}\n"))
        return Evidence(self._names[key], quote=text)


def is_mtrag(row: Fields) -> bool:
    """Whether a row is a task: it has ``task_id`` and the turns of ``input``."""
    return "task_id" in row.values and isinstance(row.values.get("input"), list)


def read_mtrag(rows: Iterable[Fields], faults: FaultList) -> tuple[tuple[Question, ...], tuple[SourceFile, ...]]:
    """:raises InvalidRequest: with every bad row."""
    seen = SeenIds()
    passages = _Passages()
    questions = [_question(row, seen, passages) for row in rows]
    faults.raise_any()
    return tuple(questions), tuple(passages.documents)


def _question(row: Fields, seen: SeenIds, passages: _Passages) -> Question:
    question_id = row.text("task_id") or ""
    seen.check(row, question_id)
    turns = [turn for item in row.objects("input", required=True) if (turn := _turn(item))]
    if not turns or turns[-1].role != "user":
        row.wrong('"input" does not end with a turn of the user', "The last turn is the question.")
        turns = [*turns, Turn("user", "")]
    answerable = _answerable(row)
    contexts = row.objects("contexts")
    evidence = [passages.document(item) for item in contexts]
    targets = [item.text("text") for item in row.objects("targets")]
    return Question(
        id=question_id,
        text=turns[-1].content,
        answerable=answerable,
        answers=tuple(dict.fromkeys(text for text in targets if text)) if answerable else (),
        evidence=_relevant(contexts, evidence) if answerable else (),
        history=tuple(turns[:-1]),
        kind=_first_label(row, "Question Type"),
        tags=_labels(row, "Multi-Turn"),
        place=row.place,
    )


def _turn(item: Fields) -> Turn | None:
    speaker, text = item.text("speaker"), item.text("text")
    if speaker is not None and speaker not in ROLES:
        item.wrong(f'"speaker" is "{speaker}"', '"speaker" is user or agent.')
    return Turn(ROLES[speaker], text) if speaker in ROLES and text else None


def _answerable(row: Fields) -> bool | None:
    label = _first_label(row, "Answerability") or _first_label(row, "answerability")
    if label is None:
        return None
    if label not in ANSWERABLE:
        row.wrong(f'"Answerability" is "{label}"', f"It is one of {', '.join(ANSWERABLE)}.")
    return ANSWERABLE.get(label)


def _labels(row: Fields, name: str) -> tuple[str, ...]:
    """A list of labels, one label, or NaN where the task has none."""
    value = row.values.get(name)
    if isinstance(value, str):
        return (value,)
    return row.texts(name) if isinstance(value, list) else ()


def _first_label(row: Fields, name: str) -> str | None:
    return next(iter(_labels(row, name)), None)


def _relevant(contexts: Sequence[Fields], evidence: Sequence[Evidence]) -> tuple[Evidence, ...]:
    votes = [_votes(item) for item in contexts]
    if not any(votes):
        return tuple(dict.fromkeys(evidence))
    return tuple(dict.fromkeys(piece for piece, told in zip(evidence, votes, strict=True) if "yes" in told))


def _votes(context: Fields) -> tuple[str, ...]:
    """What the annotators said of a passage: {"relevant": {annotator: {"value": "yes"}}}."""
    feedback = context.values.get("feedback")
    relevant = feedback.get("relevant") if isinstance(feedback, dict) else None
    votes = relevant.values() if isinstance(relevant, dict) else ()
    return tuple(str(vote.get("value")) for vote in votes if isinstance(vote, dict))
