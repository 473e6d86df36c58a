"""How much is let in, of one server process."""

from dataclasses import dataclass

from service.load.admission import Admission
from service.load.caller_limits import CallerLimits


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
