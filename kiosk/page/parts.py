"""What the page's addresses work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from catalogue.store import CatalogueStore
from channels.errors import Problem
from kiosk.page.contacting import LookUps, Texts
from kiosk.page.from_memory import Memory
from kiosk.page.today import Today
from kiosk.page.visits import Visits
from kiosk.page.voice_client import Voice
from kiosk.printing.printers import Printer
from kiosk.procedure_cards import Cards
from kiosk.queue.keeping import Usage
from kiosk.signed_texts import Signing
from runtime.settings import Settings
from stores.limiter import Limiter
from tickets.asked import Proof, Told
from tickets.store import TicketStore
from tickets.ticket import Rating


class AskedTickets(Protocol):
    """:class:`tickets.asked.AskedTickets`, or :class:`kiosk.dossiers.tickets.TicketsAtCentre` over a line."""

    def tell(self, number: str, language: str, proof: Proof, channel: str | None = None) -> Told:
        """How far it is; raises ``ConnectionError`` where the centre is not heard."""
        ...

    def thanks(self, number: str, rating: Rating, language: str, proof: Proof, channel: str | None = None) -> str:
        """Keep a rating; the sentence that answers it. Raises as :meth:`tell`."""
        ...


def _is_never() -> bool:
    return False


@dataclass(frozen=True)
class PageParts:
    """Handed in by the process that serves, or by a test."""

    settings: Settings
    visits: Visits
    catalogue: CatalogueStore
    cards: Cards
    signing: Signing
    tickets: TicketStore
    voice: Voice
    limiter: Limiter
    texts: Texts | None
    """None where no text message can be sent."""
    printer: Printer | None
    """None where nothing can be printed; the page then has no button for it."""
    memory: Memory
    """Answers while the core is away."""
    today: Today
    """What stands on every screen."""
    fonts: Path
    """Folder for the fonts made for the page."""
    printed_on: Callable[[], date | None]
    """The local date, for what is printed; None where nobody knows it."""
    clock_is_right: Callable[[], bool]
    """Whether the machine's clock, by which a ticket is due, shows the time."""
    origin: str = ""
    """Name of this kiosk; empty at the centre."""
    look_ups: LookUps | None = None
    """None on a machine that belongs to no centre: nobody would ever answer."""
    is_shut_out: Callable[[], bool] = _is_never
    """Whether the centre has shut this box out: then it takes nothing personal any more."""
    asked_tickets: AskedTickets | None = None
    """What is told of a ticket; None where nobody can tell."""
    usage: Usage | None = None
    """Counts what is asked, for the centre; None on a machine that belongs to none."""

    def within(self, limit: str, subject: str, once: str | None = None) -> None:
        """Count one; see :meth:`stores.limiter.Limiter.allows`.

        Raises:
            Problem: it is too many.
        """
        if not self.limiter.allows(limit, subject, once):
            raise Problem(429, "too_many", f"too many for now: the limit {limit} is reached")
