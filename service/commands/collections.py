"""``footnoted collections``: what there is, and collections renamed, copied, exported and imported."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from core.errors import Conflict, NotFound
from index import building
from index.transfer.importing import import_file
from index.transfer.writing import export as export_file
from service.audit.commanded import acting
from service.collections import rename
from service.commands.options import AsJson, DataDir, settings_with
from service.commands.reindex import SplitMaximum, SplitTarget, chosen_sizes, show_progress
from service.console import err, out, print_json, rendered_errors
from service.engine import Engine
from service.wire import collection_json

app = typer.Typer(no_args_is_help=True, help="List, create, rename, copy, export, import and delete collections.")
Name = Annotated[str, typer.Argument(help="A collection.")]
NewName = Annotated[str, typer.Argument(help="A name that no collection has.")]


@app.command("list")
def list_collections(data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """List all collections with what they were built with."""
    with rendered_errors(as_json), Engine.open(settings_with(data_dir)) as engine:
        found = engine.collections()
    if as_json:
        print_json({"collections": [collection_json(one) for one in found]})
        return
    table = Table("Name", "Documents", "Passages", "Encoder", "Sizes", "Created")
    for one in found:
        sizes = f"{one.sizes[0]}/{one.sizes[1]}{' (its own)' if one.has_own_sizes else ''}"
        table.add_row(
            one.name, str(one.documents), str(one.passages), escape(one.spec.encoder), sizes, one.created_at[:10]
        )
    out.print(table)


@app.command("create")
def create(
    name: NewName,
    split_target: SplitTarget = None,
    split_maximum: SplitMaximum = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make an empty collection, with sizes of passages of its own if they are given."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "collections.create", name),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        if engine.store.catalog.find(name) is not None:
            raise Conflict(f"There is a collection {name!r} already.", "Take another name.")
        made = engine.create_collection(name, chosen_sizes(engine, split_target, split_maximum))
    _tell(as_json, {"collection": collection_json(made)}, f"{name}: made")


@app.command("rename")
def rename_collection(name: Name, new_name: NewName, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Give a collection another name; sites that show it go with it."""
    settings = settings_with(data_dir)
    with (
        rendered_errors(as_json),
        acting(settings.place, "collections.rename", f"{name} {new_name}"),
        Engine.open(settings) as engine,
    ):
        rename(engine, settings.place, name, new_name)
    _tell(as_json, {"collection": new_name, "before": name}, f"{name} is {new_name} now")


@app.command("copy")
def copy(name: Name, new_name: NewName, data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Make a second collection with the same documents; nothing is embedded."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "collections.copy", f"{name} {new_name}"),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        count = building.copy(engine.store, name, new_name, None if as_json else show_progress)
    _tell(as_json, {"collection": new_name, "documents": count}, f"{new_name}: {count} documents copied", progress=True)


@app.command("export")
def export(
    name: Name,
    file: Annotated[Path, typer.Argument(help="Where to write it, such as manuals.zip.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Write a collection to one file: documents, passages, vectors and original bytes, with checksums."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "collections.export", name),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        if file.exists() and not force:
            raise Conflict(f"{file} exists already.", "Name another file, or give --force.")
        made = export_file(engine.store, name, file, None if as_json else show_progress)
    missing = f"; {made.originals_missing} without their original bytes" if made.originals_missing else ""
    text = f"{file}: {made.documents} documents, {made.passages} passages, {made.bytes:,} bytes{missing}"
    _tell(as_json, {"collection": name, "file": str(file), **asdict(made)}, text, progress=True)


@app.command("import")
def import_collection(
    file: Annotated[Path, typer.Argument(help="What `footnoted collections export` wrote.")],
    name: Annotated[str | None, typer.Option("--name", help="Instead of the name that it had.")] = None,
    embed: Annotated[
        bool,
        typer.Option("--embed", help="Embed all passages anew: for another encoder, or doubtful vectors."),
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Make a collection of a file. All of it is checked first, and nothing is written if anything is amiss."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "collections.import", name or ""),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        if not file.is_file():
            raise NotFound(f"There is no file {file}.", "Name what `footnoted collections export` wrote.")
        made = import_file(engine.store, file, name, embed=embed, told=None if as_json else show_progress)
    text = f"{made.collection}: {made.documents} documents, {made.passages} passages"
    _tell(as_json, asdict(made), text, progress=True)


@app.command("delete")
def delete(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Forget a collection with all its documents."""
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, "collections.delete", name),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        found = engine.collection(name)
        if not yes and not as_json:
            typer.confirm(f"Delete {name} with its {found.documents} documents?", abort=True)
        engine.delete_collection(name)
    _tell(as_json, {"collection": name, "documents": found.documents}, f"{name}: deleted")


def _tell(as_json: bool, record: dict[str, object], text: str, *, progress: bool = False) -> None:
    if as_json:
        print_json(record)
        return
    if progress:
        err.print()
    out.print(escape(text), highlight=False)
