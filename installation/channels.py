"""What the channels of an installation share: conversations with the core, text messages, the telephone's dialogue."""

from __future__ import annotations

from functools import cached_property

from channels.conversing import Conversing
from channels.core_client import CoreClient
from channels.metrics import Metrics
from channels.paging import Paging
from channels.phone.dialogue.call import CallDialogue
from channels.phone.line import call_dialogue
from channels.sms.parts import SmsParts
from channels.turn_counts import TurnCounts
from installation.asked_texts import asked_texts
from installation.root import Installation
from installation.text_messages import TextMessageStores, sms_parts
from stores.limiter import Limiter


class ChannelStores:
    """One process' share in the channels; made after figures were shared, and after the last fork.

    Args:
        installation: whose channels.
        kind: of process, seen in leases: ``web``, ``worker``, ``voice``.
    """

    def __init__(self, installation: Installation, kind: str) -> None:
        self._here = installation
        self._kind = kind
        self.metrics = Metrics()
        self.core = CoreClient.from_settings(installation.settings)

    @cached_property
    def conversing(self) -> Conversing:
        """The way to the core."""
        here = self._here
        return Conversing(
            self.core, Paging(here.redis, here.seal), here.settings, self.metrics, TurnCounts(here.redis, here.now)
        )

    @cached_property
    def limiter(self) -> Limiter:
        """How much each door takes.

        Raises:
            SettingsError: ``MOTCUA_LIMITS`` is wrong.
        """
        here = self._here
        return Limiter(here.redis, here.seal, here.limits)

    @cached_property
    def sms(self) -> SmsParts:
        """Text messages.

        Raises:
            SettingsError: the table of routes is wrong.
        """
        return sms_parts(self._here, self._kind, self.conversing, self.metrics.registry)

    @cached_property
    def dialogue(self) -> CallDialogue:
        """The dialogue of calls, for every carrier."""
        here = self._here
        return call_dialogue(
            here.settings,
            core=self.conversing,
            redis=here.redis,
            texts=asked_texts(here, self.sms.outbox, self.limiter),
            seal=here.seal,
            tickets=here.tickets,
            asked_tickets=TextMessageStores(here).asked_tickets(self.sms.wake),
            emergencies=here.emergencies,
            now=here.now,
            limiter=self.limiter,
            tried=self.conversing.tried,
            dry_run=self.core.dry_run,
        )
