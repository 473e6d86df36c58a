"""``footnoted eval``: figures for your own questions on your own documents."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from evals.calibrate_command import calibrate
from evals.engine_system import open_system
from evals.evaluate import evaluate_collection, evaluate_files
from evals.gate import Gate, parse_gates
from evals.report import print_problems, print_report
from evals.results import Evaluation, as_document, as_summary
from evals.sets.load import load_set
from evals.sets.sample import sample
from evals.sets.types import QuestionSet
from evals.work_folder import default_folder, open_work_folder
from evals.write_file import write_atomically
from service.settings import load_settings

INTERRUPTED = 130
PIPED_WIDTH = 130
WORK_COLLECTION = "default"

app = typer.Typer(no_args_is_help=True, help="Measure how well questions on documents are answered.")


app.command()(calibrate)


@app.callback()
def evaluation() -> None:
    """Measure how well questions on documents are answered."""


@app.command()
def run(
    question_set: Annotated[
        Path,
        typer.Argument(
            metavar="SET",
            help="Questions: JSON Lines, SQuAD JSON or FinanceBench rows, or a folder that holds such a file.",
        ),
    ],
    documents: Annotated[
        Path | None,
        typer.Option(help="A file or folder of documents to ask. By default those that the evidence names."),
    ] = None,
    collection: Annotated[
        str | None,
        typer.Option(help="Evaluate on this collection as it is, instead of in a work folder."),
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Ask only so many of the questions.")] = None,
    sample_seed: Annotated[int, typer.Option(help="Which questions --limit draws.")] = 0,
    top_k: Annotated[int, typer.Option(min=1, help="How many hits to judge.")] = 10,
    output: Annotated[Path | None, typer.Option(help="Write everything to this JSON file.")] = None,
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

    The exit code is 1 if a question or a document failed, or a figure missed its bound.
    """
    gates = parse_gates(minimum or (), maximum or ())
    _check_options(output, collection, documents, work_dir)
    loaded = load_set(question_set, documents, with_documents=collection is None)
    chosen = replace(loaded, questions=sample(loaded.questions, limit, sample_seed))
    messages = Console(stderr=True)
    if collection is not None:
        finished = _on_collection(chosen, collection, top_k, gates, messages)
    else:
        finished = _in_work_folder(chosen, work_dir, top_k, gates, messages)
    if output is not None:
        write_atomically(output, json.dumps(as_document(finished), ensure_ascii=False, indent=1) + "\n")
    if as_json:
        typer.echo(json.dumps(as_summary(finished), ensure_ascii=False, indent=2))
    else:
        terminal = Console()
        print_report(finished, terminal if terminal.is_terminal else Console(width=PIPED_WIDTH))
    print_problems(finished, messages)
    if code := exit_code(finished):
        raise typer.Exit(code)


def _check_options(output: Path | None, collection: str | None, documents: Path | None, work_dir: Path | None) -> None:
    """Refuses before the work what would fail after it."""
    if output is not None and (output.is_dir() or not output.absolute().parent.is_dir()):
        raise InvalidRequest(f"{output} is not a file in a folder that exists.", "Name another --output.")
    if collection is not None and (documents is not None or work_dir is not None):
        raise InvalidRequest(
            "--collection is evaluated as it is: --documents and --work-dir do not go with it.",
            "Leave out one or the other.",
        )


def exit_code(finished: Evaluation) -> int:
    """0 only if every document was ingested, every question got through and every gate was kept."""
    if finished.run.interrupted:
        return INTERRUPTED
    return int(bool(finished.errors or finished.ingest.failed or finished.failed_gates))


def _on_collection(
    question_set: QuestionSet, collection: str, top_k: int, gates: tuple[Gate, ...], messages: Console
) -> Evaluation:
    with open_system(load_settings(), collection) as system:
        return evaluate_collection(system, question_set, collection, top_k=top_k, gates=gates, console=messages)


def _in_work_folder(
    question_set: QuestionSet, work_dir: Path | None, top_k: int, gates: tuple[Gate, ...], messages: Console
) -> Evaluation:
    folder = work_dir or default_folder(load_settings().data_dir, question_set)
    work = open_work_folder(folder, question_set.documents)
    with open_system(load_settings({"data_dir": work.data_dir}), WORK_COLLECTION) as system:
        return evaluate_files(system, question_set, work.files, top_k=top_k, gates=gates, console=messages)
