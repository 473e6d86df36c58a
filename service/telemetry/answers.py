"""What becomes of questions, counted as their events pass."""

import time
from collections.abc import Iterator

import structlog

from core.types import Answer
from service.answer.events import Done, Event, Token
from service.logs import without_contents
from service.telemetry import metrics

log = structlog.get_logger("footnoted")


def counted(events: Iterator[Event]) -> Iterator[Event]:
    """The events as they are. An answer whose reader left before its end counts for nothing."""
    began = time.perf_counter()
    has_words = False
    for event in events:
        if isinstance(event, Token) and not has_words:
            has_words = True
            metrics.FIRST_TOKEN_SECONDS.observe(time.perf_counter() - began)
        if isinstance(event, Done):
            _count(event.answer)
            _log(event.answer, time.perf_counter() - began)
        yield event


def _count(answer: Answer) -> None:
    metrics.ANSWERS.labels(answer.status.value).inc()
    for sentence in answer.sentences:
        metrics.SENTENCES.labels(sentence.verdict.value).inc()
    if answer.notice is not None:
        metrics.NOTICES.labels(answer.notice.code).inc()
    if answer.usage is not None:
        metrics.MODEL_TOKENS.labels("in").inc(answer.usage.input_tokens)
        metrics.MODEL_TOKENS.labels("out").inc(answer.usage.output_tokens)


def _log(answer: Answer, seconds: float) -> None:
    log.info(
        "answered",
        answer_id=answer.id,
        status=answer.status.value,
        confidence=round(answer.confidence, 3),
        model=answer.model,
        citations=len(answer.citations),
        ms=round(seconds * 1000, 1),
        stages_ms=dict(answer.timings_ms),
        **_contents(answer),
    )


def _contents(answer: Answer) -> dict[str, object]:
    """Nothing, unless the logs were told to keep contents: a program that uses the engine may print all there is."""
    if not structlog.is_configured() or without_contents in structlog.get_config()["processors"]:
        return {}
    return {"question": answer.question, "understood_as": answer.understood_as, "answer": answer.text}
