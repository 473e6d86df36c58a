"""``/v1/collections``."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from service.access.needs import INGESTS_IN_PATH, READS_IN_PATH, Ingests, Reads, allow
from service.audit.middleware import name_target
from service.routes.held_labels import HeldLabels
from service.routes.state import ReadyEngine, State
from service.wire import collection_json

router = APIRouter(prefix="/v1", tags=["collections"])


class NewCollection(BaseModel):
    """A collection to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters, digits, dots, dashes and underscores, 64 at most.")


@router.get("/collections")
def list_collections(state: State, caller: Reads) -> dict[str, Any]:
    """All collections that the caller may see, with the counts of what they may find in them."""
    listed = state.engine.collections(caller.labels)
    return {"collections": [collection_json(one) for one in listed if caller.sees(one.name)]}


@router.post("/collections", status_code=201)
def create_collection(request: Request, engine: ReadyEngine, new: NewCollection, caller: Ingests) -> dict[str, Any]:
    """Make a collection; one that is there already is left as it is."""
    name_target(request.scope, new.name)
    allow(caller, new.name)
    engine.create_collection(new.name)
    return collection_json(engine.collection(new.name, caller.labels))


@router.get("/collections/{name}", dependencies=[Depends(READS_IN_PATH)])
def get_collection(state: State, name: str, labels: HeldLabels) -> dict[str, Any]:
    """One collection with the counts of what the caller may find in it."""
    return collection_json(state.engine.collection(name, labels))


@router.delete("/collections/{name}", status_code=204, dependencies=[Depends(INGESTS_IN_PATH)])
def delete_collection(state: State, name: str) -> None:
    """Forget a collection with all its documents."""
    state.engine.delete_collection(name)
