"""Text messages of an installation: their stores for commands, and a process' whole share in them.

What answers and sends is imported by who does so: a list for an operator has no use for the core's client or Redis.
"""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING

from installation.root import Installation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prometheus_client import CollectorRegistry
    from sqlalchemy.orm import Session

    from actions.dossiers.model import Dossier
    from channels.conversing import Conversing
    from channels.sms.campaigns.campaigns import Campaigns
    from channels.sms.citizens.consents import Consents
    from channels.sms.citizens.preferences import Preferences
    from channels.sms.notices.following import Following
    from channels.sms.notices.notifying import Notifying
    from channels.sms.notices.one_time_post import OneTimePost
    from channels.sms.notices.opt_outs import ProviderOptOuts
    from channels.sms.parts import SmsParts
    from channels.sms.queue.message_records import MessageRecords
    from channels.sms.queue.outbox import Outbox
    from channels.sms.queue.outbox_upkeep import OutboxUpkeep
    from channels.sms.queue.wake import Wake
    from channels.sms.routes.number_table import NumberTable
    from channels.warnings.calls import WarningCalls
    from channels.warnings.given import Warnings
    from channels.warnings.register import WarningRegister
    from contract.wording import Wording
    from tickets.asked import AskedTickets
    from tickets.desk import Desk


class TextMessageStores:
    """What is kept of text messages, over the stores of an installation.

    Raises:
        SettingsError: from :attr:`table` and what needs it, when the table of routes is wrong.
    """

    def __init__(self, installation: Installation) -> None:
        self._here = installation

    @cached_property
    def table(self) -> NumberTable:
        """Which route a number is written to by."""
        from channels.sms.providers.registry import number_table, set_up

        # What is not set up takes nothing: a campaign would wait there until it is found out, message by message.
        return number_table(self._here.settings).among(set_up(self._here.settings))

    @cached_property
    def consents(self) -> Consents:
        """Who asked for notices, and who refused everything."""
        from channels.sms.citizens.consents import Consents

        return Consents(self._here.database, self._here.now)

    @cached_property
    def preferences(self) -> Preferences:
        """Who wants diacritics."""
        from channels.sms.citizens.preferences import Preferences

        return Preferences(self._here.database)

    @cached_property
    def outbox(self) -> Outbox:
        """What is to be sent."""
        from channels.sms.notices.notice_rule import NoticeRule
        from channels.sms.queue.outbox import Outbox

        here = self._here
        return Outbox(here.database, here.seal, self.table, NoticeRule(self.consents), brand=here.settings.sms_brand)

    @cached_property
    def upkeep(self) -> OutboxUpkeep:
        """Sends again, and gives up."""
        from channels.sms.queue.outbox_upkeep import OutboxUpkeep

        return OutboxUpkeep(self._here.database, self._here.seal, self.table)

    @cached_property
    def records(self) -> MessageRecords:
        """Messages as an operator may see them."""
        from channels.sms.queue.message_records import MessageRecords

        return MessageRecords(self._here.database, self._here.seal, self._here.settings.sms_days)

    def desk(self, wake: Wake) -> Desk:
        """What officers do with tickets, and the post by which they answer."""
        from channels.rendering.sms import SmsStyle
        from channels.sms.officer_texts import OfficerTexts
        from channels.sms.providers.registry import longest
        from tickets.desk import Desk

        here = self._here
        usual = SmsStyle.from_settings(here.settings, longest(here.settings))

        def style_of(session: Session, person: str) -> SmsStyle:
            return usual.with_diacritics(self.preferences.diacritics_within(session, person))

        return Desk(here.database, here.seal, here.now, OfficerTexts(self.outbox, wake, here.seal, style_of))

    def asked_tickets(self, wake: Wake) -> AskedTickets:
        """What whoever has a ticket's number is told of it."""
        from contract.wording import wording_of
        from language import data
        from tickets.asked import AskedTickets

        here = self._here

        def replies() -> Wording:
            return wording_of(data.folder()).room("replies")

        return AskedTickets(here.database, here.seal, here.tickets, self.desk(wake), replies, here.now)

    @cached_property
    def following(self) -> Following:
        """Tells news of dossiers to those who asked for them."""
        from channels.sms.notices.following import Following
        from channels.sms.officer_texts import last_number_of

        here = self._here

        def news(dossier: Dossier, language: str, reminder: bool) -> str:
            return here.dossier_wording.news(dossier, language, reminder=reminder)

        return Following(
            here.database,
            here.seal,
            here.dossier_source,
            self.consents,
            self.notifying(),
            news,
            here.dossiers,
            here.dossier_wording.later,
            partial(last_number_of, here.seal),
            here.now,
            here.dossier_pushes,
        )

    @cached_property
    def one_time_post(self) -> OneTimePost:
        """Takes one-time codes to the numbers on dossiers."""
        from channels.rendering.sms import SmsStyle
        from channels.sms.notices.one_time_post import OneTimePost
        from channels.sms.providers.registry import longest
        from channels.sms.queue.wake import Wake

        here = self._here
        return OneTimePost(
            self.outbox,
            Wake(here.redis),
            self.consents,
            self.preferences,
            here.seal,
            SmsStyle.from_settings(here.settings, longest(here.settings)),
            here.dossier_wording.one_time_code,
            here.now,
        )

    @cached_property
    def opt_outs(self) -> ProviderOptOuts:
        """Notes who has told a provider that our messages are not wanted."""
        from channels.sms.notices.opt_outs import ProviderOptOuts
        from channels.sms.providers.tables import opt_out_codes

        return ProviderOptOuts(self._here.database, self.consents, opt_out_codes(), self._here.now)

    @cached_property
    def campaigns(self) -> Campaigns:
        """One sentence to many."""
        from channels.rendering.sms import SmsStyle
        from channels.sms.answering.own_words import own_lines
        from channels.sms.campaigns.campaigns import Campaigns
        from channels.sms.campaigns.rules import rules, sentence
        from channels.sms.notices.notice_rule import notice_hours
        from channels.sms.providers.registry import longest
        from language.languages import default_language

        here = self._here
        usual = SmsStyle.from_settings(here.settings, longest(here.settings))

        def texts(template: str, values: Mapping[str, str], person: str | None) -> tuple[str, ...]:
            style = usual if person is None else usual.with_diacritics(self.preferences.diacritics(person))
            return own_lines(style, default_language(), [sentence(template, values), self._notice_end()])

        return Campaigns(here.database, here.seal, self.outbox, self.consents, texts, rules(), notice_hours(), here.now)

    @cached_property
    def warned(self) -> WarningRegister:
        """Who asked to be warned of danger, and where."""
        from channels.warnings.register import WarningRegister

        return WarningRegister(self._here.database, self._here.seal, self.consents, self._here.now)

    @cached_property
    def warnings(self) -> Warnings:
        """Warnings of danger."""
        from channels.rendering.sms import SmsStyle
        from channels.sms.answering.own_words import own_lines
        from channels.sms.providers.registry import longest
        from channels.warnings.given import Warnings
        from channels.warnings.rules import warning_rules, warning_sentence
        from language.languages import default_language

        here = self._here
        usual = SmsStyle.from_settings(here.settings, longest(here.settings))

        def texts(template: str, values: Mapping[str, str], person: str | None) -> tuple[str, ...]:
            style = usual if person is None else usual.with_diacritics(self.preferences.diacritics(person))
            return own_lines(style, default_language(), [warning_sentence(template, values)])

        return Warnings(here.database, here.seal, self.outbox, self.warned, texts, warning_rules(), here.now)

    @cached_property
    def warning_calls(self) -> WarningCalls:
        """Who is to be called for a warning."""
        from channels.warnings.calls import WarningCalls
        from channels.warnings.rules import warning_rules

        here = self._here
        return WarningCalls(here.database, here.seal, self.consents, warning_rules().calls, here.now)

    def notifying(self) -> Notifying:
        """Sends notices to those who asked for them."""
        from channels.rendering.sms import SmsStyle
        from channels.sms.notices.notifying import Notifying
        from channels.sms.providers.registry import longest

        style = SmsStyle.from_settings(self._here.settings, longest(self._here.settings))
        return Notifying(self.outbox, self.consents, self.preferences, self._here.seal, style, self._notice_end)

    def _notice_end(self) -> str:
        from channels.sms.notices.notifying import notice_end

        return notice_end(self._here.settings.sms_brand, self._here.settings.service_number)


def sms_parts(here: Installation, kind: str, conversing: Conversing, registry: CollectorRegistry) -> SmsParts:
    """A process' share in text messages; call it after the last fork.

    Args:
        here: the installation; its tables are made.
        kind: of process, seen in leases: ``web``, ``worker``, ``voice``.
        conversing: the way to the core.
        registry: of the process' figures.

    Raises:
        SettingsError: the table of routes is wrong.
    """
    from centre.waiting_of_person import WaitingOfPerson
    from channels.sms.answering import Answering
    from channels.sms.answering.replying import Replying
    from channels.sms.answering.to_officers import ToOfficers
    from channels.sms.answering.voice_notes import RecognisedNotes
    from channels.sms.arrivals import StoredArrivals
    from channels.sms.campaigns.tables import CampaignRecipientRow
    from channels.sms.citizens.follow_tables import FollowRow
    from channels.sms.citizens.rows_of_person import RowsOfPerson
    from channels.sms.citizens.ticket_records import TicketRecords
    from channels.sms.delivery.delivery_receipts import Receipts
    from channels.sms.figures import SmsFigures
    from channels.sms.parts import SmsParts
    from channels.sms.providers.registry import longest
    from channels.sms.queue.arrival_spool import ArrivalSpool
    from channels.sms.queue.inbox import Inbox
    from channels.sms.queue.inline_texts import InlineTexts
    from channels.sms.queue.lease_owners import Owner
    from channels.sms.queue.wake import Wake
    from channels.warnings.tables import WarnedRow, WarningRecipientRow
    from installation.recognition import recognises

    stores = TextMessageStores(here)
    settings = here.settings
    figures, wake, owner = SmsFigures(registry), Wake(here.redis), Owner.of(settings, kind)
    inbox, receipts = (
        Inbox(here.database, here.seal, stores.outbox, tells_twins=settings.sms_ignore_machines),
        Receipts(here.database),
    )
    answering = Answering(
        conversing,
        here.redis,
        here.seal,
        settings,
        consents=stores.consents,
        preferences=stores.preferences,
        erasures=here.erasures,
        records=(
            stores.records,
            RowsOfPerson(here.database, FollowRow.person, "follows"),
            TicketRecords(here.tickets),
            RowsOfPerson(here.database, CampaignRecipientRow.person, "campaigns"),
            RowsOfPerson(here.database, WarnedRow.person, "warned"),
            RowsOfPerson(here.database, WarningRecipientRow.person, "warnings"),
            WaitingOfPerson(here.database, here.seal),
        ),
        longest=longest(settings),
        emergencies=here.emergencies,
        now=here.now,
        officers=ToOfficers(here.tickets, stores.desk(wake), stores.asked_tickets(wake)),
        voice_notes=RecognisedNotes(settings) if recognises(settings) else None,
    )
    spool = ArrivalSpool(settings.data_path / "sms" / "spool", here.seal)
    arrivals = StoredArrivals(inbox, receipts, wake, figures, spool)
    # What a process that was killed has left behind.
    arrivals.drain_later()
    return SmsParts(
        settings=settings,
        table=stores.table,
        inbox=inbox,
        outbox=stores.outbox,
        upkeep=stores.upkeep,
        receipts=receipts,
        records=stores.records,
        tickets=here.tickets,
        arrivals=arrivals,
        replying=Replying(inbox, answering, settings, figures, owner.name),
        texts=InlineTexts(here.database, here.seal),
        wake=wake,
        figures=figures,
        owner=owner,
    )
