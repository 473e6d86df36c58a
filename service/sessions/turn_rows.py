"""Turns as rows: read with the documents that they are from, and erased."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from service.sessions.records import KeptTurn, StoredTurn
from service.sessions.tables import in_view, turns


def kept_turns(connection: Connection, *wanted: ColumnElement[bool]) -> Iterator[KeptTurn]:
    """Turns by session, each oldest first."""
    of = select(turns).where(*wanted).order_by(turns.c.session_id, turns.c.number)
    views: dict[int, set[str]] = defaultdict(set)
    for seen in connection.execute(select(in_view).join(turns).where(*wanted)):
        views[seen.turn].add(seen.document_id)
    for row in connection.execute(of).mappings():
        turn = StoredTurn(**{name: row[name] for name in StoredTurn.__dataclass_fields__ if name in row})
        yield KeptTurn(row["number"], row["session_id"], turn, frozenset(views[row["number"]]))


def erase_answers(connection: Connection, gone: Sequence[KeptTurn]) -> None:
    """The questions stay; what later ones were understood as may hold words of those answers."""
    connection.execute(
        update(turns).where(turns.c.number == bindparam("gone")).values(answer="", citations=[]),
        [{"gone": one.number} for one in gone],
    )
    connection.execute(
        update(turns)
        .where(turns.c.session_id == bindparam("of"), turns.c.number >= bindparam("since"))
        .values(understood_as=turns.c.question),
        [{"of": one.session_id, "since": one.number} for one in gone],
    )
    connection.execute(
        delete(in_view).where(in_view.c.turn == bindparam("gone")), [{"gone": one.number} for one in gone]
    )
