"""Everything a process needs to take, answer and send text messages, put together once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from prometheus_client import CollectorRegistry
from redis import Redis

from channels.conversing import Conversing
from channels.sms.answering import Answering
from channels.sms.answering.inline_answers import InlineAnswers
from channels.sms.answering.replying import Replying
from channels.sms.arrivals import StoredArrivals
from channels.sms.citizens.consents import Consents
from channels.sms.citizens.ticket_records import TicketRecords
from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.figures import SmsFigures
from channels.sms.notices.notice_rule import NoticeRule
from channels.sms.providers.registry import longest, number_table, set_up
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.inline_texts import InlineTexts
from channels.sms.queue.message_records import MessageRecords
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.owners import Owner
from channels.sms.queue.wake import Wake
from channels.sms.routes.number_table import NumberTable
from runtime.clock import now
from runtime.settings import Settings
from stores.database import Database
from stores.sealing import Seal
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

    @classmethod
    def open(
        cls,
        kind: str,
        settings: Settings,
        conversing: Conversing,
        database: Database,
        redis: Redis,
        registry: CollectorRegistry,
    ) -> Self:
        """Put it together; call it after the last fork.

        Args:
            kind: of process, seen in leases: ``web``, ``worker``.
            settings: of this installation.
            conversing: the way to the core.
            database: its tables are made.
            redis: with a short time limit.
            registry: of the process' figures.

        Raises:
            SettingsError: the table of routes is wrong.
        """
        seal = Seal(settings.secret())
        table = number_table(settings)
        figures = SmsFigures(registry)
        wake = Wake(redis)
        owner = Owner.of(settings, kind)
        outbox = Outbox(database, seal, table, NoticeRule(Consents(database)))
        inbox = Inbox(database, seal, outbox)
        receipts = Receipts(database)
        records = MessageRecords(database, seal, settings.sms_days)
        tickets = TicketStore(database, seal, now)
        answering = Answering(
            conversing,
            database,
            redis,
            seal,
            settings,
            records=(records, TicketRecords(tickets)),
            longest=longest(settings),
        )
        return cls(
            settings=settings,
            table=table,
            inbox=inbox,
            outbox=outbox,
            upkeep=OutboxUpkeep(database, seal, table),
            receipts=receipts,
            records=records,
            tickets=tickets,
            arrivals=StoredArrivals(inbox, receipts, wake, figures),
            replying=Replying(inbox, answering, settings, figures, owner.name),
            texts=InlineTexts(database, seal),
            wake=wake,
            figures=figures,
            owner=owner,
        )

    def inline(self) -> InlineAnswers:
        """Answers inside webhooks' responses; one a process."""
        return InlineAnswers(
            self.inbox,
            self.texts,
            self.replying,
            self.wake,
            self.figures,
            self.settings,
            self.owner,
            other_way=bool(set_up(self.settings)),
        )
