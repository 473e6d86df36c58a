"""``python -m evals``: the sub-command ``footnoted eval`` by itself."""

import sys

import typer

from core.errors import FootnotedError
from evals.cli import app


def main() -> int:
    """Runs the command line; an error of ours is a message and exit code 1, not a trace."""
    try:
        app()
    except FootnotedError as error:
        typer.secho(error.message, fg="red", err=True)
        typer.echo(error.hint, err=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
