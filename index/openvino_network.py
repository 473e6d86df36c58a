"""A transformer that OpenVINO runs, and the user's cache folder, in which converted ones are kept."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
import platformdirs
import structlog
from numpy.typing import NDArray

from index.eight_bits import GROUP_SIZE, in_eight_bits
from index.inferences import Inferences
from index.precision import OpenVinoPrecision, has_bfloat16
from index.token_widths import padded_width

_MOST_ROWS = 16  # of one inference: more are no quicker, and of more different lengths

Hint = Literal["THROUGHPUT", "LATENCY"]
"""Of OpenVINO: several texts at once, each on some of the cores, which keeps these busier; or one soon, on all."""

Given = Mapping[str, NDArray[np.int64]]
"""What a tokenizer gives: ids, masks, types, each of shape (texts, tokens)."""

log = structlog.get_logger("footnoted")


class Network:
    """Token ids to the vectors of the tokens. Not safe from several threads."""

    def __init__(
        self,
        model: Any,
        precision: OpenVinoPrecision,
        hint: Hint,
        dimension: int,
        words: Callable[[NDArray[np.int64]], NDArray[np.float32]] | None = None,
    ) -> None:
        """``model`` is an ``openvino.Model``, which int8 changes. ``words`` gives the rows that one without a table of
        word embeddings takes in place of ids.
        """
        self._inferences = Inferences(_compiled(model, precision, hint))
        self._cuts = hint == "THROUGHPUT"  # some questions together take hardly longer than one
        self._dimension = dimension
        self._words = words

    def hidden(self, given: Given, most: int) -> NDArray[np.float32]:
        """Shape (texts, tokens, dimension); what the mask leaves out has vectors without meaning.

        The model takes at most ``most`` tokens, or as many as are given.
        """
        tokens = given["attention_mask"].shape[1]
        found = np.zeros((len(given["attention_mask"]), tokens, self._dimension), dtype=np.float32)
        ends = _ends(given["attention_mask"])
        order = np.argsort(-ends, kind="stable")[: np.count_nonzero(ends)]
        whole = [order] if len(order) else []

        def feeds() -> Iterator[tuple[dict[str, NDArray[Any]], NDArray[np.intp]]]:
            for rows in _pieces(order, self._inferences.at_once) if self._cuts else whole:
                width = min(padded_width(int(ends[rows[0]])), max(tokens, most))
                feed: dict[str, NDArray[Any]] = {name: _wide(array[rows], width) for name, array in given.items()}
                if self._words is not None:
                    feed["inputs_embeds"] = self._words(feed.pop("input_ids"))
                yield feed, rows

        def take(rows: NDArray[np.intp], part: NDArray[np.float32]) -> None:
            longest = ends[rows[0]]
            found[rows, :longest] = part[:, :longest]

        self._inferences.run(feeds(), take)
        return found


def _compiled(model: Any, precision: OpenVinoPrecision, hint: Hint) -> Any:
    import openvino

    options: dict[str, Any] = {"PERFORMANCE_HINT": hint}
    if precision == "int8":
        in_eight_bits(model)
        options["DYNAMIC_QUANTIZATION_GROUP_SIZE"] = GROUP_SIZE
    is_half = precision == "bfloat16" or (precision == "int8" and has_bfloat16("cpu"))
    options["INFERENCE_PRECISION_HINT"] = "bf16" if is_half else "f32"  # with int8, of all but the products
    return openvino.Core().compile_model(model, "CPU", options)


def _ends(mask: NDArray[np.int64]) -> NDArray[np.intp]:
    """How many tokens of each row there are up to its last one that the mask keeps."""
    ends: NDArray[np.intp] = np.where(mask != 0, np.arange(1, mask.shape[1] + 1), 0).max(axis=1, initial=0)
    return ends


def _pieces(rows: NDArray[np.intp], at_once: int) -> Iterator[NDArray[np.intp]]:
    """Rows for one inference each, of which ``at_once`` run: smaller ones at the end, so that all end about together,
    and powers of two, so that shapes are few."""
    start = 0
    while start < len(rows):
        share = -(-(len(rows) - start) // at_once)
        size = min(_MOST_ROWS, 1 << (share.bit_length() - 1))
        yield rows[start : start + size]
        start += size


def _wide(array: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Cut, or with zeros after the tokens, which the mask leaves out."""
    return np.pad(array[:, :width], [(0, 0), (0, max(0, width - array.shape[1]))])


def kept_folder(of: str) -> Path:
    """Where a converted model is kept; ``of`` stands for its weights. Another one for another OpenVINO."""
    import openvino

    key = hashlib.sha256(f"{openvino.__version__} {of}".encode()).hexdigest()
    return _folder() / key


def read_kept(folder: Path) -> Any:
    """The ``openvino.Model``, or None where there is none; a damaged one is removed."""
    import openvino

    if not folder.is_dir():
        return None
    try:
        return openvino.Core().read_model(folder / "model.xml")
    except RuntimeError as error:
        log.warning("openvino_cache_damaged", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
        shutil.rmtree(folder, ignore_errors=True)
        return None


def can_keep() -> bool:
    """Whether the cache folder can be written, or made."""
    there = _folder()
    while not os.path.exists(there) and there != there.parent:  # noqa: PTH110  Path.exists raises where it may not look
        there = there.parent
    return os.access(there, os.W_OK | os.X_OK)


def _folder() -> Path:
    return platformdirs.user_cache_path("footnoted") / "openvino"


def keep(model: Any, folder: Path) -> None:
    """All of it or nothing, also beside another process that keeps the same. What cannot be written is logged."""
    import openvino

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as made:
            openvino.save_model(model, Path(made) / "model" / "model.xml", compress_to_fp16=False)
            if not folder.exists():
                (Path(made) / "model").rename(folder)
    except (OSError, RuntimeError) as error:  # a read-only home: it is converted again next time
        log.info("openvino_not_cached", folder=str(folder), reason=str(error).strip().split("\n")[0][:200])
