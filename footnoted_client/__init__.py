"""A typed client of Footnoted's HTTP API; it needs httpx and httpx-sse only."""

from footnoted_client.client import AskOptions, Client, SearchOptions, Turn
from footnoted_client.errors import (
    ClientError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    ServiceError,
    TimedOut,
    TooManyRequests,
    Unavailable,
    Unreachable,
)
from footnoted_client.records import (
    Answer,
    Citation,
    Document,
    Event,
    Hit,
    Job,
    Notice,
    Place,
    Sentence,
    Span,
    Started,
    Token,
    Usage,
)

__all__ = [
    "Answer", "AskOptions", "Citation", "Client", "ClientError", "Document", "Event", "Hit", "InvalidRequest", "Job",
    "NotAllowed", "NotFound", "Notice", "Place", "SearchOptions", "Sentence", "ServiceError", "Span", "Started",
    "TimedOut", "Token", "TooManyRequests", "Turn", "Unavailable", "Unreachable", "Usage",
]  # fmt: skip
