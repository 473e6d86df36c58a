"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Any

import typer

from service.settings import Settings, load_settings

Collection = Annotated[str, typer.Option("--collection", "-c", help="Which collection.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
DataDir = Annotated[Path | None, typer.Option(help="Folder of all state (FOOTNOTED_DATA_DIR; default ./data).")]


def settings_with(data_dir: Path | None, **groups: dict[str, Any]) -> Settings:
    """The settings, with what the command line says. Raises SettingsError."""
    return load_settings({"data_dir": data_dir, **groups})
