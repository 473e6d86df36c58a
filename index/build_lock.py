"""One process at a time builds, copies or imports a collection in a place."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Conflict
from index.place import Place
from index.place_lock import only_holder_at

_FILE = "building.lock"


@contextmanager
def build_lock(place: Path | Place) -> Iterator[None]:
    """Held by a lock that is let go of when its holder dies. Raises Conflict while another has it."""
    found = Place.of(place)
    with only_holder_at(found, _FILE) as alone:
        if not alone:
            where = "the database" if found.on_server else found.folder
            raise Conflict(
                f"Another collection of {where} is being built anew, copied or imported.", "Wait for it to end."
            )
        yield
