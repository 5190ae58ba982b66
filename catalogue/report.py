"""What an import did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from catalogue.wording import Reason, placed, say


@dataclass(frozen=True)
class Skipped:
    """One record, or a whole file, that was left out."""

    file: str
    line: int
    """Where the record begins, counted from 1; 0 means the whole file."""
    code: str | None
    reason: Reason

    def __str__(self) -> str:
        return f"{placed(self.file, self.line, code=self.code or '')}: {self.reason}"


@dataclass(frozen=True)
class Progress:
    """How far an import is, for a progress bar."""

    file: str
    records: int
    """Records read so far, in all files."""
    fraction: float
    """0 to 1, over all files."""


@dataclass(frozen=True)
class ImportReport:
    """Codes by what became of their records; a code stands twice when two lists tell of it."""

    imported: tuple[str, ...] = ()
    """New."""
    updated: tuple[str, ...] = ()
    """Known, and told differently now."""
    unchanged: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    notices: int = 0
    """New or changed remarks about codes: replaced, rejected, what people call them."""

    @property
    def changed(self) -> bool:
        """Whether the catalogue is another one now."""
        return bool(self.imported or self.updated or self.notices)


def render_import(report: ImportReport, most: int = 20) -> str:
    """The report for a terminal; at most ``most`` of the skipped records one by one."""
    told = [
        say(
            "import_done",
            imported=len(report.imported),
            updated=len(report.updated),
            unchanged=len(report.unchanged),
            skipped=len(report.skipped),
            notices=report.notices,
        )
    ]
    told += [f"- {skipped}" for skipped in report.skipped[:most]]
    if len(report.skipped) > most:
        told.append(f"- {say('import_more_skipped', count=len(report.skipped) - most)}")
    return "\n".join(told)


def import_to_json(report: ImportReport) -> dict[str, Any]:
    """The report as plain JSON values."""
    return {
        "imported": list(report.imported),
        "updated": list(report.updated),
        "unchanged": list(report.unchanged),
        "notices": report.notices,
        "skipped": [
            {"file": skipped.file, "line": skipped.line, "code": skipped.code, "reason": str(skipped.reason)}
            for skipped in report.skipped
        ],
    }
