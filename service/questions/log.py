"""The question log: a database beside the catalog, so that an answer never waits for an ingest's transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import ColumnElement, Connection, delete, func, insert, or_, select

from core.errors import InvalidRequest, NotFound
from index.place import Place
from index.schema import read, write
from service.database_file import PRAGMAS_OF_LOGS, DatabaseFile
from service.questions.person import PersonKey
from service.questions.records import AskedQuestion, Feedback, Rating, Wanted
from service.questions.tables import (
    FORMAT_VERSION,
    NOBODY,
    feedback,
    feedback_row,
    metadata,
    question_row,
    questions,
    to_feedback,
    to_question,
)
from service.timestamps import timestamp

FILE = "questions.db"


class QuestionLog:
    """Every method is one transaction. The file is made by the first write; reading without one finds nothing."""

    def __init__(self, place: Path | Place) -> None:
        self._file = DatabaseFile(place, FILE, metadata, FORMAT_VERSION, PRAGMAS_OF_LOGS)
        self._person_key = PersonKey(place)

    def close(self) -> None:
        self._file.close()

    def person(self, name: str | None) -> str | None:
        """How the log knows a person. Raises IndexBroken."""
        return self._person_key.hashed(name)

    # Writing

    def put(self, question: AskedQuestion) -> None:
        """Keep a question. Raises IndexBroken, NotReady."""
        with write(self._file.opened()) as connection:
            connection.execute(insert(questions).values(question_row(question)))

    def rate(self, answer_id: str, given: Feedback, collections: frozenset[str] | None = None) -> None:
        """Keep what a person thinks of an answer, in place of what the same one said before. Raises NotFound, also
        where the answer's collection is not among ``collections`` (None: all)."""
        with self._rating(answer_id, given.person, collections) as connection:
            connection.execute(insert(feedback).values(feedback_row(answer_id, given)))

    def withdraw(self, answer_id: str, person: str | None, collections: frozenset[str] | None = None) -> None:
        """Forget what a person said of an answer, if anything. Raises NotFound for the answer, as ``rate`` does."""
        with self._rating(answer_id, person, collections):
            pass

    @contextmanager
    def _rating(self, answer_id: str, person: str | None, collections: frozenset[str] | None) -> Iterator[Connection]:
        """A transaction in which the person's former feedback is gone."""
        with write(self._file.opened()) as connection:
            known = select(questions.c.collection).where(questions.c.answer_id == answer_id)
            collection = connection.execute(known).scalar()
            if collection is None or (collections is not None and collection not in collections):
                raise NotFound(
                    f"There is no answer {answer_id!r}.",
                    "Ids come with answers; they are forgotten after the days of the setting questions.keep_days.",
                )
            mine = (feedback.c.answer_id == answer_id, feedback.c.person == (person or NOBODY))
            connection.execute(delete(feedback).where(*mine))
            yield connection

    # Reading

    def questions(self, wanted: Wanted, limit: int | None = None, offset: int = 0) -> list[AskedQuestion]:
        """Newest first, each with its feedback."""
        if not self._file.exists():
            return []
        query = select(questions).where(*_conditions(wanted))
        query = query.order_by(questions.c.asked_at.desc(), questions.c.answer_id).limit(limit).offset(offset)
        ids = query.with_only_columns(questions.c.answer_id)
        with read(self._file.opened()) as connection:
            given: dict[str, list[Feedback]] = {}
            said = select(feedback).where(feedback.c.answer_id.in_(ids)).order_by(feedback.c.given_at)
            for row in connection.execute(said).mappings():
                given.setdefault(row["answer_id"], []).append(to_feedback(row))
            rows = connection.execute(query).mappings()
            return [to_question(row, tuple(given.get(row["answer_id"], ()))) for row in rows]

    def feedback(
        self, rating: Rating | None, collection: str | None, limit: int, offset: int
    ) -> tuple[list[tuple[AskedQuestion, Feedback]], int]:
        """Feedback with its question, newest first, and how many there are in all."""
        if not self._file.exists():
            return [], 0
        conditions = []
        if rating is not None:
            conditions.append(feedback.c.rating == rating.value)
        if collection is not None:
            conditions.append(questions.c.collection == collection)
        both = feedback.join(questions)
        said = select(feedback).select_from(both).where(*conditions)
        said = said.order_by(feedback.c.given_at.desc(), feedback.c.answer_id).limit(limit).offset(offset)
        with read(self._file.opened()) as connection:
            count = select(func.count()).select_from(both).where(*conditions)
            total = connection.execute(count).scalar_one()
            given = connection.execute(said).mappings().all()
            wanted = questions.c.answer_id.in_({row["answer_id"] for row in given})
            asked = {row["answer_id"]: row for row in connection.execute(select(questions).where(wanted)).mappings()}
        found = [(row["answer_id"], to_feedback(row)) for row in given]
        return [(to_question(asked[answer_id], (one,)), one) for answer_id, one in found], total

    # Forgetting

    def erase_person(self, name: str) -> tuple[int, int]:
        """Forget what a person asked and said; gives how many questions and ratings that were.

        ``name`` is the name as it came with the requests, or its hash as the log shows it.
        """
        if not name.strip():
            raise InvalidRequest(
                "The name of the person is empty.", "Give the id that was sent as `user`, or its hash."
            )
        if not self._file.exists():
            return 0, 0  # and no key is made for it
        hashes = {name, self.person(name)}
        return self._erase(questions.c.person.in_(hashes), feedback.c.person.in_(hashes))

    def erase_all(self) -> tuple[int, int]:
        """Forget everything; gives how many questions and ratings there were."""
        return self._erase(questions.c.answer_id.is_not(None), feedback.c.answer_id.is_not(None))

    def erase_before(self, moment: str) -> tuple[int, int]:
        """Forget what was asked before a time, with its ratings."""
        old = questions.c.asked_at < moment
        return self._erase(old, feedback.c.answer_id.in_(select(questions.c.answer_id).where(old)))

    def _erase(self, asked: ColumnElement[bool], said: ColumnElement[bool]) -> tuple[int, int]:
        if not self._file.exists():
            return 0, 0
        with self._file.erasing() as connection:
            # Ratings of the questions go with them, whoever gave them; they are counted before.
            theirs = feedback.c.answer_id.in_(select(questions.c.answer_id).where(asked))
            ratings = connection.execute(delete(feedback).where(or_(said, theirs))).rowcount
            asked_count = connection.execute(delete(questions).where(asked)).rowcount
        return asked_count, ratings


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.collection is not None:
        conditions.append(questions.c.collection == wanted.collection)
    if wanted.status is not None:
        conditions.append(questions.c.status == wanted.status.value)
    if wanted.since is not None:
        conditions.append(questions.c.asked_at >= timestamp(wanted.since))
    if wanted.ratings is not None:
        rated = select(feedback.c.answer_id).where(feedback.c.rating.in_([r.value for r in wanted.ratings]))
        conditions.append(questions.c.answer_id.in_(rated))
    return conditions
