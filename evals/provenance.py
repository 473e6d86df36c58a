"""What a run was made with: code, machine, model files. So that two runs that differ can be told why."""

import hashlib
import platform
import subprocess
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from index.encoder_names import ENGLISH, MULTILINGUAL, canonical
from index.packaged_e5 import package_file
from index.packaged_minilm import packaged_folder
from service.answer.network import MODEL_FOLDER
from service.settings import Settings


def code() -> dict[str, object]:
    """The version, the commit where this is a checkout, and the machine."""
    return {
        "version": version("footnoted"),
        "commit": _commit(),
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}",
    }


def models(settings: Settings) -> Mapping[str, object]:
    """SHA-256 of the weights in use; None for an encoder that only a hub's cache holds."""
    encoder = _weights(canonical(settings.encoder.model))
    return {
        "encoder": None if encoder is None else _hash(encoder),
        "reader": _hash(MODEL_FOLDER / "reader.onnx") if settings.answer.reader == "cross-encoder" else None,
    }


def _weights(encoder: str) -> Path | None:
    if encoder == MULTILINGUAL:
        return package_file()
    folder = packaged_folder() if encoder == ENGLISH else Path(encoder)
    return next(iter(sorted(folder.rglob("*.safetensors"))), None) if folder.is_dir() else None


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _commit() -> str | None:
    """Of the checkout that this file lies in, with a plus where it was changed since."""
    folder = Path(__file__).parent
    try:
        _git(folder, "ls-files", "--error-unmatch", Path(__file__).name)  # not the repository that a venv lies in
        commit = _git(folder, "rev-parse", "HEAD")
        return commit + ("+" if _git(folder, "status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()
