"""``footnoted jobs``: what the server reads in the background, and what became of it."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, settings_with
from service.console import duration, out, print_json, rendered_errors
from service.jobs.records import Job, JobFile, job_json
from service.jobs.store import JobStore

app = typer.Typer(no_args_is_help=True, help="Uploads and syncs of a server: list, show, cancel.")
JobId = Annotated[str, typer.Argument(help="A job's id.")]


@app.command("list")
def list_jobs(
    collection: Annotated[str | None, typer.Option("--collection", "-c", help="Only of this collection.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """List the latest jobs, newest first."""
    with rendered_errors(as_json):
        jobs = _store(data_dir).recent(limit, collection)
    if as_json:
        print_json([job_json(job) for job in jobs])
        return
    table = Table("Id", "Created", "Collection", "What", "State", "Files")
    for job in jobs:
        table.add_row(
            job.id, job.created_at[:19], escape(job.collection), escape(_what(job)), _state(job), _counts(job)
        )
    out.print(table)


@app.command("show")
def show_job(job_id: JobId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Show how far a job is, and what became of its files."""
    with rendered_errors(as_json):
        job = _store(data_dir).get(job_id)
    if as_json:
        print_json(job_json(job))
        return
    out.print(f"{job.id}: {escape(_what(job))} into {escape(job.collection)}, {_state(job)}")
    progress = job.progress
    if not job.is_settled:
        at_hand = f", {progress.stage} {escape(progress.name or '')}" if progress.stage else ""
        left = "" if progress.remaining_s is None else f", about {duration(progress.remaining_s)} left"
        out.print(f"{progress.done} of {progress.total} files{at_hand}{left}")
    if counts := _counts(job):
        out.print(counts)
    if job.error:
        out.print(f"[bold red]Failed:[/] {escape(job.error['message'])}\n  {escape(job.error['hint'])}")
    for file in job.files:
        _print_file(file)
    if job.files_left_out:
        out.print(f"… and {job.files_left_out} more files")


@app.command("cancel")
def cancel_job(job_id: JobId, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Cancel a job: at once where it waits, soon where it runs. What it brought stays."""
    with rendered_errors(as_json), acting(settings_with(data_dir).place, "jobs.cancel", job_id):
        job = _store(data_dir).cancel(job_id)
    if as_json:
        print_json(job_json(job))
    else:
        out.print(f"{job.id}: {'cancelled' if job.is_settled else 'stops soon'}")


def _store(data_dir: DataDir) -> JobStore:
    return JobStore(settings_with(data_dir).place)


def _what(job: Job) -> str:
    return f"{job.kind.value} {' '.join(job.sources)}".strip()


def _state(job: Job) -> str:
    return "cancelling" if job.is_cancelling else job.status.value


def _counts(job: Job) -> str:
    return ", ".join(f"{count} {name}" for name, count in job.counts.items())


def _print_file(file: JobFile) -> None:
    style = "bold red" if file.status == "failed" else "default"
    out.print(f"[{style}]{file.status}[/] {escape(file.name)}")
    if file.error:
        out.print(f"  {escape(file.error['message'])} {escape(file.error['hint'])}")
    for note in file.notes:
        out.print(f"  [yellow]Note:[/] {escape(note)}")
