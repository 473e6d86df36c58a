"""``footnoted reread``: what is in, read once more from the original files."""

from service.audit.commanded import acting
from service.commands.ingest_report import IngestPrinter, ended_by, interruptible
from service.commands.options import AsJson, Collection, DataDir, settings_with
from service.console import ingest_progress, rendered_errors
from service.engine import Engine


def reread(collection: Collection = "default", data_dir: DataDir = None, as_json: AsJson = False) -> None:
    """Read the original files of all documents again, as after an upgrade that reads better.

    Uploads and pages of the web too: the bytes are those that were kept. A document of which the same comes stays as
    it is; of another, the former text answers until the new one is in. Exit codes are those of ingest.
    """
    with rendered_errors(as_json):
        settings = settings_with(data_dir)
        with (
            interruptible(),
            acting(settings.place, "documents.reread", collection),
            Engine.open(settings) as engine,
            ingest_progress() as progress,
        ):
            report = engine.read_again(collection, progress)
    IngestPrinter(collection, as_json, is_plan=False, is_watch=False).print(report)
    ended_by(report)
