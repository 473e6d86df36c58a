"""What a check found, and how it is counted."""

from dataclasses import dataclass, field
from enum import StrEnum

_SHOWN = 5


class Level(StrEnum):
    """How bad it is: a warning costs room or privacy, a failure costs answers."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """``checked`` things were looked at and ``faulty`` of them are not in order; ``faults`` tells of the first."""

    name: str
    level: Level
    message: str
    checked: int
    faulty: int = 0
    faults: tuple[str, ...] = ()
    hint: str = ""


@dataclass(slots=True)
class Tally:
    """Counts what a check looks at. ``unit`` names it, in the plural."""

    name: str
    unit: str
    hint: str
    level: Level = Level.FAILED
    checked: int = 0
    faulty: int = 0
    faults: list[str] = field(default_factory=list)

    def saw(self, count: int = 1) -> None:
        self.checked += count

    def fault(self, told: str) -> None:
        self.faulty += 1
        if len(self.faults) < _SHOWN:
            self.faults.append(told)

    def check(self) -> Check:
        """The result, in words."""
        if not self.faulty:
            return Check(self.name, Level.OK, f"{self.checked} {self.unit}", self.checked)
        more = f" and {self.faulty - len(self.faults)} more" if self.faulty > len(self.faults) else ""
        message = f"{'; '.join(self.faults)}{more}"
        return Check(self.name, self.level, message, self.checked, self.faulty, tuple(self.faults), self.hint)
