"""Who has asked to be forgotten since the backups were made: so that restoring one brings nobody back.

A file beside the database, not in it: a restored database is as it was before. It holds hashes of the keyed hashes rows
stand under, and moments; nothing of it leads to a number without the rows of that number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from runtime import logs
from stores.sealing import Seal

LISTED_FOR = timedelta(days=90)
"""Backups are deleted long before; see docs/decisions/0038-erasing.md."""
FILE = Path("erased") / "list"

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Listed:
    """One wish."""

    mark: str
    at: float
    """Seconds since 1970."""
    tickets: bool
    """Whether tickets were erased, too."""


class ErasedList:
    """The file; safe to share between processes, which only add lines.

    Args:
        path: of the file.
        seal: makes the marks.
        now: the clock.
    """

    def __init__(self, path: Path, seal: Seal, now: Callable[[], datetime]) -> None:
        self._path = path
        self._seal = seal
        self._now = now

    def add(self, person: str, *, tickets: bool) -> None:
        """Note a wish. A disk that takes nothing is told of, and does not keep the wish from being fulfilled."""
        line = json.dumps([self.mark(person), self._now().timestamp(), tickets]) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._path.open("a", encoding="ascii") as file:
                file.write(line)
        except OSError as error:
            _log.error("the list of erased persons cannot be written", cause=type(error).__name__)

    def mark(self, person: str) -> str:
        """What stands in the file for the keyed hash of a number."""
        return self._seal.hash("erased", person)

    def read(self, *others: Path) -> dict[str, Listed]:
        """The latest wish of each, of this file and of others: what was there before a restore."""
        found: dict[str, Listed] = {}
        for one in self._lines((self._path, *others)):
            before = found.get(one.mark)
            tickets = one.tickets or (before is not None and before.tickets)
            found[one.mark] = Listed(one.mark, max(one.at, before.at if before else 0.0), tickets)
        return found

    def wish_of(self, person: str) -> Listed | None:
        """The latest wish of whoever rows stand under this keyed hash; None where there is none."""
        return self.read().get(self.mark(person))

    def take_in(self, other: Path) -> None:
        """Add what another list has."""
        known = self.read()
        more = [one for mark, one in self.read(other).items() if mark not in known]
        self._write([*known.values(), *more])

    def forget_old(self) -> int:
        """Drop what no backup can bring back; returns how many."""
        every = list(self._lines((self._path,)))
        kept = [one for one in every if one.at > (self._now() - LISTED_FOR).timestamp()]
        if len(kept) < len(every):
            self._write(kept)
        return len(every) - len(kept)

    def _write(self, listed: Iterable[Listed]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        candidate = self._path.with_suffix(".new")
        lines = [json.dumps([one.mark, one.at, one.tickets]) + "\n" for one in listed]
        candidate.write_text("".join(lines), encoding="ascii")
        candidate.replace(self._path)

    @staticmethod
    def _lines(paths: Iterable[Path]) -> Iterable[Listed]:
        for path in paths:
            if not path.exists():
                continue
            for line in path.read_text(encoding="ascii", errors="replace").splitlines():
                try:
                    yield Listed(*json.loads(line))
                except (ValueError, TypeError):
                    # A line that was being written when the power went.
                    continue
