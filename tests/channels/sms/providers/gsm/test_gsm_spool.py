"""The store shared with smsd, where smsd's part is played by plain SQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from channels.sms.providers.gsm.configuration import ModemAddress
from channels.sms.providers.gsm.modem import Modem
from channels.sms.providers.gsm.receive import Bringing
from channels.sms.providers.gsm.send import POLL_SECONDS, GsmRoute
from channels.sms.providers.gsm.spool import Progress, Spool, Stage
from channels.sms.routes.messages import Delivery, IncomingMessage, OutgoingMessage, Receipt
from channels.sms.routes.route import Fault, SendFailed
from runtime import clock
from stores.sealing import Seal

TWO_PARTS = "ạ" * 100


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "gsm" / "spool.db"


@pytest.fixture
def spool(file: Path) -> Iterator[Spool]:
    one = Spool(file)
    yield one
    one.close()


@pytest.fixture
def smsd(file: Path, spool: Spool) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(file, isolation_level=None)
    yield connection
    connection.close()


@pytest.fixture
def route(file: Path, spool: Spool) -> GsmRoute:
    seal = Seal(b"a secret of the tests")
    keeper = Modem("gammu-smsd", ModemAddress("/dev/null", "at"), spool, file, seal)
    return GsmRoute(spool, keeper, seal, "+84900000100", 1.0, clock.now, patience_seconds=0.0)


@pytest.fixture
def bringing(spool: Spool) -> Bringing:
    return Bringing(spool, "gsm", Seal(b"a secret of the tests"), "+84900000100", clock.now)


def pick_up(smsd: sqlite3.Connection) -> int:
    (id,) = smsd.execute("SELECT max(ID) FROM outbox").fetchone()
    smsd.execute("UPDATE outbox SET SendingTimeOut = datetime('now', '+60 seconds') WHERE ID = ?", (id,))
    return int(id)


def sent(smsd: sqlite3.Connection, id: int, part: int, status: str = "SendingOK") -> None:
    smsd.execute(
        "INSERT INTO sentitems (ID, SequencePosition, InsertIntoDB, SendingDateTime, Text, DestinationNumber, Coding,"
        " UDH, SenderID, Status, CreatorID) SELECT ID, ?, '', '', '', DestinationNumber, Coding, '', '', ?, CreatorID"
        " FROM outbox WHERE ID = ?",
        (part, status, id),
    )


def refused(smsd: sqlite3.Connection, id: int, code: int) -> None:
    smsd.execute("UPDATE outbox SET Retries = 1, StatusCode = ? WHERE ID = ?", (code, id))


def received(smsd: sqlite3.Connection, text: str, at: str = "2026-11-23 02:30:15", header: str = "") -> None:
    smsd.execute(
        "INSERT INTO inbox (ReceivingDateTime, Text, SenderNumber, UDH, RecipientID) VALUES (?, ?, ?, ?, '')",
        (at, text.encode("utf-16-be").hex().upper(), "+84900000001", header),
    )


def test_a_message_is_followed_until_the_network_has_it(spool: Spool, smsd: sqlite3.Connection) -> None:
    assert spool.progress("a") == Progress(Stage.ABSENT)
    spool.put("a", "+84900000001", TWO_PARTS)
    assert spool.progress("a") == Progress(Stage.WAITING, 2)
    id = pick_up(smsd)
    sent(smsd, id, 1)
    assert spool.progress("a") == Progress(Stage.SENDING, 2, 1)
    sent(smsd, id, 2)
    smsd.execute("DELETE FROM outbox")
    assert spool.progress("a") == Progress(Stage.SENT, 2, 2)


def test_the_same_reference_is_put_once(spool: Spool, smsd: sqlite3.Connection) -> None:
    for _ in range(2):
        spool.put("a", "+84900000001", "Chào")
    assert smsd.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
    sent(smsd, pick_up(smsd), 1)
    smsd.execute("DELETE FROM outbox")
    spool.put("a", "+84900000001", "Chào")
    assert smsd.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


def test_what_smsd_has_not_taken_up_can_be_taken_back(spool: Spool, smsd: sqlite3.Connection) -> None:
    spool.put("a", "+84900000001", TWO_PARTS)
    assert spool.take_back("a")
    assert spool.progress("a").stage is Stage.WITHDRAWN
    assert smsd.execute("SELECT (SELECT count(*) FROM outbox), count(*) FROM outbox_multipart").fetchone() == (0, 0)
    spool.put("a", "+84900000001", TWO_PARTS)
    pick_up(smsd)
    assert not spool.take_back("a")


@pytest.mark.parametrize(("code", "stage"), [(38, Stage.WITHDRAWN), (-1, Stage.UNSURE)])
def test_a_failed_try_is_certain_only_with_a_code(
    spool: Spool, smsd: sqlite3.Connection, code: int, stage: Stage
) -> None:
    spool.put("a", "+84900000001", "Chào")
    refused(smsd, pick_up(smsd), code)
    assert spool.progress("a").code == code
    spool.give_up("a")
    assert spool.progress("a").stage is stage


def test_what_an_earlier_smsd_left_is_taken_out_before_the_next_begins(spool: Spool, smsd: sqlite3.Connection) -> None:
    spool.put("started", "+84900000001", "Chào")
    pick_up(smsd)
    spool.put("waiting", "+84900000001", "Chào")
    spool.give_up_all()
    assert [spool.progress(each).stage for each in ("started", "waiting")] == [Stage.UNSURE, Stage.WITHDRAWN]


@pytest.mark.parametrize(
    ("statuses", "delivery"),
    [
        (("DeliveryOK", "DeliveryOK"), Delivery.DELIVERED),
        (("DeliveryOK", "SendingOK"), None),
        (("DeliveryPending", "DeliveryUnknown"), None),
        (("DeliveryOK", "DeliveryFailed"), Delivery.FAILED),
        (("DeliveryFailed",), Delivery.FAILED),
    ],
)
def test_parts_are_reported_as_one_message(
    spool: Spool, smsd: sqlite3.Connection, statuses: tuple[str, ...], delivery: Delivery | None
) -> None:
    spool.put("a", "+84900000001", TWO_PARTS)
    id = pick_up(smsd)
    for part, status in enumerate(statuses, 1):
        sent(smsd, id, part, status)
    assert [report.delivery for report in spool.reports()] == ([delivery] if delivery else [])
    spool.reported("a")
    assert spool.reports() == []


def test_old_rows_are_forgotten(spool: Spool, smsd: sqlite3.Connection) -> None:
    spool.put("a", "+84900000001", "Chào")
    sent(smsd, pick_up(smsd), 1)
    smsd.execute("DELETE FROM outbox")
    spool.settle([], ["an identity"])
    spool.forget()
    assert spool.progress("a").stage is Stage.SENT
    assert spool.were_delivered(["an identity"])
    smsd.execute("UPDATE handed SET at = at - 4 * 86400")
    smsd.execute("UPDATE delivered SET at = at - 4 * 86400")
    spool.forget()
    assert spool.progress("a").stage is Stage.ABSENT
    assert not spool.were_delivered(["an identity"])
    assert smsd.execute("SELECT count(*) FROM sentitems").fetchone() == (0,)


class Failing:
    """A store that is away once."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.is_away = True

    def message(self, message: IncomingMessage) -> bool:
        if self.is_away:
            raise ConnectionError
        self.messages.append(message)
        return True

    def receipt(self, receipt: Receipt) -> None:
        raise AssertionError


def test_a_row_stays_until_its_message_is_stored(bringing: Bringing, spool: Spool, smsd: sqlite3.Connection) -> None:
    received(smsd, "Chào")
    arrivals = Failing()
    with pytest.raises(ConnectionError):
        bringing.bring(arrivals)
    assert len(spool.pieces()) == 1
    arrivals.is_away = False
    assert bringing.bring(arrivals) == 1
    assert [(message.body, message.received_at) for message in arrivals.messages] == [
        ("Chào", datetime(2026, 11, 23, 2, 30, 15, tzinfo=UTC))
    ]
    assert spool.pieces() == []


def test_a_message_tried_again_bears_the_same_id(bringing: Bringing, smsd: sqlite3.Connection) -> None:
    ids = []
    for at in ("2026-11-23 02:30:15", "2026-11-23 02:30:15", "2026-11-23 02:30:16"):
        received(smsd, "Chào", at)
        arrivals = Failing()
        arrivals.is_away = False
        smsd.execute("DELETE FROM delivered")
        bringing.bring(arrivals)
        ids += [message.provider_id for message in arrivals.messages]
    assert ids[0] == ids[1] != ids[2]


def test_the_centres_time_may_be_nonsense(bringing: Bringing, smsd: sqlite3.Connection) -> None:
    received(smsd, "Chào", "0000-00-00 00:00:00")
    arrivals = Failing()
    arrivals.is_away = False
    bringing.bring(arrivals)
    assert arrivals.messages[0].received_at.tzinfo is not None


async def test_without_a_modem_nothing_is_put(route: GsmRoute, smsd: sqlite3.Connection) -> None:
    with pytest.raises(SendFailed) as failed:
        await route.send(OutgoingMessage("a", "+84900000001", "Chào"))
    assert (failed.value.fault, failed.value.code) == (Fault.RETRYABLE, "modem_away")
    assert smsd.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


async def test_a_message_nobody_takes_up_goes_back_for_certain(route: GsmRoute, spool: Spool) -> None:
    spool.note_state("ready")
    with pytest.raises(SendFailed) as failed:
        await route.send(OutgoingMessage("a", "+84900000001", "Chào"))
    assert (failed.value.fault, failed.value.code) == (Fault.RETRYABLE, "modem_busy")
    assert await route.look_up(OutgoingMessage("a", "+84900000001", "Chào")) is None


@pytest.mark.parametrize(
    ("recipient", "text", "code"),
    [("VIETTEL", "Chào", "bad_number"), ("", "Chào", "bad_number"), ("+84900000001", "ạ" * 20_000, "too_long")],
)
async def test_what_can_never_be_sent_is_refused(
    route: GsmRoute, spool: Spool, recipient: str, text: str, code: str
) -> None:
    spool.note_state("ready")
    with pytest.raises(SendFailed) as failed:
        await route.send(OutgoingMessage("a", recipient, text))
    assert (failed.value.fault, failed.value.code) == (Fault.PERMANENT, code)


@pytest.mark.parametrize(("code", "fault"), [(1, Fault.PERMANENT), (-1, Fault.UNSURE)])
async def test_the_code_of_a_failed_try_is_awaited(
    route: GsmRoute, spool: Spool, smsd: sqlite3.Connection, code: int, fault: Fault
) -> None:
    spool.note_state("ready")
    spool.put("a", "+84900000001", "Chào")
    id = pick_up(smsd)
    # smsd writes this in two transactions, and we may look in between.
    smsd.execute("UPDATE outbox SET Retries = 1 WHERE ID = ?", (id,))
    sending = asyncio.create_task(route.send(OutgoingMessage("a", "+84900000001", "Chào")))
    await asyncio.wait([sending], timeout=POLL_SECONDS * 2)
    assert not sending.done()
    smsd.execute("UPDATE outbox SET StatusCode = ? WHERE ID = ?", (code, id))
    with pytest.raises(SendFailed) as failed:
        await sending
    assert failed.value.fault is fault


@pytest.mark.parametrize("damaged", ["00610", "0x61", "zz", "ố"])
def test_a_damaged_row_is_put_aside_and_stops_no_other(
    bringing: Bringing, spool: Spool, smsd: sqlite3.Connection, caplog: pytest.LogCaptureFixture, damaged: str
) -> None:
    received(smsd, "một")
    received(smsd, "hai")
    smsd.execute("UPDATE inbox SET Text = ? WHERE ID = 1", (damaged,))
    arrivals = Failing()
    arrivals.is_away = False
    assert bringing.bring(arrivals) == 1
    assert [message.body for message in arrivals.messages] == ["hai"]
    assert spool.damaged() == 1
    assert "damaged" in caplog.text
    assert bringing.bring(arrivals) == 0
    spool.forget(days=-1)
    assert spool.damaged() == 0


def test_a_spool_of_an_older_version_puts_damaged_rows_aside_too(file: Path, spool: Spool) -> None:
    spool.close()
    with sqlite3.connect(file) as older:
        older.execute("DROP TABLE damaged")
    again = Spool(file)
    assert again.damaged() == 0
    again.close()
