"""``footnoted eval report``: a run as one page of HTML, to look at and to pass on."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from core.errors import InvalidRequest
from evals.html_report.kept import MOST
from evals.html_report.page import html_page
from evals.run_folder import read_run
from evals.write_file import write_atomically

PAGE = "report.html"


def report(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of the run.")],
    output: Annotated[
        Path | None, typer.Option(help=f"The file to write. By default {PAGE} in the run's folder.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(help="The folder of an earlier run of the same questions, to compare with.")
    ] = None,
    keep_all: Annotated[
        bool, typer.Option("--all", help=f"List every question, however many there are; by default {MOST:,}.")
    ] = False,
    open_page: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
) -> None:
    """Write the figures, the plots and every question with its answer as one page of HTML.

    The page needs no network and no other file. It holds passages of the documents: pass it on only to whom may
    read them.
    """
    recorded = read_run(run)
    file = output or recorded.folder / PAGE
    if file.is_dir():
        raise InvalidRequest(f"{file} is a folder.", "Name a file for --output.")
    page = html_page(recorded, read_run(baseline) if baseline else None, most=None if keep_all else MOST)
    write_atomically(file, page)
    size = len(page.encode()) / 1e6
    Console(stderr=True).print(f"Written to {file} ({size:.1f} MB)", style="dim", highlight=False, soft_wrap=True)
    if open_page:
        webbrowser.open(file.resolve().as_uri())
