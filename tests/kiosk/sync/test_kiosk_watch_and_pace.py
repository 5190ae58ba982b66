"""Clocks that are years off, and when to talk."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sync_places import Box

from kiosk.printing.cups_printer import read_lpstat
from kiosk.printing.receipt_printer import UsbPrinter
from kiosk.protocol.messages import Condition
from kiosk.queue.box_clock import Instant, Watch
from kiosk.queue.keeping import Usage
from kiosk.queue.tables import UsageRow
from kiosk.sync.devices import microphone, printer
from kiosk.sync.schedule import SHUT_OUT_PAUSE, SyncSchedule

TRUE = 1_800_000_000.0
YEARS = 3 * 365 * 86_400.0


class Machine:
    """A box whose clock may be off; ``seconds`` pass for it."""

    def __init__(self, off: float) -> None:
        self.at = Instant(TRUE + off, "first", 100.0)

    def __call__(self) -> Instant:
        return self.at

    def live(self, seconds: float) -> None:
        self.at = replace(self.at, wall=self.at.wall + seconds, ticks=self.at.ticks + seconds)

    def start_again(self, away: float) -> None:
        self.at = Instant(self.at.wall + away, f"{self.at.boot}+", 5.0)


@pytest.fixture
def kiosk(tmp_path) -> Box:  # type: ignore[no-untyped-def]
    return Box(tmp_path / "box", "máy")


@pytest.mark.parametrize("off", [-YEARS, -1.0, 0.0, 1.0, YEARS])
def test_what_was_asked_before_the_centre_was_heard_gets_its_true_time(kiosk: Box, off: float) -> None:
    machine = Machine(off)
    watch = Watch(kiosk.database, machine)
    asked = machine.at
    machine.live(5 * 86_400.0)
    watch.set(TRUE + 5 * 86_400.0)
    assert watch.date(asked) == pytest.approx(TRUE, abs=1)
    assert watch.now() == pytest.approx(TRUE + 5 * 86_400.0, abs=1)


@pytest.mark.parametrize("off", [-YEARS, 0.0, YEARS])
def test_a_clock_set_meanwhile_changes_nothing(kiosk: Box, off: float) -> None:
    machine = Machine(off)
    watch = Watch(kiosk.database, machine)
    asked = machine.at
    machine.live(3600)
    machine.at = replace(machine.at, wall=TRUE + 3600)
    watch.set(TRUE + 3600)
    assert watch.date(asked) == pytest.approx(TRUE, abs=1)


@pytest.mark.parametrize("off", [-YEARS, YEARS])
def test_a_report_of_the_run_before_is_dated_by_what_the_clock_is_off(kiosk: Box, off: float) -> None:
    machine = Machine(off)
    watch = Watch(kiosk.database, machine)
    asked = machine.at
    machine.live(3600)
    machine.start_again(away=86_400)
    watch.set(TRUE + 3600 + 86_400)
    assert watch.date(asked) == pytest.approx(TRUE, abs=1)


@pytest.mark.parametrize("off", [-YEARS, YEARS])
def test_use_is_counted_for_the_true_day(kiosk: Box, off: float) -> None:
    watch = Watch(kiosk.database, Machine(off))
    watch.set(TRUE)
    Usage(kiosk.database, watch).count("turn.ask_procedure")
    with kiosk.database.reading() as session:
        assert session.scalars(select(UsageRow.day)).all() == ["2027-01-15"]


def test_nothing_is_dated_in_the_future(kiosk: Box) -> None:
    machine = Machine(0)
    watch = Watch(kiosk.database, machine)
    watch.set(TRUE)
    assert watch.date(Instant(TRUE + YEARS, "another", 9.0)) <= watch.now()


def test_signs_of_life_are_hourly_and_what_waits_goes_at_once() -> None:
    schedule = SyncSchedule(3600, chance=lambda: 0.5)
    assert schedule.is_due(0, 0)
    schedule.worked(0)
    assert not schedule.is_due(3599, 0)
    assert schedule.is_due(1, waiting=1)
    assert schedule.is_due(3600, 0)


def test_over_a_good_line_there_is_a_beat_and_over_a_bad_one_an_hour() -> None:
    schedule = SyncSchedule(3600, beat=60, chance=lambda: 0.5)
    schedule.worked(0, took=0.1)
    assert not schedule.is_due(59, 0)
    assert schedule.is_due(60, 0)
    schedule.worked(60, took=3.0)
    assert not schedule.is_due(3600, 0)
    assert schedule.is_due(3660, 0)


def test_a_dead_line_is_tried_ever_more_rarely_until_a_network_comes_up() -> None:
    schedule = SyncSchedule(3600, chance=lambda: 0.5)
    pauses = []
    for _ in range(9):
        schedule.failed(0)
        pauses.append(schedule._next)
    assert pauses[:3] == [30.0, 60.0, 120.0]
    assert pauses[-1] == 1800.0
    assert not schedule.is_due(10, waiting=5)
    schedule.line_changed(10)
    assert schedule.is_due(10, waiting=0)


def test_a_bundle_that_never_comes_through_is_tried_ever_more_rarely_while_reports_go_at_once() -> None:
    schedule = SyncSchedule(3600, chance=lambda: 0.5)
    pauses = []
    for _ in range(9):
        schedule.worked(0)
        schedule.broke_off(0)
        pauses.append(schedule._next)
    assert pauses[:3] == [30.0, 60.0, 120.0]
    assert pauses[-1] == 1800.0
    assert schedule.is_due(1, waiting=1)
    schedule.broke_off(0, urgent=True)
    assert schedule._next == 30.0
    schedule.got_on()
    schedule.broke_off(0)
    assert schedule._next == 30.0


def test_a_box_that_is_shut_out_asks_rarely_even_with_much_to_say() -> None:
    schedule = SyncSchedule(60, chance=lambda: 0.5)
    schedule.shut_out(0)
    assert not schedule.is_due(SHUT_OUT_PAUSE - 1, waiting=9)
    assert schedule.is_due(SHUT_OUT_PAUSE, 0)


def test_kiosks_do_not_all_come_at_once() -> None:
    early, late = SyncSchedule(3600, chance=lambda: 0.0), SyncSchedule(3600, chance=lambda: 1.0)
    early.worked(0)
    late.worked(0)
    assert late._next - early._next == pytest.approx(720)


@pytest.mark.parametrize(
    ("output", "condition"),
    [
        ("", Condition.MISSING),
        ("printer Slip is idle.  enabled since Mon\n\tReady to print.\n", Condition.WORKS),
        ("printer Slip now printing Slip-4.  enabled since Mon\n", Condition.WORKS),
        ("printer Slip disabled since Mon -\n\tPaused\n", Condition.TROUBLE),
        ("printer Slip is idle.  enabled since Mon\n\tDescription: Slip\n\tAlerts: none\n", Condition.WORKS),
        ("printer Slip is idle.  enabled since Mon\n\tAlerts: media-empty-error\n", Condition.TROUBLE),
        ("printer A disabled since Mon -\nprinter B is idle.  enabled since Mon\n", Condition.WORKS),
    ],
)
def test_what_cups_says_is_understood(output: str, condition: Condition) -> None:
    assert read_lpstat(output) is condition


def test_a_receipt_printer_is_there_or_not(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        assert printer(f"tcp://127.0.0.1:{port}", 576) is Condition.WORKS
    assert printer(f"tcp://127.0.0.1:{port}", 576) is Condition.MISSING
    assert printer(f"file:{tmp_path / 'lp0'}", 576) is Condition.MISSING
    (tmp_path / "lp0").touch()
    assert printer(f"file:{tmp_path / 'lp0'}", 576) is Condition.WORKS
    assert UsbPrinter("04B8", "0e15", 576).condition(tmp_path) is Condition.MISSING
    plugged = tmp_path / "1-1"
    plugged.mkdir()
    (plugged / "idVendor").write_text("04b8\n")
    (plugged / "idProduct").write_text("0e15\n")
    assert UsbPrinter("04B8", "0e15", 576).condition(tmp_path) is Condition.WORKS
    assert printer(None, 576) is Condition.UNKNOWN


def test_a_microphone_is_what_records(tmp_path) -> None:  # type: ignore[no-untyped-def]
    listed = tmp_path / "pcm"
    assert microphone(listed) is Condition.MISSING
    listed.write_text("00-00: ALC : playback 1\n")
    assert microphone(listed) is Condition.MISSING
    listed.write_text("00-00: ALC : playback 1 : capture 1\n")
    assert microphone(listed) is Condition.WORKS
