"""A store on a new data folder, with an encoder that needs no model."""

import pytest
from index_samples import WordEncoder, open_store


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture
def folder(tmp_path):
    """A data folder that does not exist yet."""
    return tmp_path / "data"


@pytest.fixture
def store(folder, words):
    with open_store(folder, words) as opened:
        yield opened
