"""Text to vectors: the Encoder protocol, and sentence-transformers behind it."""

import copy
import logging
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import EncoderUnavailable
from index import openvino_encoder
from index.encoder_names import DEFAULT, ENGLISH, MULTILINGUAL, canonical
from index.kept_e5 import KeptE5
from index.openvino_network import can_keep
from index.packaged_e5 import PackagedE5, packaged_e5
from index.packaged_minilm import packaged_folder
from index.precision import Precision, by_openvino, by_torch, summed_in
from index.together import Together
from index.token_counter import TokenCounter

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]
"""Shape (n, dimension), rows of length 1, so that an inner product is a cosine."""

Backend = Literal["auto", "torch", "openvino"]

_WORTH_CONVERTING = 300  # passages of one call: what a question encodes is fewer, so that none ever waits for it
_OPENVINO_AT_ONCE = 128  # passages: it sorts them by tokens, and its cores wait for each other at the end only
_GPUS = tuple(map(Path, ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")))  # which PyTorch would take by itself
_OPTIONS: dict[str, Any] = {
    "normalize_embeddings": True,
    "show_progress_bar": False,
    "convert_to_numpy": True,
}


class Encoder(Protocol):
    """Turns passages and questions into unit vectors of one space."""

    @property
    def name(self) -> str:
        """What an index built with this encoder is marked with."""
        ...

    @property
    def dimension(self) -> int: ...

    @property
    def max_tokens(self) -> int:
        """Longer inputs are cut off by the model."""
        ...

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        """Vectors of passages; ``progress`` is called with the number done since the last call."""
        ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors: ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""
        ...

    def prepare(self) -> None:
        """Be ready for many questions. Raises EncoderUnavailable."""
        ...


class SentenceTransformerEncoder:
    """Any sentence-transformers model: ``english`` or ``multilingual`` out of a package, a folder, a name on a hub.

    The model is loaded on first use; loading and use are safe from several threads.
    """

    def __init__(
        self,
        model: str = DEFAULT,
        device: str | None = None,
        batch_size: int = 32,
        precision: Precision = "auto",
        backend: Backend = "auto",
    ) -> None:
        """``precision`` is that of passages; questions are always in float32."""
        self._requested = canonical(model)
        self._device = device
        self._batch_size = batch_size
        self._precision = precision
        self._backend = backend
        self._fast: SentenceTransformer | None = None
        self._fast_questions: SentenceTransformer | None = None
        self._counter: TokenCounter | None = None
        # Two, so that a question never waits for a batch of passages.
        self._kept_for_questions = KeptE5("query", "LATENCY")
        self._kept_for_passages = KeptE5("document", "THROUGHPUT")
        self._converting_tried = False
        self._questions_tried = False
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        self._preparing = threading.Lock()
        self._questions = Together(self._encode_questions)
        self._loaded: tuple[SentenceTransformer, SentenceTransformer] | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process is sent what the model is, and loads it itself."""
        return type(self), (self._requested, self._device, self._batch_size, self._precision, self._backend)

    @property
    def name(self) -> str:
        return self._requested

    @property
    def backend_in_use(self) -> Literal["torch", "openvino"]:
        """What embeds passages at the moment, where the model is loaded."""
        return "torch" if self._fast is None else "openvino"

    @property
    def dimension(self) -> int:
        if self._package is not None:
            return int(self._package.sizes["hidden"])
        return int(self._models()[0].get_embedding_dimension() or 0)

    @property
    def max_tokens(self) -> int:
        if self._package is not None:
            return int(self._package.sizes["positions"])
        return int(self._models()[0].max_seq_length or 512)

    @property
    def _package(self) -> PackagedE5 | None:
        """What is known of the packaged model without loading PyTorch."""
        return packaged_e5() if self._requested == MULTILINGUAL else None

    def encode_passages(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> Vectors:
        if self._loaded is None and len(texts) < _WORTH_CONVERTING and self._is_kept(self._kept_for_passages):
            return self._in_batches(texts, _OPENVINO_AT_ONCE, self._kept_for_passages.encode, progress)
        model, _ = self._models()
        device = model.device.type
        fast = self._fast_for(model, len(texts))
        precision = by_torch(self._precision, device) if fast is None else "float32"

        def encode(batch: Sequence[str]) -> Vectors:
            with self._lock, summed_in(precision, device):
                found: Vectors = (fast or model).encode_document(list(batch), batch_size=len(batch), **_OPTIONS)
            return found

        return self._in_batches(texts, self._batch_size if fast is None else _OPENVINO_AT_ONCE, encode, progress)

    def _in_batches(
        self,
        texts: Sequence[str],
        at_once: int,
        encode: Callable[[Sequence[str]], Vectors],
        progress: Callable[[int], None] | None,
    ) -> Vectors:
        """Of alike lengths, which wastes the least on padding."""
        out = np.empty((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        for start in range(0, len(order), at_once):
            batch = order[start : start + at_once]
            out[batch] = encode([texts[i] for i in batch])
            if progress is not None:
                progress(len(batch))
        return out

    def _fast_for(self, model: "SentenceTransformer", texts: int) -> "SentenceTransformer | None":
        """The model on OpenVINO, if there is one; converted now, if so many texts are worth it."""
        with self._lock:
            if texts and self._is_worth_converting(model.device.type, texts):
                self._converting_tried = True
                self._fast = self._converted(model)
            return self._fast

    def _is_worth_converting(self, device: str, texts: int) -> bool:
        """To OpenVINO, once: it is quicker than PyTorch in every precision."""
        if self._converting_tried or self._backend == "torch":
            return False
        if self._backend == "openvino":
            return True
        return texts >= _WORTH_CONVERTING and device == "cpu" and openvino_encoder.is_available()

    def _converted(self, model: "SentenceTransformer") -> "SentenceTransformer | None":
        """In the first precision that will do; where none does, PyTorch goes on."""
        for precision in by_openvino(self._precision):
            fast = openvino_encoder.accelerated(model, precision, "THROUGHPUT")
            if fast is not None:
                return fast
        return None

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self._questions(texts)

    def _encode_questions(self, texts: list[str]) -> Vectors:
        if self._is_kept(self._kept_for_questions):
            return self._kept_for_questions.encode(texts)
        if self._is_keepable and can_keep():
            self.prepare()  # so that the next command need not load PyTorch
        _, model = self._models()
        vectors: Vectors = (self._fast_questions or model).encode_query(texts, **_OPTIONS)
        return vectors

    def prepare(self) -> None:
        """Be quick for single questions: a second that pays after some hundred of them, or nothing where it was kept.

        Raises EncoderUnavailable.
        """
        if self._is_kept(self._kept_for_questions):
            return
        model, _ = self._models()
        converts = self._backend != "torch" and model.device.type == "cpu" and openvino_encoder.is_available()
        with self._preparing:
            if not converts or self._questions_tried:
                return
            self._questions_tried = True
            with self._lock:
                own = _twin(model)  # questions may be encoded meanwhile
            self._fast_questions = openvino_encoder.accelerated(own, "float32", "LATENCY")

    def _is_kept(self, kept: KeptE5) -> bool:
        return self._is_keepable and kept.is_there()

    @property
    def _is_keepable(self) -> bool:
        is_default = self._requested == MULTILINGUAL and self._backend == "auto"
        on_cpu = self._device == "cpu" or (self._device is None and not any(gpu.exists() for gpu in _GPUS))
        return is_default and on_cpu and openvino_encoder.is_available()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self.token_counter().count_tokens(texts)

    def token_counter(self) -> TokenCounter:
        """Its tokenizer without the model, for another process."""
        if self._counter is None:
            self._counter = TokenCounter(self.name, self.max_tokens, self._uncut_tokenizer())
        return self._counter

    def _uncut_tokenizer(self) -> Any:
        """A tokenizer that neither cuts nor pads; its own, so that counting never waits for embedding."""
        if self._package is not None:
            return self._package.tokenizer
        tokenizer: Any = self._models()[0].tokenizer
        if hasattr(tokenizer, "backend_tokenizer"):
            with self._lock:  # cutting and padding are a state of that tokenizer, which embedding changes
                tokenizer = copy.deepcopy(tokenizer.backend_tokenizer)
            tokenizer.no_truncation()
            tokenizer.no_padding()
        return tokenizer

    def load(self) -> None:
        """Load the model now. Raises EncoderUnavailable."""
        self._models()

    def _models(self) -> "tuple[SentenceTransformer, SentenceTransformer]":
        """The model for passages and its twin for questions.

        They share the weights but not the tokenizer, whose state two threads may not change at once: so a
        question never waits for a batch of passages.
        """
        with self._loading:
            if self._loaded is None:
                model = _load(self._requested, self._device)
                self._loaded = model, _twin(model)
            return self._loaded


def _twin(model: "SentenceTransformer") -> "SentenceTransformer":
    weights = {id(p): p for p in model.parameters()} | {id(b): b for b in model.buffers()}
    twin: SentenceTransformer = copy.deepcopy(model, dict(weights))  # the memo keeps what is in it from being copied
    return twin


def _load(requested: str, device: str | None) -> "SentenceTransformer":
    # OpenMP's threads spin while they wait: with anything else on the machine's cores, a question of 15 ms takes
    # 300. Read when torch is loaded, so it has to be said before.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # Importing torch takes seconds, so commands that need no model never do.
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.getLogger("sentence_transformers").setLevel(logging.WARNING)
    try:
        if requested == MULTILINGUAL:
            from index.packaged_e5_encoder import open_packaged_e5

            return open_packaged_e5(device)
        model = SentenceTransformer(str(packaged_folder()) if requested == ENGLISH else requested, device=device)
        # Some models are kept in half precision, which processors are slow in, and autocast does not take.
        return model.float() if model.device.type == "cpu" else model
    except (OSError, ValueError, RuntimeError) as error:
        reason = str(error).strip().split("\n")[0]
        raise EncoderUnavailable(
            f"The encoder {requested!r} cannot be loaded: {reason}",
            'Set encoder.model to "english" or "multilingual", to a folder or to a model that the hub cache holds.',
        ) from error
