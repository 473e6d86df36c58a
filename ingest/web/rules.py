"""How the web is read: what may be reached, how fast, and how much."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WebRules:
    """``allowed_private`` are hosts and networks (``wiki.intra``, ``10.1.0.0/16``) that may be read though not public.

    ``timeout_s`` is the longest silence, in seconds; a whole answer may take ten times as long. ``max_pages`` bounds
    the addresses of one sync, ``requests_per_second`` those asked of one host. ``user_agent`` begins with the product
    token that robots.txt is searched for.
    """

    allowed_private: tuple[str, ...] = ()
    requests_per_second: float = 1.0
    max_pages: int = 1000
    timeout_s: float = 30.0
    obey_robots: bool = True
    user_agent: str = "Footnoted"
