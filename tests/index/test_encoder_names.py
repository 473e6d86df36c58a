"""The short names of the encoders that come along, and indexes that were built under the long ones."""

import pytest

from core.errors import IndexMismatch
from index.encode import SentenceTransformerEncoder
from index.encoder_languages import languages_of
from index.encoder_names import canonical
from index.store import Store


def test_short_names_stand_for_models_and_others_for_themselves():
    assert canonical("english") == canonical("all-MiniLM-L6-v2") == "all-MiniLM-L6-v2"
    assert canonical("multilingual") == canonical("multilingual-e5-small") == "multilingual-e5-small"
    assert canonical("./english") == "./english"
    assert canonical("intfloat/multilingual-e5-base") == "intfloat/multilingual-e5-base"


def test_an_encoder_is_known_by_its_models_name_whatever_it_was_asked_by():
    assert SentenceTransformerEncoder("english").name == SentenceTransformerEncoder("all-MiniLM-L6-v2").name
    assert SentenceTransformerEncoder("multilingual").name == "multilingual-e5-small"


def test_the_languages_of_the_short_names_are_known():
    assert languages_of("english") == {"en"}
    assert {"en", "zh", "ar", "es", "ru"} <= (languages_of("multilingual") or set())


def test_a_collection_built_under_the_long_name_is_used_under_the_short_one(tmp_path):
    with Store(tmp_path, SentenceTransformerEncoder("all-MiniLM-L6-v2"), (120, 200)) as store:
        made = store.open_collection("c")
    with Store(tmp_path, SentenceTransformerEncoder("english"), (120, 200)) as store:
        assert store.open_collection("c") == made
        assert made.spec.encoder == "all-MiniLM-L6-v2"
    other = Store(tmp_path, SentenceTransformerEncoder("multilingual"), (120, 200))
    with other as store, pytest.raises(IndexMismatch, match="multilingual-e5-small"):
        store.open_collection("c")
