"""What officers write goes out in the citizen's style, kept together with the line it belongs to."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from channels.sms.queue.content import Content
from channels.sms.queue.tables import incoming, outgoing
from channels.sms.queue.wake import Wake
from installation.root import Installation
from installation.text_messages import TextMessageStores
from runtime.clock import VIETNAM
from runtime.settings import Settings
from tickets.desk import NoWayBack
from tickets.store import PERSON
from tickets.ticket import Draft, TicketKind

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
PHONE = "+84900000123"


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    installation = Installation(Settings(data_dir=tmp_path), now=lambda: NOW)
    installation.make_tables()
    return installation


def test_a_reply_and_its_line_are_one_transaction_of_one_connection(here: Installation) -> None:
    stores = TextMessageStores(here)
    desk = stores.desk(Wake(here.redis))
    stores.preferences.choose_diacritics(here.seal.hash(PERSON, PHONE), True)
    # A fresh process has no connection in its pool: one opened inside the transaction would wait for its own lock.
    here.database.engine.dispose()
    number = here.tickets.add(Draft("k", TicketKind.CALL_BACK, "sms", PHONE)).number
    desk.reply(number, "lan", "form", "Mai có thợ", "Phiếu: Mai có thợ")
    with here.database.reading() as session:
        (row,) = session.execute(select(outgoing)).all()
    content = Content.opened(row.sealed, here.seal)
    assert (content.citizen, content.text) == (PHONE, "Phiếu: Mai có thợ")


def test_a_report_is_answered_at_the_number_it_came_from_as_long_as_that_is_kept(here: Installation) -> None:
    desk, person = TextMessageStores(here).desk(Wake(here.redis)), here.seal.hash(PERSON, PHONE)
    number = here.tickets.add(Draft("r", TicketKind.REPORT, "sms", words="cầu hỏng", person=person)).number
    assert not desk.reaches(number)
    with pytest.raises(NoWayBack):
        desk.reply(number, "lan", "a", "Chào", "Chào")
    sealed = Content(PHONE, None, "cau hong").sealed(here.seal)
    values = {"key": "m", "route": "gsm", "person": person, "sealed": sealed, "media": 0, "state": "answered"}
    moments = {"received_at": 0.0, "stored_at": 0.0, "next_try_at": 0.0, "attempts": 1, "cause": ""}
    with here.database.writing() as session:
        session.execute(incoming.insert().values(**values, **moments))
    assert desk.reaches(number)
    desk.reply(number, "lan", "a", "Chào", "Chào")
    with here.database.reading() as session:
        (row,) = session.execute(select(outgoing)).all()
    assert Content.opened(row.sealed, here.seal).citizen == PHONE
