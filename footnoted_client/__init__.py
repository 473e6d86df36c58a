"""A typed client of Footnoted's HTTP API; it needs httpx and httpx-sse only."""

from footnoted_client.client import Client
from footnoted_client.errors import (
    ClientError,
    InvalidRequest,
    NotAllowed,
    NotFound,
    ServiceError,
    TooManyRequests,
    Unavailable,
    Unreachable,
)
from footnoted_client.records import Answer, Citation, Document, Event, Hit, Job, Sentence, Started, Token

__all__ = [
    "Answer", "Citation", "Client", "ClientError", "Document", "Event", "Hit", "InvalidRequest", "Job", "NotAllowed",
    "NotFound", "Sentence", "ServiceError", "Started", "Token", "TooManyRequests", "Unavailable", "Unreachable",
]  # fmt: skip
