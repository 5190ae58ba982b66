"""Printers: a sheet through CUPS, a strip through ESC/POS. What cannot be printed is told, never lost silently."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from typing import Any, Final, Protocol

from kiosk.printing.slip import Slip

PATIENCE_SECONDS: Final = 20.0


class PrinterFailed(Exception):
    """Nothing came out; the message is for the operator."""


class Printer(Protocol):
    """Something that puts slips on paper."""

    def put_out(self, slip: Slip) -> None:
        """Print one slip. Raises PrinterFailed."""
        ...


@dataclass(frozen=True)
class CupsPrinter:
    """A printer CUPS knows, through its own command ``lp``."""

    queue: str | None
    """Name of the queue; None for the system's default."""

    def put_out(self, slip: Slip) -> None:
        """Print a page. CUPS is told to keep no copy."""
        from kiosk.printing.page_pdf import pdf

        program = shutil.which("lp")
        if program is None:
            raise PrinterFailed("lp is not installed (Debian package cups-client)")
        to = ["-d", self.queue] if self.queue else []
        # From standard input: no file of ours lies on the disk. The title is what the queue shows: nothing of the text.
        command = [program, *to, "-t", "mot-cua", "-s", "-o", "fit-to-page", "-"]
        try:
            done = subprocess.run(command, input=pdf(slip), capture_output=True, timeout=PATIENCE_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise PrinterFailed("lp did not answer") from None
        if done.returncode:
            raise PrinterFailed(f"lp ended with status {done.returncode}")


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


def printer_of(setting: str | None, dots: int) -> Printer | None:
    """The printer a setting names (``MOTCUA_KIOSK_PRINTER``); None when there is none."""
    if not setting:
        return None
    kind, _, queue = setting.partition(":")
    if kind == "cups":
        return CupsPrinter(queue or None)
    return ReceiptPrinter(setting, dots)
