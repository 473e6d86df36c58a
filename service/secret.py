"""Random keys in files of the data folder, made when they are first needed, and readable by their owner only."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from core.errors import IndexBroken

KEY_BYTES = 32
SECRET_FILE = "secret.key"
_OWNER_ONLY = 0o600


def load_secret(data_dir: Path) -> bytes:
    """The key that signs what the server gives out: session tokens, the operator's cookie. Raises IndexBroken.

    Each use is to have a salt of its own, so that what was signed for one is nothing to another.
    """
    return load_key(data_dir / SECRET_FILE, "everybody who is signed in or has a chat open then starts anew")


def load_key(path: Path, when_deleted: str) -> bytes:
    """The 32 bytes of a key file; ``when_deleted`` says what it means to lose it. Raises IndexBroken."""
    try:
        try:
            key = path.read_bytes()
        except FileNotFoundError:
            make_owner_file(path, secrets.token_bytes(KEY_BYTES))
            key = path.read_bytes()
    except OSError as error:
        raise IndexBroken(
            f"{path} cannot be read or written: {error.strerror}.", "Check the folder's permissions."
        ) from error
    if len(key) != KEY_BYTES:
        raise IndexBroken(
            f"{path} does not hold a key of {KEY_BYTES} bytes.",
            f"Restore it from a copy of the data folder, or delete it: {when_deleted}.",
        )
    return key


def make_owner_file(path: Path, content: bytes) -> None:
    """Make a file that only its owner may read, unless another process was faster. Raises OSError.

    It is written whole before it has its name: a reader never sees half of it, also after a power cut, and of two
    processes that start together, both read the same.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
