"""A strip of paper from a receipt printer that speaks ESC/POS: on the network, behind a device file, on USB."""

from __future__ import annotations

import os
import socket
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kiosk.printing.printers import PATIENCE_SECONDS, PrinterFailed
from kiosk.protocol.messages import Condition
from runtime.messages import Message

if TYPE_CHECKING:
    from kiosk.printing.slip import Slip

_STATUS_SECONDS: Final = 1.0
_REACHED_SECONDS: Final = 3.0
_USB: Final = Path("/sys/bus/usb/devices")
"""Where the kernel lists what is plugged in."""


class ReceiptPrinter(ABC):
    """What all of them do; they differ in how they are reached."""

    dots: int
    """Width of its paper."""

    @abstractmethod
    def device(self) -> Any:
        """The library's device, not yet opened; the library is imported only when something is printed."""

    @abstractmethod
    def condition(self) -> Condition:
        """See :meth:`kiosk.printing.printers.Printer.condition`."""

    def put_out(self, slip: Slip) -> None:
        """Print a strip as a picture and cut it."""
        from escpos.exceptions import Error

        from kiosk.printing.strip_image import strip_image

        try:
            device = self.device()
            try:
                device.open()
                if _has_no_paper(device):
                    raise PrinterFailed(Message("the receipt printer has no paper"))
                device.hw("INIT")
                device.image(strip_image(slip, self.dots), impl="bitImageRaster", fragment_height=480)
                device.cut()
            finally:
                device.close()
        except (OSError, Error) as error:
            raise PrinterFailed(Message("the receipt printer failed: {kind}", kind=type(error).__name__)) from None


@dataclass(frozen=True)
class NetworkPrinter(ReceiptPrinter):
    """``tcp://HOST:PORT``."""

    host: str
    port: int
    dots: int

    def device(self) -> Any:
        """See :class:`ReceiptPrinter`."""
        from escpos.printer import Network

        return Network(self.host, self.port, timeout=PATIENCE_SECONDS)

    def condition(self) -> Condition:
        """Whether it takes a connection."""
        try:
            socket.create_connection((self.host, self.port), _REACHED_SECONDS).close()
        except OSError:
            return Condition.MISSING
        return Condition.WORKS


@dataclass(frozen=True)
class FilePrinter(ReceiptPrinter):
    """``file:PATH``, as the kernel gives a printer on USB or a serial line."""

    path: str
    dots: int

    def device(self) -> Any:
        """See :class:`ReceiptPrinter`."""
        from escpos.printer import File

        return File(self.path)

    def condition(self) -> Condition:
        """Whether the file may be written."""
        return Condition.WORKS if os.access(self.path, os.W_OK) else Condition.MISSING


@dataclass(frozen=True)
class UsbPrinter(ReceiptPrinter):
    """``usb:VENDOR:PRODUCT``, both in hexadecimal digits."""

    vendor: str
    product: str
    dots: int

    def device(self) -> Any:
        """See :class:`ReceiptPrinter`."""
        from escpos.printer import Usb

        return Usb(int(self.vendor, 16), int(self.product, 16), timeout=int(PATIENCE_SECONDS * 1000))

    def condition(self, plugged_in: Path = _USB) -> Condition:
        """Whether it is plugged in."""
        wanted = f"{self.vendor}:{self.product}".lower()
        return Condition.WORKS if wanted in _plugged_in(plugged_in) else Condition.MISSING


def network_printer(_settings: Any, address: str, dots: int) -> NetworkPrinter:
    """``tcp://HOST:PORT``, as the settings have checked it."""
    host, _, port = address.removeprefix("tcp://").rpartition(":")
    return NetworkPrinter(host, int(port), dots)


def file_printer(_settings: Any, address: str, dots: int) -> FilePrinter:
    """``file:PATH``, as the settings have checked it."""
    return FilePrinter(address.removeprefix("file:"), dots)


def usb_printer(_settings: Any, address: str, dots: int) -> UsbPrinter:
    """``usb:VENDOR:PRODUCT``, as the settings have checked it."""
    vendor, _, product = address.removeprefix("usb:").partition(":")
    return UsbPrinter(vendor, product, dots)


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


def _plugged_in(usb: Path) -> set[str]:
    """``vendor:product`` of every device."""
    found = set()
    for vendor in usb.glob("*/idVendor"):
        with suppress(OSError):
            found.add(f"{vendor.read_text().strip()}:{vendor.with_name('idProduct').read_text().strip()}".lower())
    return found
