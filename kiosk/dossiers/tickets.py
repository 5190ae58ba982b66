"""A ticket asked about at a box: the centre tells how far it is, since officers work on it there."""

from __future__ import annotations

from actions.dossiers.backend import BackendError
from kiosk.centre_link.client import SyncError
from kiosk.dossiers.asking import LookedUp, LookUp
from kiosk.dossiers.look_up import KioskStore, hashed
from tickets.asked import Proof, Told
from tickets.ticket import Rating


class TicketsAtCentre:
    """Over the line; without one nothing is known.

    Args:
        centre: who is asked.
    """

    def __init__(self, centre: KioskStore) -> None:
        self._centre = centre

    def tell(self, number: str, language: str, proof: Proof, channel: str | None = None) -> Told:
        """See :meth:`tickets.asked.AskedTickets.tell`; raises ``ConnectionError`` where the centre is not heard."""
        found = self._asked(number, language, proof)
        return Told(number, found.told[0], "\n".join(found.told[1:]), found.may_rate, found.needs_proof)

    def thanks(self, number: str, rating: Rating, language: str, proof: Proof, channel: str | None = None) -> str:
        """See :meth:`tickets.asked.AskedTickets.thanks`; raises as :meth:`tell`."""
        return self._asked(number, language, proof, rating).told[0]

    def _asked(self, number: str, language: str, proof: Proof, rating: Rating | None = None) -> LookedUp:
        question = LookUp(
            code=number,
            last4=proof.last4,
            conversation=hashed(number),
            language=language,
            is_ticket=True,
            rating=int(rating) if rating is not None else 0,
        )
        try:
            found = self._centre.asked(question)
        except (BackendError, SyncError) as error:
            raise ConnectionError(f"the centre is not heard: {type(error).__name__}") from None
        if found.outcome != "told" or not found.told:
            raise ConnectionError("the centre does not tell of tickets now")
        return found
