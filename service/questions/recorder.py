"""Keeps questions while the service answers, without ever making an answer wait or fail."""

import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog

from core.errors import FeedbackOff, FootnotedError, NotFound, NotReady
from core.types import Answer, Turn
from service.answer.events import Done, Event
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Feedback, Rating, Reason, Wanted, asked_question
from service.timestamps import timestamp

_MOST_WAITING = 1000
_RATE_S = 2.0
_LOOK_AGAIN_S = 0.1
_STOP_S = 5.0

log = structlog.get_logger("footnoted")


class QuestionRecorder:
    """One thread writes, in order: a rating that comes right after its answer finds the answer kept."""

    def __init__(self, question_log: QuestionLog, keep_days: int, late_s: float = 0.0) -> None:
        """``keep_days`` of 0 keeps nothing. ``late_s`` seconds may an answer still be on its way into the log when its
        rating comes: where another process gave the answer."""
        self._log = question_log
        self._keep_days = keep_days
        self._late_s = late_s
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="questions")
        self._room = threading.BoundedSemaphore(_MOST_WAITING)
        self._told: set[str] = set()

    @property
    def keeps(self) -> bool:
        return self._keep_days > 0

    def stop(self) -> None:
        """Write what is waiting, unless that takes long: a locked log must not keep a server from stopping."""
        with suppress(TimeoutError):
            self._writer.submit(int).result(_STOP_S)
        self._writer.shutdown(cancel_futures=True)
        self._log.close()

    def recording(
        self, events: Iterator[Event], collection: str, history: Sequence[Turn], user: str | None
    ) -> Iterator[Event]:
        """The events as they are; the answer is kept once it is done. A stream that is left before that is not:
        nobody saw an answer that could be rated."""
        for event in events:
            if isinstance(event, Done) and self.keeps:
                self._record(event.answer, collection, history, user)
            yield event

    def _record(self, answer: Answer, collection: str, history: Sequence[Turn], user: str | None) -> None:
        if self._room.acquire(blocking=False):
            self._writer.submit(self._write, answer, collection, history, user)
        else:
            self._tell("too_many_waiting", "More questions wait to be kept than fit; some are not.")

    def _write(self, answer: Answer, collection: str, history: Sequence[Turn], user: str | None) -> None:
        try:
            self._log.put(asked_question(answer, collection, history, self._log.person(user)))
            self._told.clear()  # it works again: the next failure is news
        except FootnotedError as error:
            self._tell(error.code, str(error))
        except Exception:  # a border: whatever it is, the answer is out, and the next one may be kept
            if self._is_new("crash"):
                log.exception("question_not_kept", kind="crash")
        finally:
            self._room.release()

    def rate(
        self,
        answer_id: str,
        rating: Rating | None,
        reason: Reason | None,
        comment: str | None,
        user: str | None,
        collections: frozenset[str] | None = None,
    ) -> None:
        """Keep what a person thinks of an answer; no rating withdraws it. Raises NotFound, FeedbackOff, NotReady.

        An answer of a collection that is not among ``collections`` (None: all) is not there.
        """
        self._check_keeps()
        given_up = time.monotonic() + self._late_s
        while True:
            try:
                self._rate_in_turn(answer_id, rating, reason, comment, user, collections)
                return
            except NotFound:
                if time.monotonic() >= given_up:
                    raise
                time.sleep(_LOOK_AGAIN_S)

    def _rate_in_turn(self, *rating: Any) -> None:
        kept = self._writer.submit(self._rate, *rating)
        try:
            kept.result(_RATE_S)
        except TimeoutError:
            kept.cancel()  # the threads that answer questions must not all wait here
            raise NotReady("The log of questions is busy.", "Try again in a few seconds.") from None

    def _rate(
        self,
        answer_id: str,
        rating: Rating | None,
        reason: Reason | None,
        comment: str | None,
        user: str | None,
        collections: frozenset[str] | None,
    ) -> None:
        person = self._log.person(user)
        if rating is None:
            self._log.withdraw(answer_id, person, collections)
            return
        words = comment.strip() if comment else None
        given = Feedback(rating, reason, words or None, person, timestamp(datetime.now(UTC)))
        self._log.rate(answer_id, given, collections)

    def feedback(
        self, rating: Rating | None, collection: str | None, limit: int, offset: int
    ) -> tuple[list[tuple[AskedQuestion, Feedback]], int]:
        """See QuestionLog.feedback. Raises FeedbackOff."""
        self._check_keeps()
        return self._log.feedback(rating, collection, limit, offset)

    def questions(self, wanted: Wanted, limit: int, offset: int) -> list[AskedQuestion]:
        """See QuestionLog.questions. Raises FeedbackOff."""
        self._check_keeps()
        return self._log.questions(wanted, limit, offset)

    def forget_old(self) -> None:
        """Delete what is older than the days to keep; a failure is told, and tried again the next time."""
        before = timestamp(datetime.now(UTC) - timedelta(days=self._keep_days))
        try:
            self._writer.submit(self._log.erase_before, before).result()
        except Exception:  # a border: whatever it is, the next day's attempt must come
            log.exception("questions_not_forgotten")

    def _check_keeps(self) -> None:
        if not self.keeps:
            raise FeedbackOff(
                "This service keeps no questions, so it takes no feedback.",
                "Set questions.keep_days to more than 0.",
            )

    def _tell(self, kind: str, message: str) -> None:
        if self._is_new(kind):
            log.error("question_not_kept", kind=kind, message=message)

    def _is_new(self, kind: str) -> bool:
        """Each kind is told once until it works again: a full disk would otherwise fill the log too."""
        told = kind in self._told
        self._told.add(kind)
        return not told
