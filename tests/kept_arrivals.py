"""A store for what routes bring, in memory, for tests of a route alone."""

from __future__ import annotations

import threading

from channels.sms.routes.messages import IncomingMessage, Receipt


class KeptArrivals:
    """Keeps each message once, by its provider's id; can be out of order."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.receipts: list[Receipt] = []
        self.repeats = 0
        self.broken = False
        self._lock = threading.Lock()

    def message(self, message: IncomingMessage) -> bool:
        """Keep a message; False when it is there."""
        with self._lock:
            self._fail_when_broken()
            if any(kept.provider_id == message.provider_id for kept in self.messages):
                self.repeats += 1
                return False
            self.messages.append(message)
            return True

    def receipt(self, receipt: Receipt) -> None:
        """Keep a receipt."""
        with self._lock:
            self._fail_when_broken()
            self.receipts.append(receipt)

    def _fail_when_broken(self) -> None:
        if self.broken:
            raise OSError("the store is out of order")
