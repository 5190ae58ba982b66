"""Guessing, pumping, forging, and what is to be erased or refused: tried on the whole system, running."""

from __future__ import annotations

import re
import secrets
import socket
import sqlite3
import time
from html import unescape
from pathlib import Path

import httpx
import pytest
from office_surroundings import OFFICER, PASSWORD, Office, until
from running_system import ROOT, RunningSystem, run_cli, without_settings
from sqlalchemy import insert
from twilio.request_validator import RequestValidator

from channels.sms.queue.states import IncomingState
from channels.sms.queue.tables import incoming
from stores.database import Database

pytestmark = pytest.mark.xdist_group("office")

PREMIUM = ["+44 7700 900123", "+1 900 555 0100", "+882 1300 0001", "0044 7700 900123"]
HOURS = 3_600.0


def test_a_forged_sender_erases_no_report_and_the_owner_does_above_the_limit(office: Office) -> None:
    system, number = office.system, "+84900000491"
    for words in ("Tôi muốn phản ánh: cầu thôn Bắc gãy", "đầu thôn Bắc", "1", "làm khai sinh cần gì"):
        assert system.text_message(words, number)
    # The next is told that it was too much, and from then on there is silence.
    silent = [system.text_message(f"câu hỏi số {count}", number) for count in range(4)]
    assert silent[-1] == []

    (kept,) = system.text_message("XEM", number)
    assert "phan anh, yeu cau da gui: 1" in kept
    code = re.findall(r"XOA (\d{4})", " ".join(system.text_message("XOA", number)))[0]
    wrong = f"{(int(code) + 1) % 10_000:04d}"
    system.text_message(f"XOA {wrong}", number)
    assert "phan anh, yeu cau da gui: 1" in " ".join(system.text_message("XEM", number))
    assert "can bo khong xu ly nua" in " ".join(system.text_message(f"XOA {code}", number))
    assert "phan anh" not in " ".join(system.text_message("XEM", number))


def test_a_telephone_and_a_kiosk_send_how_to_see_and_erase_to_the_number_it_is_about(office: Office) -> None:
    system, number = office.system, "+84900000492"
    address, call = f"{system.url}/voice/twilio", "CA" + secrets.token_hex(16)
    for pressed in ({}, {"Digits": "8"}, {"Digits": "6"}, {"Digits": "1"}):
        form = {"CallSid": call, "From": number, "To": "+84000000000", "CallStatus": "in-progress", **pressed}
        signed = RequestValidator(system.token).compute_signature(address, form)
        told = httpx.post(address, data=form, headers={"X-Twilio-Signature": signed}, timeout=30, trust_env=False)
        action = re.search(rb'action="([^"]+)"', told.content)
        address = unescape(action[1].decode()) if action is not None else address
    until(lambda: number[1:] in office.around.numbers_written_to(), "the text the caller asked for")

    own = at_the_kiosk(system, "text-message", number="0900000493", document={"own_data": True})
    assert own.status_code == 200
    until(lambda: "84900000493" in office.around.numbers_written_to(), "the text asked for at the kiosk")


def at_the_kiosk(system: RunningSystem, path: str, **more: object) -> httpx.Response:
    body = {"visit": secrets.token_hex(16), "key": secrets.token_hex(16), **more}
    return httpx.post(f"{system.url}/kiosk/api/{path}", json=body, timeout=30, trust_env=False)


def test_a_kiosk_writes_to_no_premium_number_and_a_few_times_a_visit(office: Office) -> None:
    procedure = {"code": "1.001193"}
    for number in PREMIUM:
        assert at_the_kiosk(office.system, "text-message", number=number, document=procedure).status_code == 400
        assert at_the_kiosk(office.system, "call-back", number=number).status_code == 400
    visit = secrets.token_hex(16)
    statuses = [
        at_the_kiosk(office.system, "text-message", visit=visit, number="0900000494", document=procedure).status_code
        for _ in range(4)
    ]
    assert statuses == [200, 200, 200, 429]
    told = httpx.get(f"{office.system.url}/metrics", timeout=30, trust_env=False).text
    assert re.search(r'motcua_limits_reached_total\{limit="kiosk_texts_visit"\} [1-9]', told)


def test_a_number_waits_for_one_call(office: Office) -> None:
    tickets = {at_the_kiosk(office.system, "call-back", number="0900000495").json()["ticket"] for _ in range(3)}
    assert len(tickets) == 1


def test_a_name_that_was_made_to_lead_here_gets_nothing(office: Office) -> None:
    for path in ("/healthz", "/kiosk", "/centre/sign-in", "/sms/twilio", "/api/v1/converse"):
        led = httpx.get(office.system.url + path, headers={"Host": "attacker.example"}, timeout=30, trust_env=False)
        assert led.status_code == 421, path


def test_whoever_guesses_passwords_locks_no_officer_out(office: Office) -> None:
    address = f"{office.system.url}/centre/sign-in"
    right, wrong = {"name": OFFICER, "password": PASSWORD}, {"name": OFFICER, "password": "sai"}
    with (
        httpx.Client(trust_env=False, timeout=60) as officer,
        httpx.Client(trust_env=False, timeout=60) as stranger,
    ):
        assert officer.post(address, data=right).status_code == 303
        guesses = [stranger.post(address, data=wrong).status_code for _ in range(12)]
        assert (guesses[0], guesses[-1]) == (403, 429)
        # From the same address: the stranger's browser is not let in any more, the officer's is.
        assert stranger.post(address, data=right).status_code == 429
        assert officer.post(address, data=right).status_code == 303


def test_the_core_answers_odd_fields_with_401(office: Office) -> None:
    for odd in (b"Bearer wrong", b"Bearer \xff\xfe\xed\xa0\x80", b"\xc3\x28", b"", "Bearer chìa khóa".encode()):
        with socket.create_connection(("127.0.0.1", office.system.port + 1), timeout=30) as core:
            head = b"POST /webhooks/turn/converse HTTP/1.1\r\nHost: core\r\nContent-Length: 2\r\nAuthorization: "
            core.sendall(head + odd + b"\r\n\r\n{}")
            assert core.recv(64).split()[1] == b"401", odd


def test_the_retention_job_gives_the_rooms_of_old_rows_back_and_leaves_a_proof(office: Office) -> None:
    system, file = office.system, office.system.data / "motcua.db"
    old = time.time() - 900 * 24 * HOURS
    row = {
        "route": "twilio",
        "person": "0" * 32,
        "sealed": "x" * 5_000,
        "media": 0,
        "received_at": old,
        "stored_at": old,
        "state": IncomingState.ANSWERED,
        "next_try_at": old,
        "attempts": 1,
        "cause": "",
        "answered_at": old,
    }
    database = Database(f"sqlite:///{file}")
    with database.writing() as session:
        session.execute(insert(incoming), [row | {"key": secrets.token_hex(16)} for _ in range(2_000)])
    database.drop_log()
    database.close()
    full = file.stat().st_size
    done = system.cli("retention", "--now")
    assert done.returncode == 0, done.stderr
    assert full - file.stat().st_size > 8_000_000
    with sqlite3.connect(file) as look:
        (free,) = look.execute("PRAGMA freelist_count").fetchone()
    look.close()
    assert free * 4_096 < 1_000_000
    assert b"text_messages" in system.cli("retention", "--proof", "--json").stdout


def test_a_restore_without_its_key_says_so_and_touches_nothing(office: Office, tmp_path: Path) -> None:
    kept = tmp_path / "kept.tar.gz"
    made = office.system.cli("backup", str(kept), "--without-secrets", "--person-keys", str(tmp_path / "person-keys"))
    assert made.returncode == 0, made.stderr
    elsewhere = tmp_path / "elsewhere"
    environment = {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(elsewhere)}
    told = run_cli("restore", str(kept), environment=environment)
    assert told.returncode != 0
    assert b"--secrets" in told.stderr
    assert b"Traceback" not in told.stderr
    assert not (elsewhere / "motcua.db").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "MOTCUA_SECRET_KEY is not set"),
        ({"MOTCUA_SECRET_KEY": "motcua2026"}, "MOTCUA_SECRET_KEY "),
        ({"MOTCUA_SECRET_KEY_FILE": "{data}/secret.key"}, "lies beside what it protects"),
    ],
    ids=["none", "weak", "beside the data"],
)
def test_production_does_not_start_without_a_key_kept_elsewhere(
    tmp_path: Path, given: dict[str, str], said: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "secret.key").write_text(secrets.token_urlsafe(48))
    (data / "secret.key").chmod(0o600)
    more = {name: value.format(data=data) for name, value in given.items()}
    started = run_cli(
        "up",
        environment={
            **without_settings(),
            "PYTHONPATH": str(ROOT),
            "MOTCUA_DATA_DIR": str(data),
            "MOTCUA_ENVIRONMENT": "production",
            "MOTCUA_TWILIO_AUTH_TOKEN": "a token of the tests",
            **more,
        },
    )
    assert started.returncode == 2, started.stderr
    assert said in started.stderr.decode()
    assert b"Traceback" not in started.stderr
    assert not (data / "motcua.db").exists()
