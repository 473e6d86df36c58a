"""``footnoted operators add | password | totp | remove | list | token``: who may sign in at /admin."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import segno
import typer
from rich.markup import escape
from rich.table import Table

from core.errors import ReadError
from index.place import Place
from service.access.operators import Operators
from service.access.tables import AccessFile
from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, settings_with
from service.console import out, print_json, rendered_errors
from service.operator import load_token

app = typer.Typer(no_args_is_help=True, help="Who may sign in to the operator's pages; no restart is needed.")

Name = Annotated[str, typer.Argument(help="The operator's name.")]
PasswordFile = Annotated[
    Path | None, typer.Option(help="A file whose first line is the password; it is asked for when not given.")
]


@app.command()
def add(name: Name, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Add an operator."""
    with rendered_errors(as_json), _opened(data_dir) as (operators, place):
        secret = _password(password_file)
        with acting(place, "operators.add", name):
            added = operators.add(name, secret)
    _told(as_json, {"added": added.name}, f"{escape(added.name)} may sign in at /admin")


@app.command()
def password(name: Name, password_file: PasswordFile = None, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Set a new password; the operator is signed out everywhere."""
    with rendered_errors(as_json), _opened(data_dir) as (operators, place):
        secret = _password(password_file)
        with acting(place, "operators.password", name):
            operators.set_password(name, secret)
    _told(as_json, {"changed": name}, f"{escape(name)} has a new password")


@app.command()
def totp(
    name: Name,
    off: Annotated[bool, typer.Option("--off", help="Do without a code again.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Ask for a code of an authenticator app too; prints what the app has to scan, this once."""
    address = None
    with rendered_errors(as_json), _opened(data_dir) as (operators, place), acting(place, "operators.totp", name):
        if off:
            operators.remove_totp(name)
        else:
            address = operators.set_totp(name)
    if as_json:
        print_json({"name": name, "otpauth": address})
    elif address is None:
        out.print(f"{escape(name)} signs in without a code")
    else:
        segno.make(address, error="l").terminal(compact=True)
        out.print(address, highlight=False, soft_wrap=True)


@app.command()
def remove(name: Name, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Remove an operator, and sign them out everywhere."""
    with rendered_errors(as_json), _opened(data_dir) as (operators, place), acting(place, "operators.remove", name):
        operators.remove(name)
    _told(as_json, {"removed": name}, f"{escape(name)} removed")


@app.command("list")
def list_operators(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the operators."""
    with rendered_errors(as_json), _opened(data_dir) as (operators, _):
        found = operators.all()
    if as_json:
        print_json({"operators": [{"name": o.name, "totp": o.has_totp, "created_at": o.created_at} for o in found]})
        return
    table = Table("Name", "Code", "Since (UTC)", title=f"{len(found)} operators")
    for one in found:
        table.add_row(escape(one.name), "yes" if one.has_totp else "no", one.created_at[:16].replace("T", " "))
    out.print(table)


@app.command()
def token(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Print the token that signs in at /admin without a name, and stands for an operator in programs."""
    with rendered_errors(as_json):
        found = load_token(settings_with(data_dir).place)
    _told(as_json, {"token": found}, escape(found))


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[tuple[Operators, Place]]:
    place = settings_with(data_dir).place
    file = AccessFile(place)
    try:
        yield Operators(file), place
    finally:
        file.close()


def _password(file: Path | None) -> str:
    """Raises ReadError."""
    if file is None:
        given: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return given
    try:
        return file.read_text(encoding="utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{file} cannot be read: {error}.", "Name a text file.") from error


def _told(as_json: bool, members: dict[str, str], words: str) -> None:
    if as_json:
        print_json(members)
    else:
        out.print(words)
