"""``footnoted eval run``: ask every question of a set, and leave a folder with all that came back."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from evals.evaluate import How
from evals.gate import parse_gates
from evals.place import Place, evaluate_at
from evals.provenance import code
from evals.report import print_problems, print_report, table_console
from evals.results import Evaluation, as_summary
from evals.run_folder import RunWriter, check_new, check_resumable, new_folder
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import digest, digest_of_questions
from service.settings import load_settings

INTERRUPTED = 130


def run(
    question_set: Annotated[
        Path,
        typer.Argument(metavar="SET", help="Questions in any format of docs/evaluation.md: a file, or its folder."),
    ],
    documents: Annotated[
        Path | None,
        typer.Option(help="A file or folder of documents to ask. By default those that the evidence names."),
    ] = None,
    collection: Annotated[
        str | None,
        typer.Option(help="Evaluate on this collection as it is, instead of in a work folder."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(help="Ask a running server at this address, such as http://127.0.0.1:8000."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only so many of the questions.")] = None,
    sample_seed: Annotated[int, typer.Option(help="Which questions --limit draws.")] = 0,
    top_k: Annotated[int, typer.Option(min=1, max=50, help="How many hits to judge.")] = 10,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="How many questions to ask at a time.")] = 1,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder to write the run into. By default a new one below evals/runs in the data folder."),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with the run in this folder, begun with the same set and options.")
    ] = None,
    work_dir: Annotated[
        Path | None,
        typer.Option(help="Where the set's documents are ingested. By default a folder in the data folder."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
    minimum: Annotated[
        list[str] | None,
        typer.Option("--min", metavar="METRIC=VALUE", help="Fail below this value, e.g. hit@5=0.9. Repeatable."),
    ] = None,
    maximum: Annotated[
        list[str] | None,
        typer.Option("--max", metavar="METRIC=VALUE", help="Fail above this value. Repeatable."),
    ] = None,
) -> None:
    """Ask every question of a set and report what was found, cited, said and refused.

    Leaves a folder with all of it, for `eval report`, `eval compare` and `eval gate`. The exit code is 1 if a
    question or a document failed, or a figure missed its bound.
    """
    gates = parse_gates(minimum or (), maximum or ())
    place = Place(collection, work_dir, server)
    place.check(documents)
    if output is not None and resume is not None:
        raise InvalidRequest("--resume goes on in its own folder: --output does not go with it.", "Leave out one.")
    loaded = load_set(question_set, documents, with_documents=collection is None)
    chosen = replace(loaded, questions=sample(loaded.questions, limit, sample_seed))
    messages = Console(stderr=True)
    folder = resume or output or new_folder(load_settings().data_dir, chosen.name)

    manifest = run_manifest(chosen, place, top_k, jobs)
    if resume is None:
        check_new(folder)
    else:
        check_resumable(folder, manifest)

    def open_run(system: Mapping[str, object]) -> RunWriter:
        begin = RunWriter.begin if resume is None else RunWriter.resume
        return begin(folder, {**manifest, "system": system})

    finished = evaluate_at(place, chosen, How(top_k, jobs, gates, open_run), messages)
    if as_json:
        typer.echo(json.dumps(as_summary(finished), ensure_ascii=False, indent=2))
    else:
        print_report(finished, table_console())
    print_problems(finished, messages)
    messages.print(f"Written to {folder}", style="dim", highlight=False, soft_wrap=True)
    if status := exit_code(finished):
        raise typer.Exit(status)


def run_manifest(chosen: QuestionSet, place: Place, top_k: int, jobs: int) -> dict[str, object]:
    """What a run is of and how; the system's own description comes to it once that is open."""
    return {
        "set": {
            "name": chosen.name,
            "ids": [question.id for question in chosen.questions],
            "questions": digest_of_questions(chosen.questions),
            "documents": digest(chosen.documents) if place.collection is None else None,
        },
        "options": {"collection": place.collection, "server": place.server, "top_k": top_k, "jobs": jobs},
        "code": code(),
    }


def exit_code(finished: Evaluation) -> int:
    """0 only if every document was ingested, every question got through and every gate was kept."""
    if finished.run.interrupted:
        return INTERRUPTED
    return int(bool(finished.errors or finished.ingest.failed or finished.failed_gates))
