"""``/v1/collections``."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from service.routes.state import ReadyEngine, State
from service.wire import collection_json

router = APIRouter(prefix="/v1", tags=["collections"])


class NewCollection(BaseModel):
    """A collection to be made."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(description="Letters, digits, dots, dashes and underscores, 64 at most.")


@router.get("/collections")
def list_collections(state: State) -> dict[str, Any]:
    """All collections with their counts."""
    return {"collections": [collection_json(collection) for collection in state.engine.collections()]}


@router.post("/collections", status_code=201)
def create_collection(engine: ReadyEngine, new: NewCollection) -> dict[str, Any]:
    """Make a collection; one that is there already is left as it is."""
    return collection_json(engine.create_collection(new.name))


@router.get("/collections/{name}")
def get_collection(state: State, name: str) -> dict[str, Any]:
    """One collection with its counts."""
    return collection_json(state.engine.collection(name))


@router.delete("/collections/{name}", status_code=204)
def delete_collection(state: State, name: str) -> None:
    """Forget a collection with all its documents."""
    state.engine.delete_collection(name)
