"""Answers that can be given again: as long as nothing changed, the same question has the same answer."""

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from core.types import Answer, Turn
from index.collections import Collection
from index.filters.filter import Within
from service.answer.events import Done, Event, Started
from service.load.place import leave_place
from service.telemetry import metrics

_BYTES_A_RECORD = 1000  # of what surrounds a text: offsets, titles, ids
_BYTES_A_CHARACTER = 2


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """All that an answer depends on, in a process whose settings do not change."""

    question: str
    history: tuple[Turn, ...]
    collection: tuple[int, int, str]
    top_k: int
    within: Within
    model: str

    @classmethod
    def of(
        cls, question: str, history: tuple[Turn, ...], collection: Collection, top_k: int, within: Within, model: str
    ) -> "AnswerKey":
        state = collection.id, collection.generation, collection.created_at
        return cls(question.strip(), history, state, top_k, within, model)


KeyNow = Callable[[], AnswerKey | None]
"""Gives the key as of now; None where the answer is not to be kept, or there is no such collection."""


class AnswerCache:
    """The latest answers, as their events, in so many bytes, roughly. Safe from several threads."""

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._kept: OrderedDict[AnswerKey, tuple[tuple[Event, ...], int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._bytes = 0

    def through(self, key_now: KeyNow, fresh: Callable[[], Iterator[Event]]) -> Iterator[Event]:
        """The events of an answer that is kept, with an id of its own and ``timings_ms`` of ``cache``; else the fresh
        ones, which are kept if the collection did not change meanwhile. Raises what ``fresh`` raises."""
        began = time.perf_counter()
        key = key_now()
        if key is None:
            yield from fresh()
            return
        found = self._get(key)
        metrics.CACHE.labels("hit" if found else "miss").inc()
        if found:
            leave_place()  # whoever reads it slowly keeps nobody waiting
            yield from _again(found, (time.perf_counter() - began) * 1000)
            return
        told: list[Event] = []
        for event in fresh():
            told.append(event)
            if isinstance(event, Done) and key_now() == key:
                self._put(key, tuple(told))
            yield event

    def _get(self, key: AnswerKey) -> tuple[Event, ...] | None:
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def _put(self, key: AnswerKey, events: tuple[Event, ...]) -> None:
        size = _size(key, events)
        if size > self._most:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._bytes += size - (before[1] if before else 0)
            self._kept[key] = events, size
            while self._bytes > self._most:
                _, (_, gone) = self._kept.popitem(last=False)
                self._bytes -= gone


def _again(events: tuple[Event, ...], took_ms: float) -> Iterator[Event]:
    """Whoever rates an answer rates this one, so it needs an id of its own."""
    answer_id = f"ans_{uuid.uuid4().hex}"
    for event in events:
        match event:
            case Started():
                yield replace(event, id=answer_id)
            case Done(answer):
                yield Done(replace(answer, id=answer_id, timings_ms={"cache": round(took_ms, 2)}))
            case _:
                yield event


def _size(key: AnswerKey, events: tuple[Event, ...]) -> int:
    texts = [key.question, *(turn.content for turn in key.history)]
    for event in events:
        match event:
            case Done(answer):
                texts += _texts(answer)
            case _:
                texts.append("")
    return sum(_BYTES_A_RECORD + _BYTES_A_CHARACTER * len(text) for text in texts)


def _texts(answer: Answer) -> list[str]:
    passages = [hit.passage.text for hit in answer.hits]
    passages += [other.text for hit in answer.hits for other in hit.also_in]
    return [*passages, *(s.text for s in answer.sentences), *(c.quote for c in answer.citations)]
