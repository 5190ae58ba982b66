"""Conversations as this process read them last, so that the next turn reads only what was added."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

KEPT_SECONDS = 300.0
"""Longer than people think before they answer; what they said is not for this process's memory to keep."""

KEPT_CONVERSATIONS = 256
"""At once; 25 MB when all of them are ten turns long."""


@dataclass(frozen=True)
class Known:
    """One conversation as it was read."""

    tracker: DialogueStateTracker
    """Never handed out, only copied."""
    domain: Domain
    """What it was read with; another model may know other slots."""
    lines: int
    """How many lines it was read from, at least one."""
    last: str
    """The last of them. Lines are only appended, so while this one stands at its place the ones before it do, too."""


class RecentlyRead:
    """What was read lately, a bounded number for a bounded time.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[float, Known]] = OrderedDict()

    def find(self, conversation: str, domain: Domain) -> Known | None:
        """The conversation as it was read last with this domain, unless that is too long ago."""
        oldest = self._clock() - KEPT_SECONDS
        while self._known and next(iter(self._known.values()))[0] < oldest:
            self._known.popitem(last=False)
        _, known = self._known.get(conversation, (0.0, None))
        return known if known is not None and known.domain is domain else None

    def keep(self, known: Known) -> None:
        """Remember what was just read."""
        conversation = known.tracker.sender_id
        self._known[conversation] = (self._clock(), known)
        self._known.move_to_end(conversation)
        if len(self._known) > KEPT_CONVERSATIONS:
            self._known.popitem(last=False)

    def forget(self, conversation: str) -> None:
        """Nothing of a conversation stays."""
        self._known.pop(conversation, None)
