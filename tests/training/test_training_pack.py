import random
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from training.example import Example
from training.inputs import Encoder
from training.packed import Pack, PackedGroup, write_pack
from training.rows import Tokens, row_of

WORDS = "Who built the mill It was built by Anna Berg in 1871 The bridge is older".split()


@pytest.fixture
def encoder() -> Encoder:
    vocabulary = {word: i for i, word in enumerate(["[CLS]", "[UNK]", "[SEP]", *dict.fromkeys(WORDS)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 0), ("[SEP]", 2)]
    )
    return Encoder(tokenizer)


def told(example: Example, encoder: Encoder) -> Tokens:
    tokens = encoder.tokens(example)
    assert tokens is not None
    return tokens


def test_what_was_packed_is_read_again_as_it_was(encoder: Encoder, tmp_path: Path) -> None:
    text = "It was built by Anna Berg in 1871"
    right = told(Example("s", "Who built the mill", "The mill", text, True, (16, 25)), encoder)
    wrong = [
        told(Example("s", "Who built the mill", "", t, False), encoder) for t in ("The bridge is older", text[:12])
    ]
    write_pack(tmp_path / "p.npz", [PackedGroup("s", right, tuple(wrong), 2, 1.0)], encoder.ends)
    pack = Pack.open(tmp_path / "p.npz")
    [[members]] = pack.batches(4096, random.Random(1))
    assert members[0] == 0
    assert sorted(members) == [0, 1, 2]
    for number, before in enumerate((right, *wrong)):
        row, again = (row_of(t, encoder.ends, None) for t in (before, pack.tokens(number)))
        assert row.ids.tolist() == again.ids.tolist()
        assert (row.question, row.body, row.answerable) == (again.question, again.body, again.answerable)
        assert (row.first, row.last) == (again.first, again.last)
    assert set(pack.used().tolist()) <= set(range(3 + len(set(WORDS))))


def test_a_pass_takes_groups_by_their_share_and_so_many_wrong_ones(encoder: Encoder, tmp_path: Path) -> None:
    one = told(Example("s", "Who built", "", "It was built", False), encoder)
    groups = [PackedGroup("s", one, (one,) * 8, 3, share) for share in [2.0] * 100 + [0.25] * 400]
    write_pack(tmp_path / "p.npz", groups, encoder.ends)
    pack = Pack.open(tmp_path / "p.npz")
    drawn = [members for batch in pack.batches(200, random.Random(5)) for members in batch]
    assert all(len(members) == 4 == len(set(members)) for members in drawn)
    often = [sum(m[0] == 9 * g for m in drawn) for g in range(500)]
    assert often[:100] == [2] * 100
    assert 60 < sum(often[100:]) < 140
    assert max(often[100:]) == 1
    first, last = (sum(9 * g + w in m for m in drawn for g in [m[0] // 9]) for w in (1, 8))
    assert first > 1.5 * last  # the hardest come first
    again = [m for batch in pack.batches(200, random.Random(5)) for m in batch]
    assert drawn == again


def test_a_source_can_be_taken_more_often(encoder: Encoder, tmp_path: Path) -> None:
    one = told(Example("s", "Who built", "", "It was built", False), encoder)
    groups = [PackedGroup(source, one, (), 0, 1.0) for source in ["tables"] * 20 + ["squad"] * 30]
    write_pack(tmp_path / "p.npz", groups, encoder.ends)
    pack = Pack.open(tmp_path / "p.npz", {"tables": 3.0})
    drawn = [first for batch in pack.batches(200, random.Random(5)) for (first,) in batch]
    assert sorted(drawn) == sorted([*range(50), *range(20), *range(20)])
    with pytest.raises(ValueError, match=r"no groups of 'table' in the pack, only of \['squad', 'tables'\]"):
        Pack.open(tmp_path / "p.npz", {"table": 3.0})


def test_batches_hold_no_more_tokens_than_asked_for_and_lose_no_group(encoder: Encoder, tmp_path: Path) -> None:
    texts = [" ".join(WORDS[: 1 + i % 15]) for i in range(60)]
    groups = [PackedGroup("s", told(Example("s", "Who", "", t, False), encoder), (), 0, 1.0) for t in texts]
    write_pack(tmp_path / "p.npz", groups, encoder.ends)
    pack = Pack.open(tmp_path / "p.npz")
    batches = pack.batches(80, random.Random(0))
    assert sorted(m for batch in batches for [m] in batch) == list(range(60))
    for batch in batches:
        lengths = [len(row_of(pack.tokens(m), encoder.ends, None).ids) for [m] in batch]
        assert max(lengths) * len(lengths) <= 80


def test_an_answer_that_does_not_fit_is_left_out(encoder: Encoder) -> None:
    text = " ".join(["built"] * 300)
    assert encoder.tokens(Example("s", "Who", "", text, True, (0, len(text)))) is None
    short = encoder.tokens(Example("s", "Who", "", text, True, (6, 11)))
    assert short is not None
    assert (short.first, short.last) == (1, 1)
    assert np.array_equal(short.context, encoder.tokens(Example("s", "Who", "", text, True)).context)  # type: ignore[union-attr]


@pytest.mark.slow
def test_the_encoder_that_travels_with_a_pack_is_the_packaged_one_for_its_tokens(tmp_path: Path) -> None:
    from safetensors.numpy import load_file

    from index.packaged_e5 import WORD_EMBEDDINGS, packaged_e5
    from training.backbone import BACKBONE, backbone_folder, write_backbone

    write_backbone(tmp_path / BACKBONE, [np.array([0, 2, 5_000, 250_000], dtype=np.int32)])
    assert (tmp_path / BACKBONE).stat().st_size < 20e6
    folder = backbone_folder(tmp_path)
    state = load_file(folder / "model.safetensors")
    words = state.pop(WORD_EMBEDDINGS)
    assert np.array_equal(words[[5_000, 250_000]], packaged_e5().word_embeddings(np.array([5_000, 250_000])))
    assert not words[[7, 100_000]].any()
    whole = dict(packaged_e5().layers())
    assert state.keys() == whole.keys()
    assert all(np.array_equal(state[name], whole[name]) for name in whole)
    assert (folder / "tokenizer.json").read_text() == packaged_e5().tokenizer.to_str(pretty=True)


def test_training_goes_on_with_the_batches_that_it_would_have_had(encoder: Encoder, tmp_path: Path) -> None:
    from argparse import Namespace

    from training.train_reader import endless

    texts = [" ".join(WORDS[: 1 + i % 15]) for i in range(20)]
    groups = [PackedGroup("s", told(Example("s", "Who", "", t, False), encoder), (), 0, 1.0) for t in texts]
    write_pack(tmp_path / "p.npz", groups, encoder.ends)
    pack = Pack.open(tmp_path / "p.npz")
    options = Namespace(seed=3, batch_tokens=60, workers=0)
    whole = list(islice(endless(pack, options, 0), 15))
    for done in (3, 11):
        rest = list(islice(endless(pack, options, done), 15 - done))
        for given, expected in zip(rest, whole[done:], strict=True):
            assert given["input_ids"].tolist() == expected["input_ids"].tolist()
