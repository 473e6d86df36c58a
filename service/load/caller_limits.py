"""How often a caller may ask: by API key, by session, and of who has no key by network address."""

from collections.abc import Sequence
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from starlette.types import Scope

from core.errors import TooManyRequests
from service.access.principal import NOBODY, principal_of
from service.call_limits import CallLimits, Window
from service.network_address import client_address, is_loopback, network_of
from service.telemetry import metrics


@dataclass(frozen=True, slots=True)
class CallerAllowance:
    """Calls in a minute; ``questions`` are those that the models work for, ``requests`` are all."""

    questions_per_key: int
    questions_per_address: int
    questions_per_session: int
    requests_per_key: int
    requests_per_address: int


class CallerLimits:
    """Counts calls, and refuses those beyond the allowance. A refused call is not counted."""

    def __init__(self, allowance: CallerAllowance, limits: CallLimits) -> None:
        self._limits = limits
        self._question_key = _per_minute(allowance.questions_per_key, "question-key")
        self._question_address = _per_minute(allowance.questions_per_address, "question-caller")
        self._question_session = _per_minute(allowance.questions_per_session, "question-session")
        self._request_key = _per_minute(allowance.requests_per_key, "request-key")
        self._request_address = _per_minute(allowance.requests_per_address, "request-caller")

    @property
    def blocks(self) -> bool:
        """Whether counting asks another machine, so that the event loop must not do it."""
        return self._limits.blocks

    def count(self, scope: Scope, *, asks: bool) -> None:
        """A call of the scope's caller. Raises TooManyRequests."""
        caller = principal_of(scope)
        if caller.id != NOBODY.id:
            windows = [(self._request_key, caller.id)]
            if asks:
                windows.append((self._question_key, caller.id))
            self._count("key", windows, "This key is used more often than is allowed.")
            return
        address = client_address(scope)
        if is_loopback(address):  # whoever works on this machine; a proxy names its visitors
            return
        network = network_of(address)
        windows = [(self._request_address, network)]
        if asks:
            windows.append((self._question_address, network))
        self._count("address", windows, "More requests come from this address than are allowed.")

    def count_session(self, session_id: str) -> None:
        """A question of a conversation that the server keeps. Raises TooManyRequests."""
        windows = [(self._question_session, session_id)]
        self._count("session", windows, "More questions come in this conversation than are allowed.")

    def _count(self, what: str, windows: Sequence[Window], refusal: str) -> None:
        try:
            self._limits.count(windows, refusal)
        except TooManyRequests:
            metrics.SHED.labels(what).inc()
            raise


def _per_minute(calls: int, namespace: str) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(calls, namespace=namespace)
