"""``footnoted eval export-ragas``: a run as JSON Lines that ragas reads."""

import json
from pathlib import Path
from typing import Annotated

import typer

from core.errors import InvalidRequest
from evals.export_ragas import ragas_row
from evals.run_folder import read_run
from evals.write_file import write_atomically


def export_ragas(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")],
    output: Annotated[Path, typer.Option(help="The JSON Lines file to write.")],
) -> None:
    """Write a run as rows for ragas, whose metrics then run on it in an environment of their own."""
    rows = [fields for row in read_run(folder).run.rows if (fields := ragas_row(row)) is not None]
    if not rows:
        raise InvalidRequest(f"{folder} has no answers to export.", "Name a run whose questions got through.")
    write_atomically(output, "".join(json.dumps(fields, ensure_ascii=False) + "\n" for fields in rows))
    typer.echo(f"{output}: {len(rows)} rows")
