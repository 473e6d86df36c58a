"""Options that several commands share."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from service.settings import Settings, load_settings

Collection = Annotated[str, typer.Option("--collection", "-c", help="Which collection.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of all state (FOOTNOTED_DATA_DIR; default ./data).")]
Filters = Annotated[
    str | None, typer.Option("--filter", help="""Only from documents that it is true of: '{"tag": "finance"}'.""")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", help="For all these documents; may be given several times.")]
Attributes = Annotated[
    list[str] | None,
    typer.Option("--attribute", metavar="NAME=VALUE", help="Likewise; a value in place of a former one."),
]
Labels = Annotated[
    list[str] | None,
    typer.Option("--label", help="Of those who may find these documents, in place of the labels that they have."),
]

Since = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Only what was asked since then, in UTC."),
]


def since_utc(since: datetime | None) -> datetime | None:
    """The option's value, which the command line reads without a time zone."""
    return since and since.replace(tzinfo=UTC)


def settings_with(data_dir: Path | None, **groups: dict[str, Any]) -> Settings:
    """The settings, with what the command line says. Raises SettingsError."""
    return load_settings({"data_dir": data_dir, **groups})
