"""The hand-written records in a running process: those of the program, and those officers approved over them."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from catalogue.approved import told_on
from catalogue.doubtful_fees import hold_back
from catalogue.flags import doubts_fee
from catalogue.last_good import LastGood
from catalogue.record import Procedure
from catalogue.watched import RESCAN_SECONDS, ReadFile, WatchedFolder
from catalogue.yaml_files import FolderContents, Problem, gather


class HandwrittenFolder:
    """The records of some folders; of a file with a mistake the last good version goes on answering.

    Args:
        folder: one YAML file a procedure.
        rescan_seconds: how late a changed file may be noticed.
        last_good: folder in which the last good versions are kept over a restart.
        approved: folders of approved records; see :mod:`catalogue.approved`.
        today: the local date; needed where there are approved records.
    """

    def __init__(
        self,
        folder: Path | None,
        rescan_seconds: float = RESCAN_SECONDS,
        last_good: Path | None = None,
        *,
        approved: Sequence[Path] = (),
        today: Callable[[], date] | None = None,
    ) -> None:
        self._files = WatchedFolder(folder, Procedure, LastGood(last_good), rescan_seconds)
        kept = last_good / "approved" if last_good is not None else None
        self._approved = [WatchedFolder(one, Procedure, LastGood(kept), rescan_seconds) for one in approved]
        self._today = today or _no_day
        self._read_from: tuple[object, ...] = ()
        self._signed: tuple[tuple[object, ...], int] = ((), 0)
        self._contents = FolderContents()

    def signature(self) -> int:
        """A number that changes whenever a file does, or a day begins on which others are told."""
        dated = self._today() if any(watched.files() for watched in self._approved) else None
        signed = (dated, *(watched.signature() for watched in (self._files, *self._approved)))
        if signed != self._signed[0]:
            self._signed = signed, zlib.crc32(repr(signed).encode())
        return self._signed[1]

    def contents(self) -> FolderContents:
        """The records and mistakes as the files stand now, those in force today over the others."""
        files, above = self._files.files(), tuple(watched.files() for watched in self._approved)
        day = self._today() if any(above) else None
        if (read_from := (files, *above, day)) != self._read_from:
            found = gather(map(_as_read, files))
            records, problems = found.procedures, found.problems
            if day is not None:
                gathered = [gather(map(_as_read, one), dated=True) for one in above]
                problems += tuple(problem for one in gathered for problem in one.problems)
                records = told_on(records, (record for one in gathered for record in one.procedures), day)
            self._contents = FolderContents(tuple(map(hold_back, records)), problems)
            self._read_from = read_from
        return self._contents

    def overruled(self) -> tuple[Procedure, ...]:
        """Records that state a fee although a flag of their own doubts it; the fee is held back."""
        found = (file.content for file in self._files.files())
        return tuple(one for one in found if one is not None and _states_a_fee(one) and doubts_fee(one.flags))


def _no_day() -> date:
    raise ValueError("which approved records are in force is told by a day, and none was handed in")


def _as_read(file: ReadFile[Procedure]) -> tuple[Path, Procedure | None, tuple[Problem, ...]]:
    return file.path, file.content, file.problems


def _states_a_fee(procedure: Procedure) -> bool:
    return any(fee.certain for submission in procedure.submissions for fee in submission.fees)
