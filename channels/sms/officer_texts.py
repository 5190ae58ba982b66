"""What officers write to citizens, through the queue all messages take."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from channels.rendering.pages import paginate
from channels.rendering.sms import SmsStyle
from channels.sms.citizens.citizen import Citizen
from channels.sms.queue.content import ERASED, Content
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.tables import incoming
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import Kind
from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber
from stores.sealing import Seal, SealBroken


class OfficerTexts:
    """The post of :class:`tickets.desk.Desk`.

    Args:
        outbox: the queue of outgoing messages.
        wake: tells the worker that there is something to send.
        seal: makes the keyed hash of the recipient.
        style_of: how somebody wants messages written, by the keyed hash of the number; reads in the given session.
    """

    def __init__(self, outbox: Outbox, wake: Wake, seal: Seal, style_of: Callable[[Session, str], SmsStyle]) -> None:
        self._outbox = outbox
        self._wake = wake
        self._seal = seal
        self._style_of = style_of

    def add(self, session: Session, key: str, number: str, words: str) -> None:
        """Queue the whole text, in as many messages as it takes, within the caller's transaction.

        Raises:
            ValueError: the number is none that takes text messages.
        """
        citizen = Citizen.of(number, self._seal)
        if citizen is None or not self.takes(number):
            raise ValueError("no text message can be sent to this number")
        style = self._style_of(session, citizen.person)
        pages = paginate(words.split("\n"), style.fits)
        self._outbox.add_within(
            session,
            [
                NewMessage(f"{key}:{index}", citizen.phone, style.write(page), Kind.ANSWER, citizen.person)
                for index, page in enumerate(pages)
            ],
        )

    def takes(self, number: str) -> bool:
        """Whether text messages reach a number: a mobile one."""
        try:
            return PhoneNumber.parse(number).kind is PhoneKind.MOBILE
        except InvalidPhoneNumber:
            return False

    def number_of(self, session: Session, person: str) -> str | None:
        """The number somebody last wrote from; None once messages of that age are erased."""
        return last_number_of(self._seal, session, person)

    def call(self) -> None:
        """Wake the worker."""
        self._wake.outgoing()


def last_number_of(seal: Seal, session: Session, person: str) -> str | None:
    """The number somebody last wrote from; None once messages of that age are erased."""
    query = select(incoming.c.sealed).where(incoming.c.person == person, incoming.c.sealed != ERASED)
    sealed = session.scalar(query.order_by(incoming.c.id.desc()).limit(1))
    try:
        return Content.opened(sealed, seal).citizen if sealed else None
    except SealBroken:
        return None
