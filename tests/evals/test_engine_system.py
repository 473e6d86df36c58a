from pathlib import Path
from types import SimpleNamespace

import pytest

from core.errors import ReadError

pytest.importorskip("service.engine")

from evals.engine_system import EngineSystem, without_secrets


class RecordingEngine:
    """Takes files, all but those named bad."""

    def __init__(self):
        self.batches = []

    def ingest(self, paths, collection):
        self.batches.append(len(paths))
        bad = [path for path in paths if path.name == "bad.txt"]
        failed = [(path.as_uri(), ReadError("Torn.", "Mend it.")) for path in bad]
        return SimpleNamespace(added=len(paths) - len(bad), unchanged=0, removed=0, failed=failed)


def test_files_are_ingested_in_batches_that_show_progress():
    engine, steps = RecordingEngine(), []
    files = [Path(f"/docs/{number}.txt") for number in range(44)] + [Path("/docs/bad.txt")]
    outcome = EngineSystem(engine, None, "default").ingest(files, steps.append)
    assert steps == engine.batches == [3] * 15
    assert outcome.added == 44
    assert [(failure.uri, failure.message) for failure in outcome.failed] == [
        ("file:///docs/bad.txt", "Torn. Mend it.")
    ]


def test_no_secret_reaches_a_report():
    values = {"model": "x", "api_key": "sk-1", "writer": {"AccessToken": "t", "max_words": 3, "password": None}}
    assert without_secrets(values) == {"model": "x", "writer": {"max_words": 3}}
