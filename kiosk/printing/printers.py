"""Printers: what one is, and which one the setting names. What cannot be printed is told, never lost silently."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, Protocol

from kiosk.protocol.messages import Condition
from runtime import seams
from runtime.messages import Message
from runtime.plugin_settings import own_settings

if TYPE_CHECKING:
    from kiosk.printing.slip import Slip

PATIENCE_SECONDS: Final = 20.0
"""For an answer of a program or a printer."""


class PrinterFailed(Exception):
    """Nothing came out; the message is for the operator."""


class Printer(Protocol):
    """Something that puts slips on paper."""

    def put_out(self, slip: Slip) -> None:
        """Print one slip and return when it is out. Raises :class:`PrinterFailed`."""
        ...

    def condition(self) -> Condition:
        """How it is, within some seconds and without printing; the centre shows it to whoever looks after boxes."""
        ...


PrinterFactory = Callable[[Any, str, int], Printer]
"""What ``motcua.printers`` names: given the printer's own settings, ``MOTCUA_KIOSK_PRINTER`` as it is, and the dots of
a line of its paper. Raises ``ValueError`` for an address it cannot take."""


def printer_of(setting: str | None, dots: int) -> Printer | None:
    """The printer a setting names (``MOTCUA_KIOSK_PRINTER``); None when there is none.

    Raises:
        RegistryError: no printer of this kind can be used here.
        PrinterFailed: it takes no such address.
    """
    if not setting:
        return None
    kind = setting.partition(":")[0]
    make: PrinterFactory = seams.PRINTERS.get(kind)
    own = own_settings(seams.PRINTERS, kind)
    try:
        return make(own, setting, dots)
    except ValueError as error:
        raise PrinterFailed(Message("MOTCUA_KIOSK_PRINTER={setting}: {error}", setting=setting, error=error)) from None
