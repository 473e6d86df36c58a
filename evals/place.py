"""Where a set's questions are asked: a work folder, a collection as it is, or a running server."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from core.errors import InvalidRequest
from evals.engine_system import EngineSystem, open_system
from evals.evaluate import How, evaluate_collection, evaluate_files
from evals.http_system import open_server
from evals.results import Evaluation
from evals.sets.types import QuestionSet
from evals.work_folder import default_folder, digest, open_work_folder
from service.settings import API_KEY_VARIABLE, load_settings

_WORK_COLLECTION = "default"


@dataclass(frozen=True, slots=True)
class Place:
    """Without ``collection`` the set's documents are ingested, into ``work_dir`` or a collection of their own."""

    collection: str | None = None
    work_dir: Path | None = None
    server: str | None = None

    def check(self, documents: Path | None) -> None:
        """:raises InvalidRequest: for options that do not go together."""
        if self.collection is not None and (documents is not None or self.work_dir is not None):
            raise InvalidRequest(
                "--collection is evaluated as it is: --documents and --work-dir do not go with it.",
                "Leave out one or the other.",
            )
        if self.server is not None and self.work_dir is not None:
            raise InvalidRequest("A --server has its own folder: --work-dir does not go with it.", "Leave out one.")


def evaluate_at(
    place: Place,
    question_set: QuestionSet,
    how: How,
    console: Console,
    overrides: Mapping[str, Any] | None = None,
) -> Evaluation:
    """``overrides`` are settings above those of the environment; a server has its own."""
    if place.server is not None:
        return _on_server(place.server, place.collection, question_set, how, console)
    if place.collection is not None:
        with open_system(load_settings(overrides), place.collection) as system:
            return evaluate_collection(system, question_set, place.collection, how, console)
    with work_system(question_set, place.work_dir, overrides) as (system, files):
        return evaluate_files(system, question_set, files, how, console)


@contextmanager
def work_system(
    question_set: QuestionSet, work_dir: Path | None = None, overrides: Mapping[str, Any] | None = None
) -> Iterator[tuple[EngineSystem, Sequence[Path]]]:
    """The engine on a work folder of the set, and the files of its documents, to be ingested."""
    folder = work_dir or default_folder(load_settings().data_dir, question_set)
    work = open_work_folder(folder, question_set.documents)
    settings = load_settings({**(overrides or {}), "data_dir": work.data_dir})
    if "database" not in (overrides or {}):  # the set's documents are nothing for the database that is served
        settings = settings.in_folder(work.data_dir)
    with open_system(settings, _WORK_COLLECTION) as system:
        yield system, work.files


def _on_server(
    address: str, collection: str | None, question_set: QuestionSet, how: How, console: Console
) -> Evaluation:
    key = os.environ.get(API_KEY_VARIABLE)
    if collection is not None:
        with open_server(address, collection, key) as server:
            return evaluate_collection(server, question_set, collection, how, console)
    folder = default_folder(load_settings().data_dir, question_set)
    work = open_work_folder(folder, question_set.documents)
    with open_server(address, f"eval-{digest(question_set.documents)[:12]}", key) as server:
        return evaluate_files(server, question_set, work.files, how, console)
