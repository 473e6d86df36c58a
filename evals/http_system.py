"""A running server as a system to be evaluated, over its HTTP interface."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
from pydantic import TypeAdapter

from core.errors import FootnotedError, InvalidRequest, NotFound, NotReady, RemoteError
from core.types import (
    Answer,
    AnswerSentence,
    AnswerSpan,
    AnswerStatus,
    Block,
    BlockKind,
    Citation,
    Document,
    DocumentRef,
    Hit,
    HitSource,
    Passage,
    Turn,
    Verdict,
)
from evals.system import IngestFailure, IngestOutcome

_PAGE = 1000
_UPLOAD_FILES = 50
_UPLOAD_BYTES = 50 * 1024**2
_POLL_S = 0.5
_TIMEOUT_S = 120.0
_ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


class HttpSystem:
    """One collection of a running server."""

    def __init__(self, client: httpx.Client, collection: str) -> None:
        self._client = client
        self._collection = collection

    def ingest(self, files: Sequence[Path], advance: Callable[[int], None]) -> IngestOutcome:
        """Uploads the files into the collection and waits until they are read."""
        names = Counter(file.name for file in files)
        if twice := sorted(name for name, count in names.items() if count > 1):
            raise InvalidRequest(
                f"Uploads are told apart by file name, and {', '.join(twice)} is there more than once.",
                "Rename them, or ingest on the server and name its --collection.",
            )
        added = unchanged = 0
        failed: list[IngestFailure] = []
        for batch in _batches(files):
            job = self._upload(batch)
            for file in job["files"]:
                added += file["status"] in ("added", "changed")
                unchanged += file["status"] == "unchanged"
                if file["status"] == "failed":
                    failed.append(IngestFailure(f"upload:{file['name']}", **_told(file["error"])))
            advance(len(job["files"]))
        return IngestOutcome.of(added, unchanged, failed)

    def documents(self) -> Sequence[DocumentRef]:
        rows: list[dict[str, Any]] = []
        while True:
            page = self._get("/v1/documents", collection=self._collection, limit=_PAGE, offset=len(rows))
            rows += page["documents"]
            if not page["documents"] or len(rows) >= page["total"]:
                return [DocumentRef(row["id"], row["uri"], row["title"], row["media_type"]) for row in rows]

    def document(self, document_id: str) -> Document:
        record = self._get(f"/v1/documents/{document_id}", collection=self._collection)
        text = self._send("GET", f"/v1/documents/{document_id}/text", params={"collection": self._collection}).text
        blocks = tuple(
            Block(BlockKind(b["kind"]), b["start"], b["end"], b["page"], b["level"]) for b in record["blocks"]
        )
        return Document(
            record["id"],
            record["uri"],
            record["title"],
            record["media_type"],
            record["language"],
            text,
            blocks,
            record["metadata"],
        )

    def ask(self, question: str, history: Sequence[Turn], top_k: int) -> Answer:
        body = {
            "question": question,
            "collection": self._collection,
            "history": [{"role": turn.role, "content": turn.content} for turn in history],
            "top_k": top_k,
            "store": False,  # a measurement is nobody's question
        }
        response = self._send("POST", "/v1/ask", json=body)
        try:
            answer = answer_of(response.json())
            _check(answer)
            return answer
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise RemoteError(f"What the server sent is no answer: {error!r}.", "Is it Footnoted?") from error

    def description(self) -> Mapping[str, object]:
        """The settings of a server are its own: what it tells is its version and the state of the collection."""
        version = self._get("/openapi.json").get("info", {}).get("version")
        collections = self._get("/v1/collections")["collections"]
        index = next((c for c in collections if c["name"] == self._collection), None)
        return {"server": str(self._client.base_url), "server_version": version, "index": index}

    def _upload(self, files: Sequence[Path]) -> dict[str, Any]:
        with ExitStack() as opened:
            parts = [("files", (file.name, opened.enter_context(file.open("rb")))) for file in files]
            job = self._send("POST", "/v1/documents", files=parts, data={"collection": self._collection}).json()
        while job["status"] in ("queued", "running"):
            time.sleep(_POLL_S)
            job = self._get(f"/v1/jobs/{job['id']}")
        return dict(job)

    def _get(self, path: str, **query: object) -> dict[str, Any]:
        try:
            return dict(self._send("GET", path, params=query).json())
        except (ValueError, TypeError, RecursionError) as error:
            raise RemoteError(f"The server's answer to {path} is not JSON.", "Is it Footnoted?") from error

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            response = self._client.request(method, path, **more)
        except httpx.TimeoutException as error:
            raise RemoteError(
                f"The server did not answer {method} {path} within {_TIMEOUT_S:.0f} s.", "Is it overloaded?"
            ) from error
        except httpx.HTTPError as error:
            raise NotReady(f"{self._client.base_url} cannot be reached: {error}.", "Is the server running?") from error
        if response.is_error:
            raise _problem(response)
        return response


def _told(error: Mapping[str, str]) -> dict[str, str]:
    return {"message": error["message"], "code": error["code"]}


def _batches(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Few and small enough for one request; a single large file goes alone."""
    batch: list[Path] = []
    size = 0
    for file in files:
        more = file.stat().st_size
        if batch and (len(batch) == _UPLOAD_FILES or size + more > _UPLOAD_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += more
    if batch:
        yield batch


@contextmanager
def open_server(address: str, collection: str, api_key: str | None = None) -> Iterator[HttpSystem]:
    """:raises InvalidRequest: for what is no http address."""
    try:
        url = httpx.URL(address)
    except httpx.InvalidURL as error:
        raise InvalidRequest(f"{address} is no address: {error}.", "Such as http://127.0.0.1:8000.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise InvalidRequest(f"{address} is no http address.", "Such as http://127.0.0.1:8000.")
    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    with httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT_S) as client:
        yield HttpSystem(client, collection)


def answer_of(body: Mapping[str, Any]) -> Answer:
    """An answer from its JSON on the wire, the inverse of ``service.wire.answer_json``."""
    span = body["answer_span"]
    return Answer(
        id=body["id"],
        question=body["question"],
        understood_as=body["understood_as"],
        status=AnswerStatus(body["status"]),
        sentences=tuple(
            AnswerSentence(s["text"], tuple(s["markers"]), Verdict(s["verdict"]), s["support"])
            for s in body["sentences"]
        ),
        citations=tuple(_citation(citation) for citation in body["citations"]),
        answer_span=span and AnswerSpan(span["text"], span["marker"], span["start"], span["end"]),
        confidence=body["confidence"],
        model=body["model"],
        hits=tuple(_hit(hit) for hit in body["hits"]),
        timings_ms=body["timings_ms"],
    )


def _check(answer: Answer) -> None:
    """:raises ValueError: for an answer that breaks the contract in a way that a run could not be written with."""
    _ANSWER.dump_json(answer)  # also refuses half characters
    _ANSWER.validate_python(asdict(answer))
    if not 0 <= answer.confidence <= 1:
        raise ValueError(f"confidence {answer.confidence}")
    cited = {citation.marker for citation in answer.citations}
    if missing := {marker for sentence in answer.sentences for marker in sentence.markers} - cited:
        raise ValueError(f"markers without a citation: {sorted(missing)}")


def _citation(body: Mapping[str, Any]) -> Citation:
    return Citation(
        body["marker"],
        DocumentRef(body["document_id"], body["uri"], body["title"], body["media_type"]),
        body["page"],
        tuple(body["section"]),
        body["start"],
        body["end"],
        body["quote"],
        body["support"],
        body.get("language"),
    )


def _hit(body: Mapping[str, Any]) -> Hit:
    document = DocumentRef(body["document_id"], body["uri"], body["title"], "")
    page = body["page"]
    pages = None if page is None else (page, body.get("last_page") or page)
    place = f"{body['document_id']}:{body['start']}"
    stretch = body["start"], body["end"], body["text"]
    passage = Passage(place, document, tuple(body["section"]), pages, *stretch, body.get("language"))
    return Hit(passage, body["score"], HitSource.FUSED)


def _problem(response: httpx.Response) -> FootnotedError:
    try:
        body = response.json()
        code, message, hint = body.get("code"), body.get("detail") or body["title"], body.get("hint", "")
    except (ValueError, KeyError, AttributeError):
        code, message, hint = None, f"The server answered {response.status_code} {response.reason_phrase}.", ""
    kind = NotFound if response.status_code == 404 else None
    return kind(message, hint) if kind else RemoteError(message, hint, code)
