"""A lock on a place, which is let go of when its holder dies: a file's, or one of the database server."""

from collections.abc import Iterator
from contextlib import contextmanager

from index.file_lock import only_holder
from index.place import Place


@contextmanager
def only_holder_at(place: Place, file: str) -> Iterator[bool]:
    """Whether nobody else holds it, on any machine; then it is held until the end. Does not wait.

    Raises OSError; of a server NotReady, SettingsError.
    """
    if place.database_url is None:
        with only_holder(place.folder / file) as alone:
            yield alone
        return
    from index.postgres.lock import session_lock

    with session_lock(place.database_url, file) as alone:
        yield alone
