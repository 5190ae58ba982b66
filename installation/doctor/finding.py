"""What a look finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum

from installation.root import Installation

LOOK_SECONDS = 5.0
"""How long a look waits for whoever does not answer."""


class Level(StrEnum):
    """How urgent a finding is."""

    OK = "ok"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What one look found."""

    check: str
    level: Level
    said: str
    cure: str = ""

    def fields(self) -> dict[str, str]:
        """For programs."""
        return {name: str(value) for name, value in asdict(self).items()}


Look = Callable[[Installation], Iterator[Finding]]
