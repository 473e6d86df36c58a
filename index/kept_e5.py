"""multilingual-e5-small without PyTorch, whose loading takes longer than a command's work: converted once, then kept.

It is compared with what sentence-transformers gave, of which some vectors are kept beside it.
"""

import json
import shutil
from collections.abc import Sequence

import numpy as np
import structlog
from numpy.typing import NDArray

from index.openvino_network import Network, kept_folder, read_kept
from index.packaged_e5 import PROMPTS, SHA256, PackagedE5, packaged_e5
from index.replacing import replacing

_SAMPLES = "samples.json"
_LEAST_COSINE = 0.999

log = structlog.get_logger("footnoted")


class KeptE5:
    """Texts to unit vectors, in float32. Not safe from several threads."""

    def __init__(self, package: PackagedE5, network: Network) -> None:
        self._package = package
        self._network = network

    def encode(self, texts: Sequence[str], kind: str) -> NDArray[np.float32]:
        """Shape (texts, dimension); ``kind`` is that of a prompt, ``query`` or ``document``."""
        most = self._package.sizes["positions"]
        ids, mask = self._package.tokens([f"{PROMPTS[kind]}{text}" for text in texts])
        hidden = self._network.hidden({"input_ids": ids, "attention_mask": mask}, most)
        mean = (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        unit: NDArray[np.float32] = (mean / np.linalg.norm(mean, axis=1, keepdims=True)).astype(np.float32)
        return unit


def open_kept_e5() -> KeptE5 | None:
    """None where it was not converted yet. One that does not give the vectors that it gave then is removed.

    Raises EncoderUnavailable.
    """
    folder, package = kept_folder(SHA256), packaged_e5()
    try:
        samples = json.loads((folder / _SAMPLES).read_text(encoding="utf-8"))
        model = read_kept(folder)
        if model is None:
            return None
        made = KeptE5(package, Network(model, "float32", "LATENCY", package.sizes["hidden"], package.word_embeddings))
        wanted = np.array(list(samples.values()), dtype=np.float32)
        least = float((made.encode(list(samples), "document") * wanted).sum(axis=1).min())
        if least < _LEAST_COSINE:
            raise ValueError(f"cosine {least:.4f}")
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError) as error:
        log.warning("openvino_cache_damaged", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
        shutil.rmtree(folder, ignore_errors=True)
        return None
    return made


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
