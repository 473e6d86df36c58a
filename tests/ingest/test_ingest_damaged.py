"""Files of every format, damaged at random: read or refused with a reason, and the next good file is read."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ingest_samples import check_document

from bench.damaged_files import DAMAGES, texts
from bench.damaged_seeds import seeds
from core.errors import ReadError
from ingest.archives import is_archive
from ingest.read import read

_SEEDS = seeds()
# OCR takes a second a picture: those have a few examples of their own.
_QUICK = sorted(name for name in _SEEDS if not name.endswith(("png", "jpeg", "tiff", "gif", "bmp", "webp")))
_PICTURES = sorted(_SEEDS.keys() - set(_QUICK))


@pytest.fixture(scope="module")
def whole() -> dict[str, list[str]]:
    return {name: texts(_SEEDS[name], name) for name in _QUICK}


@pytest.mark.parametrize("name", _QUICK)
def test_the_whole_files_are_read(name, whole):
    assert all(text.strip() for text in whole[name])
    if not is_archive(_SEEDS[name], name):
        check_document(read(_SEEDS[name], f"file:///{name}", name).document)


def read_or_refused(name: str, damage, chance: int) -> None:
    try:
        texts(damage(_SEEDS[name], random.Random(chance)), name)
    except ReadError as error:
        assert error.message
        assert error.hint


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(_QUICK), st.sampled_from(DAMAGES), st.integers(0, 2**32), st.sampled_from(_QUICK))
def test_a_damaged_file_is_read_or_refused_and_its_neighbour_read(whole, name, damage, chance, neighbour):
    read_or_refused(name, damage, chance)
    assert texts(_SEEDS[neighbour], neighbour) == whole[neighbour]


@settings(max_examples=4, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(_PICTURES), st.sampled_from(DAMAGES), st.integers(0, 2**32))
def test_a_damaged_picture_is_read_or_refused(name, damage, chance):
    read_or_refused(name, damage, chance)
