"""A printer for plain lines, added by following docs/extending.md, prints what a kiosk gives out."""

from __future__ import annotations

from pathlib import Path

import pytest
from outside_packages import Outside

from kiosk.printing.printers import PrinterFailed, printer_of
from kiosk.printing.slip import Section, Slip
from kiosk.protocol.messages import Condition
from kiosk.sync import devices
from runtime.registry import RegistryError
from runtime.settings import SettingsError, load

SLIP = Slip(
    "Làm giấy khai sinh",
    (Section("Giấy tờ cần mang", ("Tờ khai đăng ký khai sinh theo mẫu của Bộ Tư pháp", "Giấy chứng sinh"), True),),
    ("Nguồn: QĐ 163/QĐ-BTP",),
    "https://dichvucong.gov.vn",
)


@pytest.fixture
def device(outside: Outside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    outside.add_example("A printer")
    monkeypatch.setenv("MOTCUA_PLAIN_COLUMNS", "24")
    return tmp_path / "lp1"


def test_a_slip_comes_out_of_it(device: Path) -> None:
    device.touch()
    setting = load(kiosk_printer=f"plain:{device}").kiosk_printer
    printer = printer_of(setting, 576)
    assert printer is not None
    printer.put_out(SLIP)
    lines = device.read_text(encoding="utf-8").split("\n")
    assert lines[0] == "Làm giấy khai sinh"
    assert max(map(len, lines)) <= 24
    assert "Giấy chứng sinh" in lines
    assert lines[-1] == "\f"


def test_the_centre_hears_how_it_is(device: Path) -> None:
    assert devices.printer(f"plain:{device}", 576) is Condition.MISSING
    device.touch()
    assert devices.printer(f"plain:{device}", 576) is Condition.WORKS
    assert devices.printer("plain:nowhere", 576) is Condition.TROUBLE


def test_what_it_cannot_do_is_told(device: Path, tmp_path: Path) -> None:
    with pytest.raises(PrinterFailed, match=r"MOTCUA_KIOSK_PRINTER=plain:lp1: must be plain:/PATH"):
        printer_of("plain:lp1", 576)
    away = printer_of(f"plain:{tmp_path / 'no' / 'device'}", 576)
    assert away is not None
    with pytest.raises(PrinterFailed, match="No such file"):
        away.put_out(SLIP)


def test_a_printer_nobody_added_stops_the_start(outside: Outside) -> None:
    with pytest.raises(SettingsError, match="no printer 'plain': known are cups, tcp, file, usb; "):
        load(kiosk_printer="plain:/dev/usb/lp1")


def test_a_broken_one_is_told_by_name(outside: Outside) -> None:
    outside.add(
        "broken-printer",
        {"motcua.printers": {"ink": "broken_printer:Ink"}},
        {"broken_printer.py": "raise RuntimeError('out of ink')\n"},
    )
    assert load(kiosk_printer="ink").kiosk_printer == "ink"
    with pytest.raises(RegistryError, match=r"'ink' of broken-printer 1.0 cannot be imported \(RuntimeError: out of"):
        printer_of("ink", 576)
