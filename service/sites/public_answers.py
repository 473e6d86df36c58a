"""Answers for strangers: the same, without where on the server's disk the documents lie, and what the model cost."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import unquote, urlsplit, urlunsplit

from core.types import Citation, DocumentRef, Hit, Passage
from service.answer.events import Cited, Done, Event, Started


def public_events(events: Iterator[Event]) -> Iterator[Event]:
    """The events, with the addresses of documents reduced."""
    for event in events:
        match event:
            case Started():
                yield replace(event, hits=_hits(event.hits))
            case Cited():
                yield replace(event, citation=_citation(event.citation))
            case Done():
                answer = event.answer
                citations = tuple(_citation(one) for one in answer.citations)
                yield replace(event, answer=replace(answer, citations=citations, hits=_hits(answer.hits), usage=None))
            case _:
                yield event


def public_uri(uri: str) -> str:
    """An address of the web as it is, but for a password in it; of any other only the last part, the file's name."""
    if uri.lower().startswith(("http://", "https://")):
        parts = urlsplit(uri)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    path = unquote(uri.partition(":")[2] or uri)
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _hits(hits: tuple[Hit, ...]) -> tuple[Hit, ...]:
    return tuple(
        replace(hit, passage=_passage(hit.passage), also_in=tuple(_passage(other) for other in hit.also_in))
        for hit in hits
    )


def _passage(passage: Passage) -> Passage:
    return replace(passage, document=_document(passage.document))


def _citation(citation: Citation) -> Citation:
    return replace(citation, document=_document(citation.document))


def _document(document: DocumentRef) -> DocumentRef:
    return replace(document, uri=public_uri(document.uri))
