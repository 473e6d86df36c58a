"""What a check of the doctor found."""

from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: what it found, and what to do where that is not well."""

    check: str
    level: Level
    message: str
    hint: str = ""
