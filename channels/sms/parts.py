"""Everything a process needs to take, answer and send text messages, put together once."""

from __future__ import annotations

from dataclasses import dataclass

from channels.sms.answering.inline_answers import InlineAnswers
from channels.sms.answering.replying import Replying
from channels.sms.arrivals import StoredArrivals
from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.figures import SmsFigures
from channels.sms.providers.registry import set_up
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.inline_texts import InlineTexts
from channels.sms.queue.lease_owners import Owner
from channels.sms.queue.message_records import MessageRecords
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.wake import Wake
from channels.sms.routes.number_table import NumberTable
from runtime.settings import Settings
from tickets.store import TicketStore


@dataclass(frozen=True, slots=True)
class SmsParts:
    """One process' share in text messages; its parts may be used from any thread."""

    settings: Settings
    table: NumberTable
    inbox: Inbox
    outbox: Outbox
    upkeep: OutboxUpkeep
    receipts: Receipts
    records: MessageRecords
    tickets: TicketStore
    arrivals: StoredArrivals
    replying: Replying
    texts: InlineTexts
    wake: Wake
    figures: SmsFigures
    owner: Owner

    def inline(self) -> InlineAnswers:
        """Answers inside webhooks' responses; one a process."""
        return InlineAnswers(
            self.inbox,
            self.arrivals,
            self.texts,
            self.replying,
            self.wake,
            self.figures,
            self.settings,
            self.owner,
            other_way=bool(set_up(self.settings)),
        )
