"""Ends what erasing began: messages that were on their way, then what files still tell of what was deleted."""

from __future__ import annotations

from collections.abc import Callable

from channels.sms.queue.message_records import MessageRecords
from stores.erasures import Erasures
from stores.secure_deletion import Traces


class Erasing:
    """A step each time it is called, from one thread at a time.

    Args:
        erasures: the record of wishes.
        records: text messages.
        traces: what is left in files.
        renew_keys: writes the file of backups' keys anew, without those that were destroyed.
    """

    def __init__(
        self, erasures: Erasures, records: MessageRecords, traces: Traces, renew_keys: Callable[[], object]
    ) -> None:
        self._renew_keys = renew_keys
        self._erasures = erasures
        self._records = records
        self._traces = traces

    def step(self) -> int:
        """Erase what has arrived meanwhile; returns of how many wishes no row is left."""
        ended = 0
        for wish in self._erasures.open():
            if not self._records.erase_settled(wish.person, wish.asked_at.timestamp()):
                self._erasures.rows_gone(wish.id)
                ended += 1
        return ended

    def remove_traces(self) -> int:
        """Have files written anew where they may tell of what was deleted; returns of how many wishes nothing is left.

        Raises:
            RedisError: Redis is away, or cannot write its file anew.
            OSError: the file of backups' keys cannot be written.
        """
        since = self._erasures.traces_left_since()
        if since is None:
            self._traces.step()
            return 0
        if not self._traces.step(since.timestamp()):
            return 0
        self._renew_keys()
        return self._erasures.traces_gone(since)
