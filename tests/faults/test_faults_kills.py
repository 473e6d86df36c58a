"""A few of the kills of `python -m tests.faults`, at every run; and that the harness would notice what it looks for."""

import pytest

from tests.faults.checks import Lost, Tally, check_store, settled
from tests.faults.harness import run
from tests.faults.library import Library, Step
from tests.faults.worker import DO, open_store

pytestmark = pytest.mark.slow


def test_nothing_is_lost_and_nothing_comes_back_whenever_a_writer_is_killed(tmp_path):
    tallies = [*run(tmp_path, kills=15, seed=5)]
    assert tallies[-1].kills == 15
    assert tallies[-1].during["migrate"] == 1


@pytest.fixture
def library(tmp_path) -> Library:
    with open_store(tmp_path) as store:
        DO["put"](store, Step("put", put={1: 10, 2: 20}))
        DO["put"](store, Step("put", put={2: 21}))
    return {"north": {1: 10, 2: 21}}


def test_a_whole_folder_passes(tmp_path, library):
    with open_store(tmp_path) as store:
        check_store(store, library, {"north": {1: {10}, 2: {20, 21}}}, Tally())


def test_a_lost_document_is_noticed(tmp_path, library):
    library["north"][3] = 30
    with open_store(tmp_path) as store, pytest.raises(Lost, match="q3v30q"):
        check_store(store, library, {}, Tally())


def test_a_deleted_document_that_is_back_is_noticed(tmp_path, library):
    with open_store(tmp_path) as store:
        DO["put"](store, Step("put", put={5: 50}))
        with pytest.raises(Lost, match="q5v50q is back"):
            check_store(store, library, {"north": {5: {50}}}, Tally())


def test_a_step_that_is_half_done_is_noticed(tmp_path, library):
    half = Step("put", put={7: 70, 8: 80})
    with open_store(tmp_path) as store:
        DO["put"](store, Step("put", put={7: 70}))
        with pytest.raises(Lost, match="neither"):
            settled(store, library, half, Tally())
