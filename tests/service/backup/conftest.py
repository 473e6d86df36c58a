"""A small data folder with the encoder of the fault tests, which needs no model."""

from pathlib import Path

import pytest

from tests.faults.library import Step
from tests.faults.worker import DO, open_store


@pytest.fixture
def data(tmp_path) -> Path:
    """Three documents in two collections, keys, and a database beside the catalog."""
    folder = tmp_path / "data"
    with open_store(folder) as store:
        DO["put"](store, Step("put", put={1: 10, 2: 20}))
        DO["put"](store, Step("put", "south", put={3: 30}))
    (folder / "secret.key").write_bytes(bytes(range(32)))
    (folder / "admin.token").write_text("token-of-the-operator\n")
    return folder
