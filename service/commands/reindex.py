"""``footnoted reindex``: a collection built anew beside the one that answers, and put back."""

from typing import Annotated

import typer

from core.errors import InvalidRequest
from index import building
from index.building import BuildProgress
from service.audit.commanded import acting
from service.commands.options import AsJson, Collection, DataDir, settings_with
from service.console import err, out, print_json, rendered_errors
from service.engine import Engine

SplitTarget = Annotated[
    int | None, typer.Option(help="Tokens that a passage grows to, kept as the collection's own.", min=1)
]
SplitMaximum = Annotated[int | None, typer.Option(help="Most tokens of a passage, kept with it.", min=16)]


def reindex(
    collection: Collection = "default",
    split_target: SplitTarget = None,
    split_maximum: SplitMaximum = None,
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Put back what answered before, if nothing was written since.")
    ] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Split and embed all documents anew with the present settings; the old index answers meanwhile."""
    act = "collections.rollback" if rollback else "collections.reindex"
    with (
        rendered_errors(as_json),
        acting(settings_with(data_dir).place, act, collection),
        Engine.open(settings_with(data_dir)) as engine,
    ):
        if rollback:
            present = building.roll_back(engine.store, collection)
        else:
            sizes = chosen_sizes(engine, split_target, split_maximum)
            engine.reindex(collection, None if as_json else show_progress, sizes)
            present = engine.collection(collection)
        found = engine.collection(collection)
    if not as_json:
        err.print()
    told = {"documents": found.documents, "passages": found.passages, "encoder": present.spec.encoder}
    if as_json:
        print_json({"collection": collection, **told, "rolled_back": rollback})
    elif rollback:
        out.print(f"{collection}: the former version answers again, built with {present.spec.encoder}")
    else:
        out.print(f"{collection}: {found.documents} documents indexed anew; `--rollback` puts the former back")


def chosen_sizes(engine: Engine, target: int | None, maximum: int | None) -> tuple[int, int] | None:
    """None where neither is given; what is not given is the setting's. Raises InvalidRequest."""
    if target is None and maximum is None:
        return None
    sizes = engine.store.split_sizes
    chosen = target or sizes[0], maximum or sizes[1]
    if chosen[0] > chosen[1]:
        raise InvalidRequest(f"The target {chosen[0]} is above the maximum {chosen[1]}.", "Give both sizes.")
    return chosen


def show_progress(progress: BuildProgress) -> None:
    err.print(f"\r{progress.done} of {progress.total} documents, {progress.passages} passages", end="", highlight=False)
