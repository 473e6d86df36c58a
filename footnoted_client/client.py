"""The client: ask, stream, search, upload, and look after documents and jobs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urljoin

import httpx
from httpx_sse import EventSource

from footnoted_client.errors import Unreachable, error_of
from footnoted_client.records import Answer, Citation, Document, Event, Hit, Job, Sentence, Started, Token, record

_POLL_S = 0.5
_R = TypeVar("_R")


class Client:
    """A service at ``base_url``. Safe to use from several threads; close it, or use it in a ``with``."""

    def __init__(self, base_url: str, *, token: str | None = None, timeout_s: float = 120.0) -> None:
        """``token`` is the operator's, for documents with labels and for what only the operator may do."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s)
        self._base = f"{base_url.rstrip('/')}/"

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def ask(
        self,
        question: str,
        collection: str = "default",
        *,
        history: Sequence[tuple[str, str]] = (),
        filters: Mapping[str, Any] | None = None,
        user: str | None = None,
        store: bool = True,
    ) -> Answer:
        """``history`` holds earlier turns as (role, content), oldest first. Raises ServiceError, Unreachable."""
        asked = _question(question, collection, history, filters) | {"user": user, "store": store}
        return self._answer(self._call("POST", "/v1/ask", json=asked).json())

    def stream(
        self,
        question: str,
        collection: str = "default",
        *,
        history: Sequence[tuple[str, str]] = (),
        filters: Mapping[str, Any] | None = None,
        user: str | None = None,
        store: bool = True,
    ) -> Iterator[Event]:
        """The events of the answer; leaving the loop stops the work. Raises ServiceError, Unreachable."""
        asked = _question(question, collection, history, filters) | {"user": user, "store": store, "stream": True}
        with _reached(), self._http.stream("POST", "/v1/ask", json=asked) as response:
            if response.is_error:
                response.read()
            _check(response)
            for event in EventSource(response).iter_sse():
                if event.event == "error":
                    problem = event.json()
                    raise error_of(int(problem.get("status", 500)), problem)
                if (made := self._event(event.event, event.data and event.json())) is not None:
                    yield made
                if isinstance(made, Answer):
                    return
        raise Unreachable("The stream ended before the answer did.")

    def search(
        self,
        question: str,
        collection: str = "default",
        *,
        top_k: int = 5,
        history: Sequence[tuple[str, str]] = (),
        filters: Mapping[str, Any] | None = None,
    ) -> list[Hit]:
        """Passages, best first. Raises ServiceError, Unreachable."""
        asked = _question(question, collection, history, filters) | {"top_k": top_k}
        return [self._placed(Hit, hit) for hit in self._call("POST", "/v1/search", json=asked).json()["hits"]]

    def upload(self, files: Sequence[str | Path], collection: str = "default") -> Job:
        """Sends files; ``wait`` tells when they are in. Raises ServiceError, Unreachable, OSError."""
        parts = [("files", (Path(file).name, Path(file).read_bytes())) for file in files]
        return _job(self._call("POST", "/v1/documents", files=parts, data={"collection": collection}).json())

    def job(self, job_id: str) -> Job:
        """Raises ServiceError, Unreachable."""
        return _job(self._call("GET", f"/v1/jobs/{job_id}").json())

    def wait(self, job: Job, timeout_s: float = 600.0) -> Job:
        """Until the job is done, partial or failed. Raises TimeoutError, ServiceError, Unreachable."""
        deadline = time.monotonic() + timeout_s
        while not job.settled:
            if time.monotonic() > deadline:
                raise TimeoutError(f"The job {job.id} is still {job.status} after {timeout_s:.0f} s.")
            time.sleep(_POLL_S)
            job = self.job(job.id)
        return job

    def documents(self, collection: str = "default", *, limit: int = 200, offset: int = 0) -> list[Document]:
        """By title. Raises ServiceError, Unreachable."""
        query: dict[str, str | int] = {"collection": collection, "limit": limit, "offset": offset}
        listed = self._call("GET", "/v1/documents", params=query).json()["documents"]
        return [record(Document, document) for document in listed]

    def text(self, document_id: str, collection: str = "default") -> str:
        """The text that all offsets are into. Raises ServiceError, Unreachable."""
        response = self._call("GET", f"/v1/documents/{document_id}/text", params={"collection": collection})
        return response.content.decode()

    def delete(self, document_id: str, collection: str = "default") -> None:
        """Raises ServiceError, Unreachable."""
        self._call("DELETE", f"/v1/documents/{document_id}", params={"collection": collection})

    def collections(self) -> list[str]:
        """Their names. Raises ServiceError, Unreachable."""
        return [collection["name"] for collection in self._call("GET", "/v1/collections").json()["collections"]]

    def _call(self, method: str, address: str, **more: Any) -> httpx.Response:
        with _reached():
            response = self._http.request(method, address, **more)
        _check(response)
        return response

    def _event(self, name: str, data: Any) -> Event | None:
        match name:
            case "start":
                return record(Started, data)
            case "token":
                return record(Token, data)
            case "sentence":
                return record(Sentence, data)
            case "citation":
                return self._placed(Citation, data)
            case "done":
                return self._answer(data)
        return None  # a ping, or what a later version tells besides

    def _answer(self, members: Mapping[str, Any]) -> Answer:
        asked_back = members.get("clarification") or {"text": None, "options": []}
        return record(
            Answer,
            members,
            sentences=tuple(record(Sentence, sentence) for sentence in members["sentences"]),
            citations=tuple(self._placed(Citation, citation) for citation in members["citations"]),
            hits=tuple(self._placed(Hit, hit) for hit in members["hits"]),
            clarification=asked_back["text"],
            options=tuple(asked_back["options"]),
        )

    def _placed(self, kind: type[_R], members: Mapping[str, Any]) -> _R:
        return record(kind, members, url=urljoin(self._base, members["url"].lstrip("/")))


def _question(
    question: str, collection: str, history: Sequence[tuple[str, str]], filters: Mapping[str, Any] | None
) -> dict[str, Any]:
    turns = [{"role": role, "content": content} for role, content in history]
    return {"question": question, "collection": collection, "history": turns, "filters": dict(filters or {})}


def _job(members: Mapping[str, Any]) -> Job:
    return Job(members["id"], members["status"], members)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise Unreachable(f"The service did not answer: {error or type(error).__name__}.") from error


def _check(response: httpx.Response) -> None:
    if response.is_error:
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        raise error_of(response.status_code, problem if isinstance(problem, dict) else {})
