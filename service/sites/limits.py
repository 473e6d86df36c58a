"""How often visitors may ask, by session and by address."""

from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItemPerDay, RateLimitItemPerMinute

from core.errors import TooManyRequests
from service.call_limits import CallLimits, RecentCalls, Window
from service.network_address import network_of
from service.telemetry import metrics


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits, each a number of calls."""

    questions_per_minute: int
    questions_per_minute_per_address: int
    questions_per_day: int
    sessions_per_minute_per_address: int
    requests_per_minute_per_address: int


class RequestLimits:
    """Counts calls, and refuses those beyond the allowance. A refused call is not counted."""

    def __init__(
        self, allowance: Allowance, calls: RecentCalls | None = None, limits: CallLimits | None = None
    ) -> None:
        """``limits`` count somewhere else than in ``calls``."""
        self._question = RateLimitItemPerMinute(allowance.questions_per_minute, namespace="question")
        self._question_address = RateLimitItemPerMinute(
            allowance.questions_per_minute_per_address, namespace="question-address"
        )
        self._question_day = RateLimitItemPerDay(allowance.questions_per_day, namespace="question-day")
        self._session = RateLimitItemPerMinute(allowance.sessions_per_minute_per_address, namespace="session")
        self._request = RateLimitItemPerMinute(allowance.requests_per_minute_per_address, namespace="request")
        self._limits = limits or CallLimits(calls)

    def count_session(self, address: str) -> None:
        """Raises TooManyRequests."""
        self._count([(self._session, network_of(address))], "More chats are opened than are allowed.")

    @property
    def blocks(self) -> bool:
        """Whether counting asks another machine, so that the event loop must not do it."""
        return self._limits.blocks

    def count_request(self, address: str) -> None:
        """Any call, with a token or without. Raises TooManyRequests."""
        self._count([(self._request, network_of(address))], "More requests come than are allowed.")

    def count_question(self, session_id: str, address: str) -> None:
        """Raises TooManyRequests."""
        windows = [
            (self._question, session_id),
            (self._question_day, session_id),
            (self._question_address, network_of(address)),
        ]
        self._count(windows, "More questions come than are allowed.")

    def _count(self, windows: Sequence[Window], refusal: str) -> None:
        try:
            self._limits.count(windows, refusal)
        except TooManyRequests:
            metrics.SHED.labels("site").inc()
            raise
