"""Sessions in the data folder or database: making, reading, going on with and forgetting them."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import structlog
from sqlalchemy import ColumnElement, Select, delete, insert, select, update

from core.errors import Conflict, FootnotedError, NotFound
from core.types import Answer, Turn
from index.place import Place
from index.schema import read, write
from service.access.principal import NOBODY
from service.answer.events import Done, Event
from service.database_file import PRAGMAS_OF_LOGS, DatabaseFile
from service.questions.person import PersonKey
from service.sessions.records import KeptTurn, MayRead, Session, readable, withheld
from service.sessions.tables import FORMAT_VERSION, in_view, metadata, owners, sessions, turn_requests, turns
from service.sessions.turn_rows import erase_answers, kept_turns
from service.timestamps import timestamp
from service.wire import citation_json

FILE = "sessions.db"
_ID_BYTES = 24
_MOST_TURNS_READ = 50
log = structlog.get_logger("footnoted")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Sessions:
    """Safe from several threads and processes.

    ``caller`` is the id of who asks for a session. What nobody in particular began is for whoever has its id; any
    other is as if it were not there, but for who began it. None is who has the data folder, and with it all.
    """

    def __init__(
        self,
        place: Path | Place,
        keep_days: int,
        person_key: PersonKey,
        now: Callable[[], datetime] = _utc_now,
    ) -> None:
        """``keep_days`` after its last question a session is forgotten; with 0 there are none."""
        self._file = DatabaseFile(place, FILE, metadata, FORMAT_VERSION, PRAGMAS_OF_LOGS)
        self._keep_days = keep_days
        self._person_key = person_key
        self._now = now

    def close(self) -> None:
        self._file.close()

    def create(self, caller: str | None = NOBODY.id) -> Session:
        """The caller's, with an id of 192 random bits. Raises Conflict where the server keeps none."""
        if not self._keep_days:
            raise Conflict("This server keeps no sessions.", "Send the history, or set conversation.keep_days.")
        now = timestamp(self._now())
        session = Session(f"ses_{secrets.token_urlsafe(_ID_BYTES)}", now, now)
        with write(self._file.opened()) as connection:
            connection.execute(insert(sessions).values(id=session.id, created_at=now, used_at=now))
            if caller not in (None, NOBODY.id):
                connection.execute(insert(owners).values(session_id=session.id, owner=caller))
        return session

    def get(self, session_id: str, may_read: MayRead, caller: str | None = NOBODY.id) -> Session:
        """With its turns, oldest first, as far as the documents that they cite may be read. Raises NotFound."""
        session, kept = self._stored(session_id, caller)
        return replace(session, turns=tuple(readable(kept, may_read)))

    def _stored(self, session_id: str, caller: str | None, but: str | None = None) -> tuple[Session, list[KeptTurn]]:
        if not self._file.exists():
            raise _unknown()
        with read(self._file.opened()) as connection:
            wanted = select(sessions, owners.c.owner).outerjoin(owners).where(sessions.c.id == session_id)
            found = connection.execute(wanted).mappings().first()
            if found is None or found["used_at"] < self._oldest():
                raise _unknown()
            if caller is not None and found["owner"] not in (None, caller):
                raise _unknown()
            mine = turns.c.session_id == session_id
            kept = list(kept_turns(connection, mine, turns.c.number.not_in(_made_for(session_id, but))))
        return Session(found["id"], found["created_at"], found["used_at"]), kept

    def history(
        self, session_id: str, may_read: MayRead, caller: str | None = NOBODY.id, key: str | None = None
    ) -> tuple[Turn, ...]:
        """Its last turns as messages; quotes that an answer cites come with it. Raises NotFound.

        Without the turn of an earlier try of the request ``key``.
        """
        said: list[Turn] = []
        _, kept = self._stored(session_id, caller, key)
        for turn in list(readable(kept, may_read))[-_MOST_TURNS_READ:]:
            quotes = [one["quote"] for one in turn.citations if one["quote"] not in turn.answer]
            said.append(Turn("user", turn.question))
            if not turn.withheld:
                said.append(Turn("assistant", " ".join([turn.answer, *quotes])))
        return tuple(said)

    def delete(self, session_id: str, caller: str | None = NOBODY.id) -> None:
        """Raises NotFound."""
        self._stored(session_id, caller)
        self._erase(sessions.c.id == session_id)

    def recording(
        self,
        events: Iterator[Event],
        session_id: str,
        collection: str,
        user: str | None = None,
        key: str | None = None,
    ) -> Iterator[Event]:
        """The events as they are. The turn is kept before the last one goes out: the next question finds it.

        It takes the place of the turn of an earlier try of the request ``key``.
        """
        for event in events:
            if isinstance(event, Done):
                try:
                    self._append(session_id, collection, event.answer, user, key)
                except FootnotedError as error:  # the answer is there; the next question misses this turn
                    log.error("turn_not_kept", code=error.code, message=error.message)
            yield event

    def _append(self, session_id: str, collection: str, answer: Answer, user: str | None, key: str | None) -> None:
        now, person = timestamp(self._now()), self._person_key.hashed(user)
        with write(self._file.opened()) as connection:
            used = update(sessions).where(sessions.c.id == session_id).values(used_at=now)
            if not connection.execute(used).rowcount:
                return  # deleted while the answer was made
            connection.execute(delete(turns).where(turns.c.number.in_(_made_for(session_id, key))))
            turn = {
                "session_id": session_id,
                "asked_at": now,
                "collection": collection,
                "answer_id": answer.id,
                "question": answer.question,
                "understood_as": answer.understood_as,
                "status": answer.status.value,
                "answer": answer.clarification.text if answer.clarification else answer.text,
                "citations": [citation_json(citation, collection) for citation in answer.citations],
                "person": person,
            }
            number = connection.execute(insert(turns).values(turn).returning(turns.c.number)).scalar_one()
            if key is not None:
                connection.execute(insert(turn_requests).values(session_id=session_id, key=key, turn=number))
            if answer.in_view and answer.sentences:
                seen = [{"turn": number, "document_id": document} for document in answer.in_view]
                connection.execute(insert(in_view), seen)

    # Forgetting

    def forget_old(self) -> None:
        """A failure is told, and tried again the next time."""
        try:
            self._erase(sessions.c.used_at < self._oldest())
        except FootnotedError as error:
            log.error("sessions_not_forgotten", code=error.code, message=error.message)

    def forget_documents(self, is_there: MayRead) -> None:
        """Answers that are from a document which is not there any more are erased; a failure is told."""
        if not self._file.exists():
            return
        try:
            with read(self._file.opened()) as connection:
                by_session = groupby(kept_turns(connection), attrgetter("session_id"))
                gone = [
                    one
                    for _, kept in by_session
                    for one, is_withheld in withheld(kept, is_there)
                    if is_withheld and one.turn.answer
                ]
            if gone:
                with self._file.erasing() as connection:
                    erase_answers(connection, gone)
        except FootnotedError as error:
            log.error("documents_not_forgotten", code=error.code, message=error.message)

    def erase_all(self) -> int:
        """Gives how many sessions there were."""
        return self._erase(sessions.c.id.is_not(None))

    def erase_person(self, name: str) -> int:
        """Sessions in which the person asked anything, by the name or its hash; gives how many there were."""
        if not self._file.exists():
            return 0
        theirs = select(turns.c.session_id).where(turns.c.person.in_({name, self._person_key.hashed(name)}))
        return self._erase(sessions.c.id.in_(theirs))

    def _erase(self, wanted: ColumnElement[bool]) -> int:
        if not self._file.exists():
            return 0
        with self._file.erasing() as connection:
            return connection.execute(delete(sessions).where(wanted)).rowcount

    def _oldest(self) -> str:
        return timestamp(self._now() - timedelta(days=self._keep_days))


def _made_for(session_id: str, key: str | None) -> Select[tuple[int]]:
    """The turn of an earlier try; none where the request has no key."""
    mine = (turn_requests.c.session_id == session_id, turn_requests.c.key == key)
    return select(turn_requests.c.turn).where(*mine)


def _unknown() -> NotFound:
    return NotFound(
        "There is no such session.",
        "Make one by POST /v1/sessions or `footnoted ask --session new`. It is forgotten the days of "
        "conversation.keep_days after its last question.",
    )
