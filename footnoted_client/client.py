"""The client: ask, stream, search, upload, and look after documents and jobs."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, TypedDict, TypeVar, Unpack
from urllib.parse import urljoin

import httpx
from httpx_sse import EventSource

from footnoted_client.errors import TimedOut, Unreachable, error_of
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
    record,
)
from footnoted_client.retries import new_key, resumed, tried

_POLL_S = 0.5
_R = TypeVar("_R")


class Turn(TypedDict):
    """An earlier message."""

    role: Literal["user", "assistant"]
    content: str


class SearchOptions(TypedDict, total=False):
    """What a question may go with, as `POST /v1/search` takes it; what is left out has the service's own value.

    ``history`` is oldest first; ``session_id`` goes in its place. ``top_k`` is how many passages are given.
    """

    history: Sequence[Turn]
    session_id: str
    filters: dict[str, Any]
    top_k: int


class AskOptions(SearchOptions, total=False):
    """As `POST /v1/ask` takes it: ``model`` "reader" quotes without a chat model; ``store`` False keeps no log."""

    model: str
    user: str
    store: bool


class Client:
    """A service at ``base_url``. Safe to use from several threads; close it, or use it in a ``with``."""

    def __init__(
        self,
        base_url: str,
        *,
        api_key: str | None = None,
        token: str | None = None,
        timeout_s: float = 120.0,
        retries: int = 1,
    ) -> None:
        """``api_key`` is of `footnoted keys create`. ``token``, the operator's, goes in its place: it may do all.

        What got no answer, or one of a server that is gone or starting, is tried ``retries`` times more, where that
        does nothing twice: all but deleting. What took longer than ``timeout_s`` is not.
        """
        given = api_key if token is None else token
        headers = {} if given is None else {"Authorization": f"Bearer {given}"}
        self._http = httpx.Client(base_url=base_url, headers=headers, timeout=timeout_s)
        self._base = f"{base_url.rstrip('/')}/"
        self._retries = retries

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._http.close()

    def ask(self, question: str, collection: str = "default", **more: Unpack[AskOptions]) -> Answer:
        """Raises ServiceError, Unreachable."""
        asked = {"question": question, "collection": collection, **more}
        return self._answer(self._call("POST", "/v1/ask", json=asked, headers=new_key()).json())

    def stream(self, question: str, collection: str = "default", **more: Unpack[AskOptions]) -> Iterator[Event]:
        """The events of the answer; leaving the loop stops the work. Raises ServiceError, Unreachable.

        A stream that breaks off is asked for again, and goes on where it broke off; where the answer is another one
        then, a second ``Started`` comes, and what came before it is void.
        """
        asked = {"question": question, "collection": collection, **more, "stream": True}
        headers = new_key()
        yield from resumed(self._retries, lambda: self._events(asked, headers))

    def _events(self, asked: Mapping[str, Any], headers: Mapping[str, str]) -> Iterator[Event]:
        with _reached(), self._http.stream("POST", "/v1/ask", json=asked, headers=headers) as response:
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

    def search(self, question: str, collection: str = "default", **more: Unpack[SearchOptions]) -> list[Hit]:
        """Passages, best first. Raises ServiceError, Unreachable."""
        asked = {"question": question, "collection": collection, **more}
        return [self._hit(hit) for hit in self._call("POST", "/v1/search", json=asked).json()["hits"]]

    def create_session(self) -> str:
        """The id of a new conversation that the service keeps: ``session_id``. Raises ServiceError, Unreachable."""
        return str(self._call("POST", "/v1/sessions").json()["id"])

    def delete_session(self, session_id: str) -> None:
        """Has it forgotten. Raises ServiceError, Unreachable."""
        self._once("DELETE", f"/v1/sessions/{session_id}")

    def upload(self, files: Sequence[str | Path], collection: str = "default") -> Job:
        """Sends files; ``wait`` tells when they are in. Raises ServiceError, Unreachable, OSError."""
        parts = [("files", (Path(file).name, Path(file).read_bytes())) for file in files]
        sent = {"files": parts, "data": {"collection": collection}, "headers": new_key()}
        return _job(self._call("POST", "/v1/documents", **sent).json())

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
        self._once("DELETE", f"/v1/documents/{document_id}", params={"collection": collection})

    def collections(self) -> list[str]:
        """Their names. Raises ServiceError, Unreachable."""
        return [collection["name"] for collection in self._call("GET", "/v1/collections").json()["collections"]]

    def _call(self, method: str, address: str, **more: Any) -> httpx.Response:
        return tried(self._retries, lambda: self._once(method, address, **more))

    def _once(self, method: str, address: str, **more: Any) -> httpx.Response:
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
            hits=tuple(map(self._hit, members["hits"])),
            answer_span=_optional(Span, members.get("answer_span")),
            usage=_optional(Usage, members.get("usage")),
            notice=_optional(Notice, members.get("notice")),
            clarification=asked_back["text"],
            options=tuple(asked_back["options"]),
        )

    def _hit(self, members: Mapping[str, Any]) -> Hit:
        return self._placed(Hit, members, also_in=tuple(self._placed(Place, place) for place in members["also_in"]))

    def _placed(self, kind: type[_R], members: Mapping[str, Any], **more: Any) -> _R:
        return record(kind, members, url=urljoin(self._base, members["url"].lstrip("/")), **more)


def _optional(kind: type[_R], members: Mapping[str, Any] | None) -> _R | None:
    return None if members is None else record(kind, members)


def _job(members: Mapping[str, Any]) -> Job:
    return Job(members["id"], members["status"], members)


@contextmanager
def _reached() -> Iterator[None]:
    try:
        yield
    except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
        raise TimedOut(f"The service did not answer in time: {error or type(error).__name__}.") from error
    except httpx.TransportError as error:
        raise Unreachable(f"The service did not answer: {error or type(error).__name__}.") from error


def _check(response: httpx.Response) -> None:
    if response.is_error:
        try:
            problem = response.json()
        except ValueError:
            problem = {}
        raise error_of(response.status_code, problem if isinstance(problem, dict) else {})
