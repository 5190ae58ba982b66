"""Campaigns over a database of the tests, with sentences as they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.sms.campaigns.campaigns import Campaigns
from channels.sms.campaigns.rules import rules, sentence
from channels.sms.citizens.consents import Consents
from channels.sms.notices.notice_rule import notice_hours
from channels.sms.queue.outbox import Outbox
from channels.sms.routes.number_table import NumberTable
from stores.database import Database
from stores.sealing import Seal


def campaigns_of(database: Database, seal: Seal, clock: Callable[[], datetime]) -> Campaigns:
    """The campaigns, whose messages go by one route."""
    return Campaigns(
        database,
        seal,
        Outbox(database, seal, NumberTable({"": ["gsm"]}), clock=lambda: clock().timestamp()),
        Consents(database, clock),
        lambda template, values, _person: (sentence(template, values),),
        rules(),
        notice_hours(),
        clock,
    )
