"""SQuAD 1.1 and 2.0, and what shares their layout (XQuAD, CMRC 2018): paragraphs, questions, answer offsets.

Each article becomes one text document, its paragraphs set apart by a blank line. The evidence of a question is its
paragraph, with the place of each answer in it; a question with ``is_impossible`` has none.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from core.errors import InvalidRequest
from evals.sets.faults import FaultList, Fields
from evals.sets.file_names import FileNames
from evals.sets.rows import SeenIds
from evals.sets.types import Evidence, Question, SourceFile


def read_squad(text: str, path: Path) -> tuple[tuple[Question, ...], tuple[SourceFile, ...]]:
    """The questions and the documents of a SQuAD file.

    :raises InvalidRequest: with everything that is wrong in it.
    """
    faults = FaultList(path)
    try:
        root = Fields(json.loads(text), "", faults)
    except json.JSONDecodeError as error:
        faults.add(f"line {error.lineno}", f"not JSON ({error.msg})", "Check that the file is whole.")
        faults.raise_any()
        raise
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, or brackets without end
        raise InvalidRequest(f"{path} is not readable as JSON: {error}.", "Check that the file is whole.") from error
    seen = SeenIds()
    questions: list[Question] = []
    documents: list[SourceFile] = []
    names = FileNames()
    for number, article in enumerate(root.objects("data", required=True)):
        name = names.name(article.text("title", required=False) or f"article-{number + 1}", otherwise="article")
        paragraphs = article.objects("paragraphs", required=True)
        contexts = [paragraph.text("context") or "" for paragraph in paragraphs]
        documents.append(SourceFile(name, text="\n\n".join(contexts) + "\n"))
        for paragraph, context in zip(paragraphs, contexts, strict=True):
            questions.extend(_questions(paragraph, context, name, seen))
    faults.raise_any()
    return tuple(questions), tuple(documents)


def _questions(paragraph: Fields, context: str, document: str, seen: SeenIds) -> Iterator[Question]:
    for item in paragraph.objects("qas", required=True):
        question_id = item.text("id") or ""
        seen.check(item, question_id)
        impossible = item.flag("is_impossible") or False
        answers = [] if impossible else item.objects("answers", required=True)
        spans = [span for span in (_span(answer, context) for answer in answers) if span]
        if not impossible and not answers:
            item.wrong("no answers", "Give an answer, or set is_impossible to true.")
        yield Question(
            id=question_id,
            text=item.text("question") or "",
            answerable=not impossible,
            answers=tuple(dict.fromkeys(context[start:end] for start, end in spans)),
            evidence=tuple(Evidence(document, quote=context, answer=span) for span in dict.fromkeys(spans)),
            place=item.place,
            group=paragraph.place,
        )


def _span(answer: Fields, context: str) -> tuple[int, int] | None:
    text = answer.text("text")
    start = answer.number("answer_start", least=0, required=True)
    if text is None or start is None:
        return None
    if context[start : start + len(text)] != text:
        answer.wrong(
            f'the context does not have "{text}" at {start}',
            "answer_start counts characters from the context's start.",
        )
        return None
    return start, start + len(text)
