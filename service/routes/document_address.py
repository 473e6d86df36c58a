"""``POST /v1/documents`` with JSON: a document named by its address or its path, for the server to fetch."""

from typing import Any, Self

from fastapi import APIRouter, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, Field, StrictFloat, StrictInt, model_validator
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from index.marks import MAX_MARKS, Marks, marks_of
from service.jobs.records import job_json
from service.routes.operator_access import OPERATOR_ONLY
from service.routes.state import State

MAX_PLACE_CHARS = 4000
NO_NUL = r"^[^\x00]*$"  # which no path has


class _JsonRoute(APIRoute):
    """One of two routes at an address: JSON is for this one, a form for the other."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http":
            kind = Headers(scope=scope).get("content-type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                return Match.NONE, {}
        return super().matches(scope)


class MarksGiven(BaseModel):
    """Tags, attributes and labels for all documents that a request brings, also those that did not change."""

    model_config = ConfigDict(extra="forbid")
    tags: list[str] = Field([], max_length=MAX_MARKS, description="Added to those that they have.")
    attributes: dict[str, str | StrictInt | StrictFloat] = Field({}, max_length=MAX_MARKS, description="Likewise.")
    labels: list[str] = Field(
        [], max_length=MAX_MARKS, description="Of those who may find them, in place of the labels that they have."
    )

    def marks(self) -> Marks:
        """Raises InvalidRequest."""
        return marks_of(self.tags, self.attributes, self.labels)


class DocumentAddress(MarksGiven):
    """Where a document is: ``url`` or ``path``."""

    url: str | None = Field(None, max_length=MAX_PLACE_CHARS, pattern="(?i)^https?://", description="A web address.")
    path: str | None = Field(
        None,
        min_length=1,
        max_length=MAX_PLACE_CHARS,
        pattern=NO_NUL,
        description="A file or folder of the server's machine.",
    )
    collection: str = Field("default", description="Which collection.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.url is None) == (self.path is None):
            raise ValueError("give either url or path")
        return self


ALSO_JSON: dict[str, Any] = {
    "requestBody": {
        "content": {
            "application/json": {
                "schema": {
                    **DocumentAddress.model_json_schema(),
                    "description": "For the operator only: the server reads its own files, or fetches an address.",
                }
            }
        }
    }
}
"""For the description of the form's route, which stands for both."""

router = APIRouter(prefix="/v1/documents", tags=["documents"], route_class=_JsonRoute)


@router.post("", status_code=202, include_in_schema=False, dependencies=OPERATOR_ONLY)
def take_in(state: State, response: Response, given: DocumentAddress) -> dict[str, Any]:
    """Read a document, or all of a folder, in the background; what is there already stays."""
    state.engine.check_collection_name(given.collection)
    place = given.url or given.path or ""
    marks = given.marks()
    job = state.jobs.submit_sync(given.collection, [place], prune=False, retry_failed=True, marks=marks)
    response.headers["Location"] = f"/v1/jobs/{job.id}"
    return job_json(job)
