"""The modem route on the real gammu-smsd, which speaks to a modem on a pseudo-terminal.

Some tests share one running system: connecting takes gammu five seconds.
"""

from __future__ import annotations

import logging
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
from at_modem import AtModem, Deed, at_modem, until
from pdu import deliver, joined, report
from running_route import RunningRoute, needs_smsd

from channels.sms.providers.gsm.spool import Stage
from channels.sms.providers.gsm.watch import ModemState
from channels.sms.routes.messages import Delivery, OutgoingMessage
from channels.sms.routes.route import Fault, SendFailed
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

pytestmark = [needs_smsd, pytest.mark.xdist_group("gsm")]

HANOI = timezone(timedelta(hours=7))
AT = datetime(2026, 11, 23, 9, 30, 15, tzinfo=HANOI)
ANSWER = "Đăng ký khai sinh: nộp tờ khai và giấy chứng sinh tại Ủy ban nhân dân xã, không mất tiền. " * 3

_serial = count(1)


@pytest.fixture
def sender() -> str:
    """A citizen nobody else in this module is."""
    return f"+849000{next(_serial):05d}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("gsm")


@pytest.fixture(scope="module")
def shared_modem(folder: Path) -> Iterator[AtModem]:
    with at_modem(folder) as modem:
        yield modem


@pytest.fixture(scope="module")
def running(folder: Path, shared_modem: AtModem) -> Iterator[RunningRoute]:
    route = RunningRoute(folder, shared_modem).wait_until_ready()
    yield route
    route.stop()


@pytest.fixture
def modem(tmp_path: Path) -> Iterator[AtModem]:
    with at_modem(tmp_path) as one:
        yield one


@pytest.fixture
def route(tmp_path: Path, modem: AtModem) -> Iterator[RunningRoute]:
    one = RunningRoute(tmp_path, modem).wait_until_ready()
    yield one
    one.stop()


def bodies_of(route: RunningRoute, sender: str) -> list[str]:
    return [message.body for message in route.arrivals.messages if message.sender == sender]


@pytest.mark.parametrize(
    "text",
    [
        "Em hỏi giấy khai sinh cho con mới đẻ ạ",
        "vo em moi sinh chau hom qua",
        "gia bao nhieu {ho tro} [x] ~ 5€ \\ ^ |",
        "Cảm ơn nhiều 😀",
    ],
)
def test_a_question_arrives_once_and_to_the_letter(running: RunningRoute, sender: str, text: str) -> None:
    running.modem.receive(deliver(sender, text, at=AT))
    until(lambda: bodies_of(running, sender) == [text])
    message = next(each for each in running.arrivals.messages if each.sender == sender)
    assert message.received_at == AT
    assert message.recipient == "+84900000100"
    until(lambda: running.modem.kept == 0)
    assert running.spool.pieces() == []


def test_a_damaged_row_stops_no_message_behind_it(running: RunningRoute, sender: str) -> None:
    with sqlite3.connect(running.file, timeout=30) as smsd:
        smsd.execute(
            "INSERT INTO inbox (ReceivingDateTime, Text, SenderNumber, UDH, RecipientID)"
            " VALUES (?, '00610', ?, '', '')",
            (f"{AT:%Y-%m-%d %H:%M:%S}", "+84900000009"),
        )
    smsd.close()
    running.modem.receive(deliver(sender, "khai sinh cần gì", at=AT))
    until(lambda: bodies_of(running, sender) == ["khai sinh cần gì"])
    until(lambda: running.spool.damaged() == 1)
    running.spool.forget(days=-1)
    assert running.spool.damaged() == 0


def test_parts_in_the_wrong_order_become_one_message(running: RunningRoute, sender: str) -> None:
    running.modem.receive(
        deliver(sender, "giấy tờ gì ạ?", at=AT, part=(7, 3, 3)),
        deliver(sender, "Em muốn hỏi ", at=AT, part=(7, 3, 1)),
        deliver(sender, "làm khai sinh cần ", at=AT, part=(7, 3, 2)),
    )
    until(lambda: bodies_of(running, sender) == ["Em muốn hỏi làm khai sinh cần giấy tờ gì ạ?"])


def test_two_citizens_whose_parts_bear_the_same_number_are_kept_apart(running: RunningRoute, sender: str) -> None:
    other = f"+849000{next(_serial):05d}"
    running.modem.receive(
        deliver(sender, "một ", at=AT, part=(9, 2, 1)),
        deliver(other, "hai", at=AT, part=(9, 2, 2)),
        deliver(sender, "hai", at=AT, part=(9, 2, 2)),
        deliver(other, "mot ", at=AT, part=(9, 2, 1), ucs2=False),
    )
    until(lambda: bodies_of(running, sender) == ["một hai"] and bodies_of(running, other) == ["mot hai"])


def test_when_a_part_never_comes_the_others_are_not_lost(running: RunningRoute, sender: str) -> None:
    running.modem.receive(deliver(sender, "Tôi ở xã, muốn hỏi ", at=AT, part=(300, 2, 1), wide_reference=True))
    running.modem.receive(deliver(sender, "câu khác", at=AT))
    until(lambda: bodies_of(running, sender) == ["câu khác", "Tôi ở xã, muốn hỏi …"])
    assert running.modem.kept == 0


def test_a_picture_counts_as_media(running: RunningRoute, sender: str) -> None:
    running.modem.receive(deliver(sender, "", at=AT, binary=bytes(range(40))))
    until(lambda: bodies_of(running, sender) == [""])
    message = next(each for each in running.arrivals.messages if each.sender == sender)
    assert message.is_media_only


def test_a_name_as_sender_is_told_as_it_is(running: RunningRoute) -> None:
    running.modem.receive(deliver("NGANHANG", "OTP", at=AT, ucs2=False))
    until(lambda: bodies_of(running, "NGANHANG") == ["OTP"])


def test_the_same_message_read_from_the_card_twice_arrives_once(running: RunningRoute, sender: str) -> None:
    pdu = deliver(sender, "một lần", at=AT)
    running.modem.receive(pdu)
    until(lambda: bodies_of(running, sender) == ["một lần"])
    running.modem.receive(pdu, deliver(sender, "một lần", at=AT + timedelta(seconds=40)))
    until(lambda: len(bodies_of(running, sender)) == 2)
    until(lambda: running.spool.pieces() == [])
    assert bodies_of(running, sender) == ["một lần", "một lần"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Chao ban", 1),
        (ANSWER, 5),
        ((GSM7_BASIC + GSM7_EXTENSION).replace("\f", ""), 1),
        ("A" * 152 + "€" + "B" * 20, 2),
        ("ạ" * 66 + "😀" + "b" * 10, 2),
    ],
)
def test_an_answer_goes_out_to_the_letter(running: RunningRoute, sender: str, text: str, parts: int) -> None:
    handed = running.send(f"out{sender[1:]}", text, recipient=sender)
    assert handed.segments == parts
    assert [each for recipient, each in joined(running.modem.submitted) if recipient == sender] == [text]


def test_the_same_reference_again_sends_nothing_more(running: RunningRoute, sender: str) -> None:
    for _ in range(2):
        running.send(f"same{sender[1:]}", "Chào bạn", recipient=sender)
    assert [each.text for each in running.modem.submitted if each.recipient == sender] == ["Chào bạn"]


@pytest.mark.parametrize(
    ("code", "fault"),
    [(1, Fault.PERMANENT), (38, Fault.RETRYABLE), (42, Fault.THROTTLED), (332, Fault.UNSURE), (777, Fault.RETRYABLE)],
)
def test_a_refusal_is_told_with_its_code(running: RunningRoute, sender: str, code: int, fault: Fault) -> None:
    running.modem.next_deeds(code)
    with pytest.raises(SendFailed) as failed:
        running.send(f"no{sender[1:]}", "Chào bạn", recipient=sender)
    assert (failed.value.fault, failed.value.code) == (fault, f"cms_{code}")
    assert running.send(f"no{sender[1:]}", "Chào bạn", recipient=sender).segments == 1


def test_after_a_passing_trouble_only_the_remaining_parts_are_sent(running: RunningRoute, sender: str) -> None:
    running.modem.next_deeds(Deed.TAKE, 38, Deed.TAKE)
    running.send(f"rest{sender[1:]}", ANSWER[:100], recipient=sender)
    assert [each.number for each in running.modem.submitted if each.recipient == sender] == [1, 2]
    assert [each for recipient, each in joined(running.modem.submitted) if recipient == sender] == [ANSWER[:100]]


@pytest.mark.parametrize(("status", "delivery"), [(0, Delivery.DELIVERED), (0x41, Delivery.FAILED)])
def test_the_networks_report_finds_its_message(
    running: RunningRoute, sender: str, status: int, delivery: Delivery
) -> None:
    reference = f"report{sender[1:]}"
    running.send(reference, ANSWER[:100], recipient=sender)
    assert all(part.wants_report for part in running.modem.submitted if part.recipient == sender)
    last = len(running.modem.submitted) % 256
    # Reports name numbers in national form, and come with the clock of another machine.
    national = "0" + sender[3:]
    running.modem.receive(report(national, last - 1, at=AT), report(national, last, at=AT, status=status))
    until(lambda: any(receipt.reference == reference for receipt in running.arrivals.receipts))
    assert [each.delivery for each in running.arrivals.receipts if each.reference == reference] == [delivery]


def test_a_long_write_of_ours_does_not_make_smsd_forget_what_it_sent(running: RunningRoute, sender: str) -> None:
    other = sqlite3.connect(running.file, isolation_level=None)
    reference = f"busy{sender[1:]}"
    running.modem.receive(deliver(sender, "trong lúc ghi", at=AT))
    outcome = running.begin_sending(reference, "Chào bạn", recipient=sender)
    until(lambda: running.spool.progress(reference).stage is not Stage.ABSENT)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        # The lock is held nearly all the time, so that smsd meets it at every step.
        other.execute("BEGIN IMMEDIATE")
        time.sleep(0.4)
        other.execute("COMMIT")
        time.sleep(0.01)
    other.close()
    assert outcome.result(60).segments == 1
    assert [each.text for each in running.modem.submitted if each.recipient == sender] == ["Chào bạn"]
    until(lambda: bodies_of(running, sender) == ["trong lúc ghi"])


def test_nothing_personal_is_left_behind_but_numbers_that_await_a_report(
    running: RunningRoute, sender: str, caplog: pytest.LogCaptureFixture
) -> None:
    reference = f"private{sender[1:3]}"
    with caplog.at_level(logging.DEBUG):
        running.modem.receive(deliver(sender, "chuyện riêng của tôi", at=AT))
        running.send(reference, "Trả lời riêng", recipient=sender)
        until(lambda: bodies_of(running, sender) == ["chuyện riêng của tôi"])
        until(lambda: running.spool.pieces() == [])
    assert sender not in caplog.text
    assert "riêng" not in caplog.text
    with sqlite3.connect(f"file:{running.file}?mode=ro", uri=True) as kept:
        dump = "\n".join(kept.iterdump())
    assert "riêng".encode("utf-16-be").hex().upper() not in dump
    assert "riêng" not in dump
    last = len(running.modem.submitted) % 256
    running.modem.receive(report(sender, last, at=AT))
    until(lambda: any(receipt.reference == reference for receipt in running.arrivals.receipts))
    until(lambda: not running.spool.reports())
    with sqlite3.connect(f"file:{running.file}?mode=ro", uri=True) as kept:
        assert sender not in "\n".join(kept.iterdump())
    modes = {path.name: path.stat().st_mode & 0o777 for path in running.file.parent.iterdir()}
    assert modes["spool.db"] == modes["smsdrc"] == 0o600
    assert running.file.parent.stat().st_mode & 0o777 == 0o700


def test_a_modem_pulled_out_and_put_back_loses_nothing_and_sends_nothing_twice(route: RunningRoute) -> None:
    modem = route.modem
    messages = [OutgoingMessage(f"m{number}", "+84900000001", f"Trả lời số {number}") for number in range(6)]
    modem.next_deeds(Deed.TAKE, Deed.TAKE, Deed.VANISH_BEFORE)
    sending = route.send_surely(*messages)
    until(lambda: not modem.is_there)
    until(lambda: route.state == ModemState.AWAY)
    modem.receive(deliver("+84900000007", "trong lúc đó", at=AT))
    with pytest.raises(SendFailed) as failed:
        route.send("meanwhile", "Chào")
    assert failed.value.fault is Fault.RETRYABLE
    modem.appear()
    sending.result(120)
    assert sorted(text for _, text in joined(modem.submitted)) == sorted(message.text for message in messages)
    until(lambda: route.arrivals.bodies == ["trong lúc đó"])


def test_a_modem_lost_over_a_message_is_told_as_a_doubt(route: RunningRoute) -> None:
    route.modem.next_deeds(Deed.VANISH_AFTER)
    with pytest.raises(SendFailed) as failed:
        route.send("doubt", "Chào")
    assert failed.value.fault is Fault.UNSURE


def test_smsd_killed_in_the_middle_loses_nothing(route: RunningRoute) -> None:
    modem = route.modem
    modem.seconds_to_send = 0.4
    messages = [OutgoingMessage(f"m{number}", "+84900000001", f"Trả lời số {number}") for number in range(5)]
    sending = route.send_surely(*messages)
    for number in range(12):
        modem.receive(deliver("+84900000007", f"câu số {number}", at=AT))
        if number in (4, 9):
            until(lambda: route.state == ModemState.READY and route.route.modem.smsd_id is not None)
            os.kill(route.route.modem.smsd_id or 0, signal.SIGKILL)
            until(lambda: route.state != ModemState.READY)
    sending.result(120)
    until(lambda: len(route.arrivals.messages) == 12, 60)
    assert sorted(route.arrivals.bodies) == sorted(f"câu số {number}" for number in range(12))
    assert {text for _, text in joined(modem.submitted)} == {message.text for message in messages}
    # Twice only what smsd was at when it was killed.
    assert len(modem.submitted) - len(messages) <= route.unsure <= 2


def test_a_worker_killed_before_it_stored_a_message_finds_it_again(tmp_path: Path, modem: AtModem) -> None:
    root = Path(__file__).resolve().parents[3]
    modem.receive(deliver("+84900000007", "đừng mất", at=AT))
    worker = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("dying_worker.py")), str(tmp_path), str(modem.device)],
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    assert worker.wait(60) == -signal.SIGKILL
    assert modem.kept == 0
    route = RunningRoute(tmp_path, modem)
    try:
        until(lambda: route.arrivals.bodies == ["đừng mất"])
        # The killed worker's smsd has ended with it, so that the modem is free.
        route.wait_until_ready()
        time.sleep(1)
        assert route.arrivals.bodies == ["đừng mất"]
    finally:
        route.stop()


def test_of_two_processes_one_keeps_the_modem_and_the_other_takes_over(tmp_path: Path, modem: AtModem) -> None:
    first = RunningRoute(tmp_path, modem).wait_until_ready()
    second = RunningRoute(tmp_path, modem)
    try:
        assert second.send("second", "Chào từ người thứ hai").segments == 1
        assert second.route.modem.smsd_id is None
        first.stop()
        until(lambda: second.route.modem.smsd_id is not None)
        second.wait_until_ready()
        assert second.send("taken-over", "Chào lần nữa").segments == 1
    finally:
        second.stop()
    assert [text for _, text in joined(modem.submitted)] == ["Chào từ người thứ hai", "Chào lần nữa"]


def test_the_pin_is_entered(tmp_path: Path) -> None:
    with at_modem(tmp_path, pin="1234") as modem:
        route = RunningRoute(tmp_path, modem, pin="1234").wait_until_ready()
        route.stop()
        assert modem.pin_tries == 1


def test_a_wrong_pin_is_not_tried_until_the_card_is_locked(tmp_path: Path) -> None:
    with at_modem(tmp_path, pin="1234") as modem:
        tries = [_tries_until_blocked(tmp_path, modem) for _ in range(3)]
        # A worker that is started again does not try it either.
        assert 1 <= tries[0] == tries[2] < 3
        RunningRoute(tmp_path, modem, pin="1234").wait_until_ready().stop()


def _tries_until_blocked(data: Path, modem: AtModem) -> int:
    route = RunningRoute(data, modem, pin="9999")
    try:
        until(lambda: route.state == ModemState.BLOCKED, 60)
        with pytest.raises(SendFailed, match="modem_blocked"):
            route.send("blocked", "Chào")
    finally:
        route.stop()
    return modem.pin_tries
