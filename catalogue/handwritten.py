"""The folder of hand-written records in a running process."""

from __future__ import annotations

from pathlib import Path

from catalogue.doubtful_fees import hold_back
from catalogue.flags import doubts_fee
from catalogue.last_good import LastGood
from catalogue.record import Procedure
from catalogue.watched import RESCAN_SECONDS, ReadFile, WatchedFolder
from catalogue.yaml_files import FolderContents, gather


class HandwrittenFolder:
    """The records of one folder; of a file with a mistake the last good version goes on answering.

    Args:
        folder: one YAML file a procedure.
        rescan_seconds: how late a changed file may be noticed.
        last_good: folder in which the last good versions are kept over a restart.
    """

    def __init__(
        self, folder: Path | None, rescan_seconds: float = RESCAN_SECONDS, last_good: Path | None = None
    ) -> None:
        self._files = WatchedFolder(folder, Procedure, LastGood(last_good), rescan_seconds)
        self._read_from: tuple[ReadFile[Procedure], ...] = ()
        self._contents = FolderContents()

    def signature(self) -> int:
        """A number that changes whenever a file does; costs one look at the folder."""
        return self._files.signature()

    def contents(self) -> FolderContents:
        """The records and mistakes as the files stand now."""
        files = self._files.files()
        if files is not self._read_from:
            found = gather((file.path, file.content, file.problems) for file in files)
            self._contents = FolderContents(tuple(map(hold_back, found.procedures)), found.problems)
            self._read_from = files
        return self._contents

    def overruled(self) -> tuple[Procedure, ...]:
        """Records that state a fee although a flag of their own doubts it; the fee is held back."""
        found = (file.content for file in self._files.files())
        return tuple(one for one in found if one is not None and _states_a_fee(one) and doubts_fee(one.flags))


def _states_a_fee(procedure: Procedure) -> bool:
    return any(fee.certain for submission in procedure.submissions for fee in submission.fees)
