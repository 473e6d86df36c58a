"""What is kept of an administrative act."""

from dataclasses import dataclass
from enum import StrEnum

MOST_CHARS = 200
"""Of an actor, an act or a target: longer ones are cut off, so that nobody fills the log with one request."""


class Outcome(StrEnum):
    """What became of it."""

    DONE = "done"
    REFUSED = "refused"  # not signed in, not allowed, too often
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Act:
    """``actor`` did ``act`` to ``target``: ids and names of things, never what is in them.

    ``network`` is where it came from, not the address itself; ``request_id`` is found in the server's log too. Both are
    empty for the command line.
    """

    actor: str
    act: str
    target: str
    outcome: Outcome
    network: str = ""
    request_id: str = ""


@dataclass(frozen=True, slots=True)
class KeptAct:
    """``digest`` is over everything else of it and the digest of the act before it."""

    id: int
    at: str
    act: Act
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """``broken`` is the id of the first act that does not follow from the one before it, None if all do.

    ``head`` is the digest of the last act: who notes it elsewhere can tell later that none was cut off at the end.
    ``forgotten`` acts before the first were removed by their age. ``is_beheaded``: some were, and what is left does not
    begin with one that is old enough itself, as ``forget_before`` leaves it: the beginning was removed by other hands.
    """

    acts: int
    forgotten: int
    head: str
    broken: int | None
    is_beheaded: bool = False
