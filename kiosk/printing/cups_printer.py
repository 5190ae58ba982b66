"""A sheet through CUPS, by its own commands ``lp``, ``lpstat`` and ``cancel``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kiosk.printing.printers import PATIENCE_SECONDS, PrinterFailed
from kiosk.protocol.messages import Condition
from runtime.messages import Message

if TYPE_CHECKING:
    from kiosk.printing.slip import Slip

PAPER_SECONDS: Final = 40.0
_LOOK_SECONDS: Final = 0.5
_JOB: Final = re.compile(r"(?<=request id is )\S+")
_ALERTS: Final = ("-error", "media-empty", "media-needed", "media-jam", "cover-open", "offline")
"""In CUPS' words, what keeps a printer from printing."""


@dataclass(frozen=True)
class CupsPrinter:
    """A printer CUPS knows: ``cups`` or ``cups:QUEUE``."""

    queue: str | None
    """Name of the queue; None for the system's default."""
    patience: float = PAPER_SECONDS
    """Seconds a sheet may take until it is out."""

    def put_out(self, slip: Slip) -> None:
        """Print a page and wait until it is out. CUPS is told to keep no copy.

        CUPS takes a sheet also for a printer that is switched off or has no paper, and would print it hours later,
        before other people's eyes: what is not out in time is cancelled and erased.
        """
        from kiosk.printing.page_pdf import pdf

        to = ["-d", self.queue] if self.queue else []
        # From standard input: no file of ours lies on the disk. The title is what the queue shows: nothing of the text.
        said = _cups(["lp", *to, "-t", "mot-cua", "-o", "fit-to-page", "-"], pdf(slip))
        found = _JOB.search(said)
        if found is None:
            raise PrinterFailed(Message("lp did not name the job it made"))
        job = found.group()
        try:
            self._wait_for(job)
        except PrinterFailed:
            _cups(["cancel", "-x", job])
            raise

    def condition(self) -> Condition:
        """See :meth:`kiosk.printing.printers.Printer.condition`."""
        try:
            return read_lpstat(_cups(["lpstat", "-l", "-p", *([self.queue] if self.queue else [])]))
        except PrinterFailed:
            return Condition.MISSING if shutil.which("lpstat") is None else Condition.TROUBLE

    def _wait_for(self, job: str) -> None:
        until = time.monotonic() + self.patience
        while job in _cups(["lpstat", "-W", "not-completed", "-o"]).split():
            if time.monotonic() > until:
                raise PrinterFailed(
                    Message(
                        "the sheet was not out after {patience:.0f} seconds: paper, cable, power?",
                        patience=self.patience,
                    )
                )
            time.sleep(_LOOK_SECONDS)


def _cups(command: list[str], sent: bytes = b"") -> str:
    """What one of CUPS' commands says."""
    program = shutil.which(command[0])
    if program is None:
        raise PrinterFailed(Message("{command} is not installed (Debian package cups-client)", command=command[0]))
    try:
        done = subprocess.run(
            [program, *command[1:]],
            input=sent,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise PrinterFailed(Message("{command} did not answer", command=command[0])) from None
    if done.returncode:
        raise PrinterFailed(
            Message("{command} ended with status {returncode}", command=command[0], returncode=done.returncode)
        )
    return done.stdout.decode(errors="replace")


def cups_printer(_settings: Any, address: str, _dots: int) -> CupsPrinter:
    """``cups`` or ``cups:QUEUE``, as the settings have checked it."""
    return CupsPrinter(address.removeprefix("cups").removeprefix(":") or None)


def read_lpstat(output: str) -> Condition:
    """The condition behind ``lpstat -l -p``: ``printer NAME is idle.  enabled since …``, then ``Alerts: …``."""
    troubled: list[bool] = []
    for line in output.splitlines():
        if line.startswith("printer "):
            troubled.append("disabled" in line)
        elif troubled and line.strip().startswith("Alerts:"):
            troubled[-1] |= any(word in line for word in _ALERTS)
    if not troubled:
        return Condition.MISSING
    return Condition.TROUBLE if all(troubled) else Condition.WORKS
