"""Brings what came in over the modem to the assistant: nobody calls us here, so the spool is looked into."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime

from channels.sms.providers.gsm.form import identity, read_message
from channels.sms.providers.gsm.joining import Piece, Whole, join
from channels.sms.providers.gsm.spool import Spool
from channels.sms.providers.gsm.status import bring_receipts
from channels.sms.routes.route import Arrivals
from runtime import logs
from stores.sealing import Seal

PARTS_WAIT_SECONDS = 120.0
"""How long missing parts of a long message are awaited."""

FETCH_SECONDS = 0.5
TROUBLE_SECONDS = 2.0
FORGET_SECONDS = 3600.0

_log = logs.get(__name__)


class Bringing:
    """Messages and receipts of one spool.

    Args:
        spool: what smsd works on.
        route: the modem's.
        seal: hashes the identity of what came in.
        number: ours, as citizens dial it.
        now: the clock.
        parts_wait_seconds: how long missing parts of a message are awaited.
    """

    def __init__(
        self,
        spool: Spool,
        route: str,
        seal: Seal,
        number: str,
        now: Callable[[], datetime],
        parts_wait_seconds: float = PARTS_WAIT_SECONDS,
    ) -> None:
        self._spool = spool
        self._route = route
        self._seal = seal
        self._number = number
        self._now = now
        self._parts_wait = parts_wait_seconds

    async def run(self, arrivals: Arrivals) -> None:
        """Look again and again, until cancelled."""
        forgotten = 0.0
        while True:
            wait = FETCH_SECONDS
            try:
                await asyncio.to_thread(self.bring, arrivals)
                if time.monotonic() - forgotten >= FORGET_SECONDS or not forgotten:
                    await asyncio.to_thread(self._spool.forget)
                    forgotten = time.monotonic()
            except Exception as error:
                # The rows are still there; a database that is away must not end the only way to the modem.
                _log.error("messages of the modem wait", cause=type(error).__name__)
                wait = TROUBLE_SECONDS
            await asyncio.sleep(wait)

    def bring(self, arrivals: Arrivals) -> int:
        """Bring everything that is ready to the assistant; a row leaves the spool after it was stored there.

        Returns:
            How many messages and reports there were.
        """
        wholes = join(self._readable(), self._now().timestamp(), self._parts_wait)
        for whole in wholes:
            self._bring_message(whole, arrivals)
        return len(wholes) + bring_receipts(self._spool, self._route, arrivals)

    def _readable(self) -> list[Piece]:
        """What can be read; a row that cannot is put aside and told of, and stops no other."""
        readable = []
        for piece in self._spool.pieces():
            if not piece.is_damaged:
                readable.append(piece)
                continue
            self._spool.quarantine(piece.id)
            _log.error("a message of the modem is damaged and was put aside", row=piece.id, aside=self._spool.damaged())
        return readable

    def _bring_message(self, whole: Whole, arrivals: Arrivals) -> None:
        identities = [identity(piece, self._seal) for piece in whole.pieces]
        if not self._spool.were_delivered(identities):
            if whole.missing:
                _log.warning("a message lacks parts that never came", missing=whole.missing)
            arrivals.message(read_message(whole, self._route, self._number, self._seal, self._now))
        self._spool.settle([piece.id for piece in whole.pieces], identities)
