"""What is measured, as typed values that become the table and the JSON file."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    ``samples`` and ``reference`` hold one value a repetition, taken in turns: both saw the same machine.
    """

    name: str
    unit: str
    samples: tuple[float, ...]
    reference: tuple[float, ...] = ()
    recorded: float | None = None
    """Stock Rasa 3.6.21 with TensorFlow and DIET, measured once elsewhere and only quoted here."""
    more_is_better: bool = False

    @property
    def value(self) -> float:
        """The middle repetition."""
        return statistics.median(self.samples)

    def ratios(self) -> tuple[float, ...]:
        """How many times better than the reference, a value a pair of repetitions."""
        pairs = [(a, b) for a, b in zip(self.samples, self.reference, strict=False) if a and b]
        return tuple(ours / its if self.more_is_better else its / ours for ours, its in pairs)

    def recorded_ratio(self) -> float | None:
        """How many times better than the recorded figure."""
        if not self.recorded or not self.value:
            return None
        return self.value / self.recorded if self.more_is_better else self.recorded / self.value


@dataclass(frozen=True)
class Target:
    """Something promised, and whether this run kept it."""

    promise: str
    wanted: float
    got: float
    unit: str
    at_least: bool
    """True: ``got`` must reach ``wanted``; False: it must stay below."""
    why_not: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the promise was kept."""
        return self.got >= self.wanted if self.at_least else self.got <= self.wanted


@dataclass
class Results:
    """One run."""

    machine: dict[str, str]
    quick: bool
    figures: list[Figure] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """What could not be measured, and why."""

    def add(self, part: str, measure: Callable[[], Sequence[Figure]]) -> None:
        """Measure one part; what fails is written down, and the other parts are still measured.

        A run takes an hour: whatever one part raises, the table of the others is printed.
        """
        try:
            self.figures += measure()
        except Exception as failure:
            reason = str(failure) or "a load was not over in time"
            kind = "" if isinstance(failure, RuntimeError | TimeoutError) else f"{type(failure).__name__}: "
            self.failures.append(f"not measured: {part}: {kind}{reason}")

    def value(self, name: str) -> float:
        """The figure of that name; not a number when it was not measured."""
        return next((figure.value for figure in self.figures if figure.name == name), math.nan)

    def find(self, name: str) -> Figure:
        """The figure of that name.

        Raises:
            KeyError: when it was not measured.
        """
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)

    def write(self, folder: Path, at: datetime) -> Path:
        """Store the run as JSON; the file's name carries date and time."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{at:%Y-%m-%d-%H%M%S}.json"
        plain = {
            "at": at.isoformat(timespec="seconds"),
            **asdict(self),
            "targets": [{**asdict(target), "met": target.is_met} for target in self.targets],
        }
        path.write_text(json.dumps(plain, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        return path


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all values lies.

    Args:
        values: at least one.
        share: 0 to 1.
    """
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
