"""multilingual-e5-small without PyTorch, whose loading takes longer than a command's work: converted once, then kept.

It is compared with what sentence-transformers gave, of which some vectors are kept beside it.
"""

import json
import shutil
import threading
from collections.abc import Sequence
from typing import Literal

import numpy as np
import structlog
from numpy.typing import NDArray

from index.openvino_network import Hint, Network, kept_folder, read_kept
from index.packaged_e5 import PROMPTS, SHA256, packaged_e5
from index.replacing import replacing

_SAMPLES = "samples.json"
_LEAST_COSINE = 0.999

log = structlog.get_logger("footnoted")


class KeptE5:
    """Texts of one kind to unit vectors, in float32. Opened at its first use; threads use it one at a time."""

    def __init__(self, kind: Literal["query", "document"], hint: Hint) -> None:
        """``kind`` is that of the prompt before each text."""
        self._prompt = PROMPTS[kind]
        self._hint = hint
        self._lock = threading.Lock()
        self._is_opened = False
        self._network: Network | None = None

    def is_there(self) -> bool:
        """Whether it was converted, and works. Raises EncoderUnavailable."""
        with self._lock:
            if not self._is_opened:
                self._network = _open(self._hint)
                self._is_opened = True
            return self._network is not None

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimension). Only where it is there."""
        with self._lock:
            assert self._network is not None
            return _encoded(self._network, [f"{self._prompt}{text}" for text in texts])


def _open(hint: Hint) -> Network | None:
    """None where nothing is kept. What does not give the vectors that it gave when it was converted is removed."""
    folder, package = kept_folder(SHA256), packaged_e5()
    try:
        samples = json.loads((folder / _SAMPLES).read_text(encoding="utf-8"))
        if not isinstance(samples, dict):
            raise ValueError(f"{_SAMPLES} is no object")
        model = read_kept(folder)
        if model is None:
            return None
        network = Network(model, "float32", hint, package.sizes["hidden"], package.word_embeddings)
        found = _encoded(network, [PROMPTS["document"] + text for text in samples])
        least = float((found * np.array(list(samples.values()), dtype=np.float32)).sum(axis=1).min())
        if not least >= _LEAST_COSINE:  # it may be no number at all
            raise ValueError(f"cosine {least:.4f}")
    except (FileNotFoundError, PermissionError):  # nothing, or somebody else's
        return None
    except (OSError, ValueError, RuntimeError) as error:
        log.warning("openvino_cache_damaged", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return network


def _encoded(network: Network, texts: Sequence[str]) -> NDArray[np.float32]:
    package = packaged_e5()
    ids, mask = package.tokens(texts)
    hidden = network.hidden({"input_ids": ids, "attention_mask": mask}, package.sizes["positions"])
    mean = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
    unit: NDArray[np.float32] = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
    return unit


def keep_samples(texts: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """What sentence-transformers gives of some texts as documents, beside the converted model, if that is kept."""
    folder = kept_folder(SHA256)
    if not folder.is_dir() or (folder / _SAMPLES).exists():
        return
    try:
        with replacing(folder / _SAMPLES) as beside:
            beside.write_text(json.dumps(dict(zip(texts, vectors.tolist(), strict=True))), encoding="utf-8")
    except OSError as error:
        log.info("openvino_not_cached", folder=str(folder), reason=str(error))
