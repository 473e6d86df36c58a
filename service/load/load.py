"""How much is let in, of one server process."""

from collections.abc import Callable
from dataclasses import dataclass

from service.call_limits import CallLimits
from service.load.admission import Admission
from service.load.caller_limits import CallerAllowance, CallerLimits
from service.load.cores import cores_each
from service.settings import Settings

_SEARCHES = 4
"""So many at once for each answer: the encoder takes the questions of several in one run (docs/load.md)."""


@dataclass(slots=True)
class Load:
    """Who only searches has a queue of its own: a search takes a small part of what an answer does.

    ``in_flight`` are the questions that wait or whose answers are not all sent yet.
    ``body_s`` are the seconds that a question's body may take to come, ``request_s`` those that its answer may.
    """

    answers: Admission
    searches: Admission
    callers: CallerLimits
    body_s: float
    request_s: float
    in_flight: int = 0


def load_of(settings: Settings, counters: Callable[[], CallLimits]) -> Load:
    """As the settings say; the processor's cores are shared out among the worker processes."""
    own = settings.limits
    allowance = CallerAllowance(
        own.questions_per_minute_per_key,
        own.questions_per_minute_per_address,
        own.questions_per_minute_per_session,
        own.requests_per_minute_per_key,
        own.requests_per_minute_per_address,
    )
    at_once = own.at_once or cores_each(settings.server.workers)
    answers, searches = (Admission(count, own.queue_s) for count in (at_once, at_once * _SEARCHES))
    return Load(answers, searches, CallerLimits(allowance, counters()), own.body_s, own.request_s)
