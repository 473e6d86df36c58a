"""``footnoted questions list`` and ``questions erase``: what was asked, and forgetting it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest
from core.plain_text import printable
from core.types import AnswerStatus
from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, Since, settings_with, since_utc
from service.console import out, print_json, rendered_errors
from service.questions.log import QuestionLog
from service.questions.person import PersonKey
from service.questions.records import AskedQuestion, Rating, Wanted
from service.sessions.store import Sessions
from service.wire import feedback_json, question_json

_TITLE_CHARS = 100

app = typer.Typer(no_args_is_help=True, help="What was asked over HTTP, as long as it is kept.")


@app.command("list")
def list_questions(
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only of this collection.")] = None,
    rating: Annotated[Rating | None, typer.Option(help="Only those that somebody rated so.")] = None,
    status: Annotated[AnswerStatus | None, typer.Option(help="Only with this status.")] = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 100,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the questions that are kept, newest first."""
    wanted = Wanted(collection, status, (rating,) if rating else None, since_utc(since))
    with rendered_errors(as_json), _opened(data_dir) as questions:
        found = questions.questions(wanted, limit)
    if as_json:
        print_json({"questions": [_as_json(question) for question in found]})
        return
    table = Table("Asked", "Collection", "Status", "Confidence", "Rated", "Question", title=f"{len(found)} questions")
    for q in found:
        asked = q.asked_at[:16].replace("T", " ")
        rated = ", ".join(one.rating.value for one in q.feedback)
        table.add_row(asked, escape(q.collection), q.status.value, f"{q.confidence:.0%}", rated, _short(q.question))
    out.print(table)


@app.command()
def erase(
    person: Annotated[
        str | None, typer.Option(help="What this user asked and said: the id sent as `user`, or its hash in the list.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="All questions and ratings.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget questions, ratings and stored sessions for good; a running server needs no restart."""
    with rendered_errors(as_json):
        if (person is None) is not everything:
            raise InvalidRequest("Say whose questions to erase.", "Give either --person ID or --all.")
        # Whose they were is not told: to forget somebody must not write down who it was.
        whose = "all" if person is None else "one person"
        with acting(settings_with(data_dir).place, "questions.erase", whose), _opened(data_dir) as questions:
            asked, ratings = questions.erase_all() if person is None else questions.erase_person(person)
        sessions = _erased_sessions(person, data_dir)
    if as_json:
        print_json({"questions": asked, "ratings": ratings, "sessions": sessions})
    else:
        out.print(f"{asked} questions, {ratings} ratings and {sessions} sessions erased")


def _erased_sessions(person: str | None, data_dir: Path | None) -> int:
    settings = settings_with(data_dir)
    place = settings.place
    sessions = Sessions(place, settings.conversation.keep_days, PersonKey(place))
    try:
        return sessions.erase_all() if person is None else sessions.erase_person(person)
    finally:
        sessions.close()


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[QuestionLog]:
    questions = QuestionLog(settings_with(data_dir).place)
    try:
        yield questions
    finally:
        questions.close()


def _as_json(question: AskedQuestion) -> dict[str, object]:
    given = [feedback_json(one) for one in question.feedback]
    return {**question_json(question), "feedback": given}


def _short(question: str) -> str:
    line = " ".join(printable(question).split())
    return escape(line if len(line) <= _TITLE_CHARS else f"{line[: _TITLE_CHARS - 1]}…")
