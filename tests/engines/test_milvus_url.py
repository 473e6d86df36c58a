"""Where a Milvus is, as settings say it."""

import pytest

from core.errors import SettingsError
from index.engines.milvus.url import MilvusAddress


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://host", MilvusAddress("http://host:19530")),
        ("milvus+http://host:1234", MilvusAddress("http://host:1234")),
        ("http://root:Mil%40vus%2F1@host:19530", MilvusAddress("http://host:19530", "root:Mil@vus/1")),
        ("https://key@in03.example.com/own", MilvusAddress("https://in03.example.com", "key", "own")),
        ("http://[::1]:19530/own", MilvusAddress("http://[::1]:19530", "", "own")),
    ],
)
def test_addresses(url, expected):
    assert MilvusAddress.of(url) == expected


@pytest.mark.parametrize(
    "url", ["", "host:19530", "milvus://host", "http://", "http://host:port", "postgresql://host/x"]
)
def test_what_names_no_milvus_is_told_with_how_to_name_one(url):
    with pytest.raises(SettingsError) as told:
        MilvusAddress.of(url)
    assert "index.url" in told.value.message
    assert "http://user:password@host:19530" in told.value.hint


@pytest.mark.parametrize("url", ["http://user:secret/more@host:19530", "http://user:secret\u2100@host"])
def test_no_part_of_a_password_is_told(url):
    with pytest.raises(SettingsError) as told:
        MilvusAddress.of(url)
    assert "secret" not in told.value.message + told.value.hint
