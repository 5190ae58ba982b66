"""Printers: a sheet through CUPS, a strip through ESC/POS. What cannot be printed is told, never lost silently."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kiosk.printing.slip import Slip

PATIENCE_SECONDS: Final = 20.0
"""For an answer of a program or a printer."""
PAPER_SECONDS: Final = 40.0
_LOOK_SECONDS: Final = 0.5
_STATUS_SECONDS: Final = 1.0
_JOB: Final = re.compile(r"(?<=request id is )\S+")


class PrinterFailed(Exception):
    """Nothing came out; the message is for the operator."""


class Printer(Protocol):
    """Something that puts slips on paper."""

    def put_out(self, slip: Slip) -> None:
        """Print one slip. Raises PrinterFailed."""
        ...


@dataclass(frozen=True)
class CupsPrinter:
    """A printer CUPS knows, through its own commands ``lp``, ``lpstat`` and ``cancel``."""

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
            raise PrinterFailed("lp did not name the job it made")
        job = found.group()
        try:
            self._wait_for(job)
        except PrinterFailed:
            _cups(["cancel", "-x", job])
            raise

    def _wait_for(self, job: str) -> None:
        until = time.monotonic() + self.patience
        while job in _cups(["lpstat", "-W", "not-completed", "-o"]).split():
            if time.monotonic() > until:
                raise PrinterFailed(f"the sheet was not out after {self.patience:.0f} seconds: paper, cable, power?")
            time.sleep(_LOOK_SECONDS)


def _cups(command: list[str], sent: bytes = b"") -> str:
    """What one of CUPS' commands says."""
    program = shutil.which(command[0])
    if program is None:
        raise PrinterFailed(f"{command[0]} is not installed (Debian package cups-client)")
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
        raise PrinterFailed(f"{command[0]} did not answer") from None
    if done.returncode:
        raise PrinterFailed(f"{command[0]} ended with status {done.returncode}")
    return done.stdout.decode(errors="replace")


@dataclass(frozen=True)
class ReceiptPrinter:
    """A receipt printer that speaks ESC/POS: ``tcp://HOST:PORT``, ``file:PATH`` or ``usb:VENDOR:PRODUCT``."""

    where: str
    dots: int
    """Width of its paper."""

    def put_out(self, slip: Slip) -> None:
        """Print a strip as a picture and cut it."""
        from escpos.exceptions import Error

        from kiosk.printing.strip_image import strip_image

        try:
            device = _device(self.where)
            try:
                device.open()
                if _has_no_paper(device):
                    raise PrinterFailed("the receipt printer has no paper")
                device.hw("INIT")
                device.image(strip_image(slip, self.dots), impl="bitImageRaster", fragment_height=480)
                device.cut()
            finally:
                device.close()
        except (OSError, Error) as error:
            raise PrinterFailed(f"the receipt printer failed: {type(error).__name__}") from None


def _device(where: str) -> Any:
    """The library's device; each is imported only when it is used."""
    from escpos import printer

    kind, _, rest = where.partition(":")
    if kind == "tcp":
        host, _, port = rest.removeprefix("//").rpartition(":")
        return printer.Network(host, int(port), timeout=PATIENCE_SECONDS)
    if kind == "file":
        return printer.File(rest)
    vendor, _, product = rest.partition(":")
    return printer.Usb(int(vendor, 16), int(product, 16), timeout=int(PATIENCE_SECONDS * 1000))


def _has_no_paper(device: Any) -> bool:
    """Whether the printer says that its paper is out; one that says nothing, as many do, is believed to have some."""
    connection = device.device
    if not isinstance(connection, socket.socket):
        return False
    connection.settimeout(_STATUS_SECONDS)
    try:
        return bool(device.paper_status() == 0)
    except OSError:
        return False
    finally:
        connection.settimeout(PATIENCE_SECONDS)


def printer_of(setting: str | None, dots: int) -> Printer | None:
    """The printer a setting names (``MOTCUA_KIOSK_PRINTER``); None when there is none."""
    if not setting:
        return None
    kind, _, queue = setting.partition(":")
    if kind == "cups":
        return CupsPrinter(queue or None)
    return ReceiptPrinter(setting, dots)
