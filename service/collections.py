"""What changes with a collection's name: the sites that show it."""

from pathlib import Path

from core.errors import Conflict
from index.place import Place
from service.engine import Engine
from service.jobs.store import JobStore
from service.sites.store import Sites


def rename(engine: Engine, place: Path | Place, name: str, new_name: str) -> None:
    """The collection gets the name, and the sites that show it show it under that.

    Raises NotFound, InvalidRequest, Conflict (the name is taken, or a job that is not done brings documents into it).
    """
    jobs = JobStore(place)
    try:
        if any(collection == name for _, collection in jobs.unfinished()):
            raise Conflict(f"A job is at work on {name!r}.", "Wait for it, or cancel it.")
    finally:
        jobs.close()
    engine.store.catalog.rename_collection(name, new_name)
    sites = Sites(place)
    try:
        sites.follow_rename(name, new_name)
    finally:
        sites.close()
