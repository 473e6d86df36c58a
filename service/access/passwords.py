"""Operators' passwords by argon2, which is slow and needs memory on purpose."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidRequest

_SHORTEST, _LONGEST = 12, 1000  # characters
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """Raises InvalidRequest for one that is too short or too long, or blank."""
    if not password.strip():
        raise InvalidRequest("A password of blanks only is none.", "Take a sentence.")
    if not _SHORTEST <= len(password) <= _LONGEST:
        raise InvalidRequest(
            f"A password has {_SHORTEST} to {_LONGEST} characters.", "Take a sentence, or one from a password manager."
        )
    return _hasher.hash(_bytes(password))


def is_right(password: str, stored: str | None) -> bool:
    """None, for a name that nobody has, takes as long as a wrong password.

    Takes 64 MiB: `Operator` lets tries that come together wait for each other.
    """
    try:
        matches = _hasher.verify(stored or _nobodys(), _bytes(password[: _LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return matches and stored is not None


def _bytes(password: str) -> bytes:
    """Also of half a character, which JSON can hold."""
    return password.encode("utf-8", "surrogatepass")


@cache
def _nobodys() -> str:
    return _hasher.hash("of nobody")
