"""``footnoted keys create | list | revoke | rotate``: who may ask, ingest and administer over HTTP."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import InvalidRequest
from index.place import Place
from service.access.keys import Keys
from service.access.principal import AccessScope
from service.access.records import ApiKey, key_json
from service.access.tables import AccessFile
from service.audit.commanded import acting
from service.commands.options import AsJson, DataDir, settings_with
from service.console import err, out, print_json, rendered_errors
from service.timestamps import timestamp, utc_now

app = typer.Typer(no_args_is_help=True, help="API keys; a running server goes by what is changed within a second.")

KeyName = Annotated[str, typer.Argument(help="The key's id or name.", metavar="KEY")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DURATION = "a number with m, h or d: 30m, 12h, 90d"


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="For yourself, to tell it from others.")],
    scope: Annotated[list[AccessScope], typer.Option("--scope", help="What it may do; may be given several times.")],
    collection: Annotated[
        list[str] | None, typer.Option("--collection", "-c", help="Only this one; may be given often. All by default.")
    ] = None,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="It finds documents with this label too; may be given often.")
    ] = None,
    expires: Annotated[str | None, typer.Option(help=f"When it ends: {_DURATION}. Never by default.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and print its secret this once."""
    with rendered_errors(as_json), _opened(data_dir) as (keys, place):
        ends = None if expires is None else duration(expires)
        with acting(place, "keys.create", name):
            key, secret = keys.create(name, scope, collections=collection, labels=label or (), expires=ends)
    _print_secret(key, secret, as_json)


@app.command("list")
def list_keys(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    with rendered_errors(as_json), _opened(data_dir) as (keys, _):
        found = keys.all()
    now = timestamp(utc_now())
    if as_json:
        print_json({"keys": [key_json(key, now) for key in found]})
        return
    table = Table(
        "Name",
        "Id",
        "Begins",
        "Scopes",
        "Collections",
        "Labels",
        "Expires",
        "Used",
        "State",
        title=f"{len(found)} keys",
    )
    for key in found:
        told = key_json(key, now)
        limits = ["all" if told[name] is None else ", ".join(told[name]) for name in ("collections", "labels")]
        ends = (key.expires_at or "never")[:16].replace("T", " ")
        cells = [
            key.name,
            key.id,
            key.prefix,
            ", ".join(told["scopes"]),
            *limits,
            ends,
            key.used_on or "",
            told["state"],
        ]
        table.add_row(*map(escape, cells))
    out.print(table)


@app.command()
def revoke(key: KeyName, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """End a key: it is good for nothing within a second, on a running server too."""
    with rendered_errors(as_json), _opened(data_dir) as (keys, place), acting(place, "keys.revoke", key):
        ended = keys.revoke(keys.find(key).id)
    if as_json:
        print_json(key_json(ended, timestamp(utc_now())))
    else:
        out.print(f"{escape(ended.name)} ({ended.id}) revoked")


@app.command()
def rotate(
    key: KeyName,
    overlap: Annotated[str, typer.Option(help=f"How long the old secret is good still: {_DURATION}.")] = "0m",
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Give a key a new secret, and print it this once."""
    with rendered_errors(as_json), _opened(data_dir) as (keys, place):
        still_good = duration(overlap)
        with acting(place, "keys.rotate", key):
            rotated, secret = keys.rotate(keys.find(key).id, still_good)
    _print_secret(rotated, secret, as_json)


def duration(text: str) -> timedelta:
    """Raises InvalidRequest."""
    found = re.fullmatch(r"(\d{1,6})([mhd])", text.strip())
    if found is None:
        raise InvalidRequest(f"{text!r} is no length of time.", f"Write {_DURATION}.")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


@contextmanager
def _opened(data_dir: Path | None) -> Iterator[tuple[Keys, Place]]:
    place = settings_with(data_dir).place
    file = AccessFile(place)
    try:
        yield Keys(file), place
    finally:
        file.close()


def _print_secret(key: ApiKey, secret: str, as_json: bool) -> None:
    if as_json:
        print_json({**key_json(key, timestamp(utc_now())), "secret": secret})
        return
    err.print(f"{escape(key.name)} ({key.id}): its secret is shown this once.")
    out.print(secret, highlight=False, soft_wrap=True)
