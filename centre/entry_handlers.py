"""What entries of kiosks do at the centre. Each may be done twice without harm: by its key it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from actions.dossiers.service import LookUp, Unavailable
from actions.dossiers.wording import DossierWording
from centre.kiosks import Kiosk
from centre.orders import BoxOrders
from contract.reply import Reply
from kiosk.protocol.entries import StatusRequestEntry, TextEntry, TicketEntry
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

OLDEST: Final = timedelta(days=400)
"""A box that says it waited for longer has a broken clock."""


class Texts(Protocol):
    """Puts a text message into the outbox."""

    def send(self, key: str, number: str, text: str) -> bool:
        """Whether it was taken; the same key is the same message."""
        ...


class NotYet(Exception):
    """It cannot be done now; try again later."""


@dataclass(frozen=True)
class Effects:
    """What the centre does with entries.

    Args:
        tickets: of the centre.
        look_up: asks the back end for dossiers.
        wording: of dossiers.
        texts: sends messages.
        orders: what was ordered of boxes.
        clock: the time, with zone.
    """

    tickets: TicketStore
    look_up: LookUp
    wording: DossierWording
    texts: Texts
    orders: BoxOrders
    clock: Callable[[], datetime]

    def ticket(self, kiosk: Kiosk, key: str, at: float, content: TicketEntry) -> None:
        """Keep a ticket with the time it was asked for at. Raises ``ValueError`` for an unknown kind."""
        self.tickets.add(
            Draft(
                key=key,
                kind=TicketKind(content.kind),
                channel=content.channel,
                contact=content.contact,
                words=content.words,
                place=content.place,
                procedure=content.procedure,
                tried=content.tried,
                origin=kiosk.name,
                created_at=self._dated(at),
                commune=kiosk.commune or None,
            )
        )

    def text(self, kiosk: str, key: str, content: TextEntry) -> None:
        """Send an answer that was asked for at a kiosk, named by its id. Raises :class:`NotYet`."""
        self._send(f"{kiosk}:{key}", content.phone, content.text)

    def status(self, kiosk: str, key: str, content: StatusRequestEntry, *, last_try: bool = False) -> None:
        """Look a dossier up and send how it stands.

        Args:
            kiosk: id of the one it was asked at.
            key: of the entry.
            content: of the entry.
            last_try: tell the citizen, too, that nothing could be looked up.

        Raises:
            NotYet: the back end or the outbox is away.
        """
        outcome = self.look_up.look_up(
            content.code, content.last4, f"kiosk:{kiosk}:{key}", channel="kiosk", marks=(f"place:box-{kiosk}",)
        )
        if isinstance(outcome, Unavailable) and outcome.retryable and not last_try:
            raise NotYet
        reply = self.wording.reply(outcome, content.language)
        self._send(f"{kiosk}:{key}", content.phone, _text(reply))

    def _send(self, key: str, phone: str, text: str) -> None:
        if not self.texts.send(key, phone, text):
            raise NotYet

    def _dated(self, at: float) -> datetime:
        now = self.clock()
        try:
            asked = datetime.fromtimestamp(at, UTC)
        except (OverflowError, OSError, ValueError):
            return now
        return min(asked, now) if now - asked < OLDEST else now


def _text(reply: Reply) -> str:
    return "\n".join(filter(None, (reply.short, reply.next_step)))
