"""How the modem is judged, what smsd is told, and what refusals mean: all without smsd."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.sms.providers.gsm import Gsm
from channels.sms.providers.gsm.configuration import ModemAddress, configuration
from channels.sms.providers.gsm.smsd import find_program
from channels.sms.providers.gsm.tables import refusal
from channels.sms.providers.gsm.watch import (
    BACKOFF,
    CONNECT_SECONDS,
    HUNG_SECONDS,
    SILENT_SECONDS,
    Heart,
    ModemState,
)
from channels.sms.routes.route import Fault
from runtime.settings import Settings, SettingsError, load


def test_a_modem_is_ready_once_smsd_has_greeted_it() -> None:
    heart = Heart(started=100.0, connections=3, pulse=7)
    assert heart.look(3, 7, 101.0) is ModemState.CONNECTING
    assert heart.look(4, 8, 102.0) is ModemState.READY


def test_what_an_earlier_run_wrote_does_not_count_as_a_connection() -> None:
    heart = Heart(started=100.0, connections=3, pulse=7)
    assert heart.look(3, 9, 101.0) is ModemState.CONNECTING


def test_without_a_heartbeat_nothing_more_is_handed_over_and_then_smsd_is_ended() -> None:
    heart = Heart(started=0.0, connections=0, pulse=0)
    heart.look(1, 1, 10.0)
    assert heart.look(1, 1, 10.0 + SILENT_SECONDS - 1) is ModemState.READY
    assert heart.look(1, 1, 10.0 + SILENT_SECONDS) is ModemState.SILENT
    assert not heart.is_hung(10.0 + HUNG_SECONDS - 1)
    assert heart.is_hung(10.0 + HUNG_SECONDS)
    assert heart.look(1, 2, 10.0 + SILENT_SECONDS + 1) is ModemState.READY


def test_a_modem_that_never_answers_is_given_up() -> None:
    heart = Heart(started=0.0, connections=0, pulse=0)
    assert not heart.is_hung(CONNECT_SECONDS - 1)
    assert heart.is_hung(CONNECT_SECONDS)


def test_pauses_grow_after_the_first_loss() -> None:
    pauses = [BACKOFF.pause(losses) for losses in range(1, 12)]
    assert pauses[:5] == [0.0, 1.0, 2.0, 4.0, 8.0]
    assert pauses[-1] == BACKOFF.longest


@pytest.mark.parametrize(
    ("code", "fault", "name"),
    [
        (-1, Fault.UNSURE, "no_answer"),
        (0, Fault.UNSURE, "no_answer"),
        (1, Fault.PERMANENT, "cms_1"),
        (21, Fault.RETRYABLE, "cms_21"),
        (47, Fault.THROTTLED, "cms_47"),
        (332, Fault.UNSURE, "cms_332"),
        (512, Fault.RETRYABLE, "cms_512"),
    ],
)
def test_a_code_of_the_modem_is_told_in_our_words(code: int, fault: Fault, name: str) -> None:
    failed = refusal(code)
    assert (failed.fault, failed.code) == (fault, name)


def test_smsd_never_tries_again_by_itself_and_keeps_no_text() -> None:
    text = configuration(ModemAddress("/dev/ttyUSB0", "at115200", "1234"), Path("/srv/data/gsm/spool.db"))
    assert "device = /dev/ttyUSB0\n" in text
    assert "PIN = 1234\n" in text
    assert "DBDir = /srv/data/gsm/\nDatabase = spool.db\n" in text
    assert "RetryTimeout = 31536000\n" in text
    assert "LogFile = stderr\n" in text


def test_without_a_pin_none_is_entered() -> None:
    assert "PIN" not in configuration(ModemAddress("/dev/ttyUSB0", "at"), Path("/srv/spool.db"))


@pytest.mark.parametrize(
    "address",
    [ModemAddress("/dev/x\n[smsd]", "at"), ModemAddress("/dev/x", "at\rPIN = 1"), ModemAddress("/d", "at", "1\n")],
)
def test_a_value_cannot_become_another_line_of_the_file(address: ModemAddress) -> None:
    with pytest.raises(ValueError, match="one line"):
        configuration(address, Path("/srv/spool.db"))


def test_without_a_device_there_is_no_route() -> None:
    assert not Gsm().is_set_up(Settings())


def test_a_missing_program_is_named_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.sms.providers.gsm.smsd.shutil.which", lambda *_, **__: None)
    with pytest.raises(SettingsError, match="apt-get install gammu-smsd"):
        find_program()


def test_a_wrong_pin_setting_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_GSM_PER_SECOND", "fast")
    monkeypatch.setenv("MOTCUA_GSM_PIN", "4321")
    with pytest.raises(SettingsError) as failed:
        load()
    assert "MOTCUA_GSM_PER_SECOND=fast" in str(failed.value)
    assert "4321" not in str(failed.value)
