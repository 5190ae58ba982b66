"""A newly trained model on trial: it answers only when it understands the accuracy sets no worse than the one before.

Training takes minutes and happens beside the core that answers. What is measured is noted in one file of the data
folder, which the catalogue desk shows; a model that was refused is not trained again until its data changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from assistant.evaluation import Report, Share
from runtime import durable
from runtime.settings import Settings

MOST_FALL: Final = 0.005
"""Share of a figure's lines that may be understood worse: a phrase more moves a line here and there."""
FEWEST_LINES: Final = 2
"""So many may be, however short a set is."""


class State(StrEnum):
    """How far a wish for a new model has come."""

    WANTED = "wanted"
    TRAINING = "training"
    MEASURING = "measuring"
    ANSWERING = "answering"
    REFUSED = "refused"
    FAILED = "failed"


RUNNING: Final = frozenset({State.WANTED, State.TRAINING, State.MEASURING})
"""Not over yet."""


@dataclass(frozen=True, slots=True)
class Figure:
    """So many lines right of so many."""

    right: int
    total: int


@dataclass(frozen=True, slots=True)
class Trial:
    """The newest wish, and what came of it."""

    state: State
    at: float
    """Seconds since 1970 when it came to be so."""
    officer: str = ""
    """Who wished it; empty for a start of the system."""
    fingerprint: str = ""
    """Of the data it was trained on."""
    before: Mapping[str, Figure] = field(default_factory=dict)
    """By what is measured, of the model that answered."""
    now: Mapping[str, Figure] = field(default_factory=dict)
    """Of the new one."""

    @property
    def fallen(self) -> tuple[str, ...]:
        """What the new model understands worse than it may."""
        return fallen(self.before, self.now)


_TRIAL: Final = TypeAdapter(Trial)


def figures(report: Report) -> dict[str, Figure]:
    """A report summed up over its sets: by what is measured."""
    sums: dict[str, Share] = defaultdict(Share)
    for (_, what), share in report.shares.items():
        sums[what].right += share.right
        sums[what].total += share.total
    return {what: Figure(share.right, share.total) for what, share in sorted(sums.items())}


def fallen(before: Mapping[str, Figure], now: Mapping[str, Figure]) -> tuple[str, ...]:
    """What is understood worse than it may be; compared as shares, since a set may have grown."""
    found = []
    for what, old in before.items():
        new = now.get(what)
        if new is None or not old.total or not new.total:
            continue
        lost = old.right * new.total / old.total - new.right
        if lost > max(FEWEST_LINES, MOST_FALL * new.total):
            found.append(what)
    return tuple(found)


class Trials:
    """The file of an installation that says how its newest model fared.

    Args:
        settings: of the installation.
    """

    def __init__(self, settings: Settings) -> None:
        self._folder = settings.data_path / "models"
        self._noted = self._folder / "trial.json"
        self._wish = self._folder / "wanted"

    @property
    def candidates(self) -> Path:
        """Folder of a model on trial: nothing that starts looks for one there."""
        return self._folder / "candidate"

    def wish(self, officer: str, at: float) -> None:
        """Have the core train and measure a model of the present data."""
        self.note(replace(self.last() or Trial(State.WANTED, at), state=State.WANTED, officer=officer, at=at))
        durable.write(self._wish, officer.encode())

    def wished(self) -> int:
        """A number that changes with every wish; 0 while there was none."""
        try:
            return self._wish.stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def note(self, trial: Trial) -> None:
        """Say how it stands."""
        durable.write(self._noted, _TRIAL.dump_json(trial))

    def last(self) -> Trial | None:
        """The newest wish; None while there was none, and where its file cannot be read."""
        try:
            return _TRIAL.validate_json(self._noted.read_bytes())
        except (FileNotFoundError, ValueError):
            return None

    def has_refused(self, fingerprint: str) -> bool:
        """Whether a model of this data was measured and found worse."""
        last = self.last()
        return last is not None and last.fingerprint == fingerprint and bool(last.now) and bool(last.fallen)
