"""One process at a time builds, copies or imports a collection in a data folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Conflict
from index.file_lock import only_holder

_FILE = "building.lock"


@contextmanager
def build_lock(data_dir: Path) -> Iterator[None]:
    """Held by a lock that the system lets go of when its holder dies. Raises Conflict while another has it."""
    with only_holder(data_dir / _FILE) as alone:
        if not alone:
            raise Conflict(
                f"Another collection of {data_dir} is being built anew, copied or imported.", "Wait for it to end."
            )
        yield
