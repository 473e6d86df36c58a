"""The packaged tokenizer as a token counter, and the files of tests/data."""

import errno
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from web_server import Site, serving_site

from index.packaged_minilm import packaged_folder

CountTokens = Callable[[Sequence[str]], list[int]]


@pytest.fixture(scope="session")
def count_tokens() -> CountTokens:
    """What the English encoder counts, without loading its model."""
    tokenizer = Tokenizer.from_file(str(packaged_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(texts: Sequence[str]) -> list[int]:
        return [len(e) for e in tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)]

    return count


@pytest.fixture(scope="session")
def data_folder() -> Path:
    return Path(__file__).parents[1] / "data"


@pytest.fixture
def unreadable(monkeypatch) -> Callable[..., None]:
    """Files and folders of a name cannot be asked, as on a network disk that is away for a moment."""

    def make(name: str, number: int = errno.EACCES) -> None:
        def failing(ask):
            def asked(path, *arguments, **options):
                if Path(os.fsdecode(path)).name == name:
                    raise OSError(number, os.strerror(number), str(path))
                return ask(path, *arguments, **options)

            return asked

        monkeypatch.setattr(os, "stat", failing(os.stat))
        monkeypatch.setattr(os, "scandir", failing(os.scandir))

    return make


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with serving_site() as started:
        yield started
