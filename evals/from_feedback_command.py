"""``footnoted eval from-feedback``: what people thought of answers, as questions to evaluate with."""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from core.types import DocumentRef
from evals.evidence import EvidenceLocator
from evals.from_feedback import added_to, case_of
from evals.sets.types import Evidence
from evals.write_file import write_atomically
from service.commands.options import Collection, DataDir, Since, settings_with, since_utc
from service.engine import Engine
from service.questions.log import QuestionLog
from service.questions.records import AskedQuestion, Rating, Wanted


class Rated(StrEnum):
    """Which ratings to take."""

    UP = "up"
    DOWN = "down"
    ALL = "all"


def from_feedback(
    output: Annotated[Path, typer.Option(help="The set, in JSON Lines. Cases that it lacks are added at its end.")],
    collection: Collection = "default",
    rating: Annotated[Rated, typer.Option(help="Questions with such a rating.")] = Rated.ALL,
    since: Since = None,
    data_dir: DataDir = None,
) -> None:
    """Turn rated questions into cases for `eval run --collection`.

    A thumb up becomes a case with the cited evidence; a thumb down one to be reviewed by hand ("review": true),
    unless it says that there should have been no answer.
    """
    settings = settings_with(data_dir)
    ratings = tuple(Rating) if rating is Rated.ALL else (Rating(rating.value),)
    log = QuestionLog(settings.place)
    rated = log.questions(Wanted(collection, ratings=ratings, since=since_utc(since)))
    log.close()
    present = _read(output)
    with Engine.open(settings) as engine:
        cases = _cases(engine, collection, list(reversed(rated)))  # a set grows in the order of asking
    text, added = added_to(present, cases, output)
    if added:
        write_atomically(output, text)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{output}: {len(added)} cases added, {len(cases) - len(added)} were there", markup=False)
    to_review = sum("review" in case for case in added)
    if to_review:
        console.print(f'{to_review} of them need an expected answer: look for "review": true.', markup=False)


def _cases(engine: Engine, collection: str, rated: list[AskedQuestion]) -> list[dict[str, object]]:
    if not rated:
        return []
    refs = [DocumentRef(row.id, row.uri, row.title, row.media_type) for row in engine.documents(collection)]
    locator = EvidenceLocator(refs, lambda document_id: engine.document(document_id, collection))

    @cache
    def fault(evidence: Evidence) -> str | None:
        return locator.locate(evidence).fault

    return [case_of(question, fault) for question in rated]


def _read(path: Path) -> str:
    """Not by ``read_text``, which would change the ends of lines."""
    try:
        return path.read_bytes().decode("utf-8") if path.exists() else ""
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path} is not UTF-8 text (byte {error.start}).", "Save it as UTF-8.") from error
    except OSError as error:
        raise InvalidRequest(f"{path} cannot be read: {error.strerror}.", "Check the file's permissions.") from error
