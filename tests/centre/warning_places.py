"""Warnings of danger over a database of the tests, with sentences as they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from centre.warning_desk import WarningDesk
from channels.sms.citizens.consents import Consents
from channels.sms.queue.outbox import Outbox
from channels.sms.routes.number_table import NumberTable
from channels.warnings.given import Warnings
from channels.warnings.register import WarningRegister
from channels.warnings.rules import warning_rules, warning_sentence
from stores.database import Database
from stores.sealing import Seal

LIST = "số máy;xã;số phiếu\n0900000123;xã Ví Dụ;CB-1\n0900000124;xã Khác;CB-2\n"
"""A register as officers upload it."""


def warnings_of(database: Database, seal: Seal, clock: Callable[[], datetime]) -> WarningDesk:
    """The desk, whose messages go by one route, and that has a line out."""
    register = WarningRegister(database, seal, Consents(database, clock), clock)
    given = Warnings(
        database,
        seal,
        Outbox(database, seal, NumberTable({"": ["gsm"]}), clock=lambda: clock().timestamp()),
        register,
        lambda template, values, _person: (warning_sentence(template, values),),
        warning_rules(),
        clock,
    )
    return WarningDesk(given, register, can_call=True)
