"""Whose a stored conversation is: one that was begun with a key or by an operator is theirs alone."""

from sqlalchemy import delete, insert, select

from index.schema import read, write
from service.access.principal import NOBODY, Principal
from service.access.tables import AccessFile, session_owners

_t = session_owners.c


class SessionOwners:
    """Those without a row were begun by nobody in particular: whoever has the id may go on with them."""

    def __init__(self, file: AccessFile) -> None:
        self._file = file

    def own(self, session_id: str, principal: Principal) -> None:
        if principal.id != NOBODY.id:
            with write(self._file.for_writing().opened()) as connection:
                connection.execute(insert(session_owners).values(session_id=session_id, owner=principal.id))

    def seen_by(self, session_id: str, principal: Principal) -> str:
        """The id; to anybody else an id that nothing has, so that it is as if the conversation were not there."""
        if not self._file.exists():
            return session_id
        with read(self._file.opened()) as connection:
            owner = connection.execute(select(_t.owner).where(_t.session_id == session_id)).scalar()
        return session_id if owner in (None, principal.id) else ""

    def forget(self, session_id: str) -> None:
        if self._file.exists():
            with write(self._file.opened()) as connection:
                connection.execute(delete(session_owners).where(_t.session_id == session_id))
