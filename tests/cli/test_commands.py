"""Commands beside a running system."""

from __future__ import annotations

import json
import secrets
import time
from pathlib import Path

import pytest
from running_system import ROOT, RunningSystem, run_cli, without_settings

pytestmark = pytest.mark.xdist_group("system")

NEW_CODE = "9.876543"
NEW_RECORD = {
    "code": NEW_CODE,
    "name": "Cấp phép thả diều sáo khổng lồ ngày hội làng",
    "agency": "Bộ Mẫu",
    "field": "Hội làng",
    "levels": ["Cấp xã"],
    "decision_no": "Quyết định số 1/QĐ-BM",
    "subjects": ["Công dân Việt Nam"],
    "executing_agency": "Ủy ban nhân dân cấp xã",
    "receiving_address": None,
    "steps_text": "Bước 1: Nộp đơn.\nBước 2: Nhận giấy.",
    "methods": [
        {
            "method": "DIRECT",
            "time_value": 2,
            "time_unit": "WORKING_DAY",
            "fee_label": "Miễn phí",
            "fee_amount": 0,
            "fee_currency": "VND",
            "note": "",
        }
    ],
    "papers": [{"case": "--", "papers": [{"name": "Đơn xin thả diều", "originals": 1, "copies": 0}]}],
    "legal_basis_numbers": [],
    "conditions": "Không",
    "result": "Giấy phép",
    "portal_url": "https://dichvucong.gov.vn/thu-tuc-hanh-chinh/mau-2",
    "crawl_snapshot": "2026-07-20",
    "flags": [],
}
"""A record in the shape of the national portal's list; everything in it is made up."""


def test_ask_goes_on_with_a_conversation(system: RunningSystem) -> None:
    conversation = secrets.token_hex(8)
    system.cli("ask", "làm giấy khai sinh cần gì", "--channel", "kiosk", "--conversation", conversation)
    done = system.cli("ask", "nộp ở đâu", "--channel", "kiosk", "--conversation", conversation, "--json")
    answer = json.loads(done.stdout)
    assert "Làm giấy khai sinh. Nơi nộp" in answer["replies"][0]["text"]
    assert system.say("lệ phí", conversation=conversation).text.startswith("Làm giấy khai sinh. Lệ phí")


def test_the_sandbox_fails_and_recovers_by_command(system: RunningSystem) -> None:
    assert system.cli("sandbox", "outage", "on").stdout.decode().strip() == "outage on"
    try:
        assert "trục trặc" in system.say("hồ sơ G06.12-261115-069149 số 0149").text
    finally:
        assert system.cli("sandbox", "outage", "off").returncode == 0
    assert "giải quyết xong" in system.say("hồ sơ G06.12-261115-069149 số 0149").text


def test_an_imported_procedure_is_understood_at_once(system: RunningSystem, tmp_path: Path) -> None:
    question = "xin phép thả diều sáo khổng lồ"
    assert system.say(question).understanding["procedure"] != NEW_CODE
    record = tmp_path / "procedures.jsonl"
    record.write_text(json.dumps(NEW_RECORD, ensure_ascii=False) + "\n", encoding="utf-8")
    done = system.cli("catalogue", "import", str(record), "--json")
    assert done.returncode == 0, done.stderr.decode()
    deadline = time.monotonic() + 30
    while (answer := system.say(question)).understanding["procedure"] != NEW_CODE:
        assert time.monotonic() < deadline, (answer, done.stdout)
        time.sleep(0.2)
    assert "thả diều sáo" in answer.text
    listed = json.loads(system.cli("catalogue", "list", "diều sáo", "--json").stdout)
    assert [row["code"] for row in listed] == [NEW_CODE]


def test_without_a_system_one_turn_is_answered_in_process_with_all_its_pages(trained: None, tmp_path: Path) -> None:
    environment = {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path)}
    environment["MOTCUA_URL"] = "http://127.0.0.1:9"
    first = run_cli("ask", "giay khai sinh", "--conversation", "c", environment=environment).stdout.decode()
    assert "Soan 1 de xem tiep" in first
    second = run_cli("ask", "1", "--conversation", "c", environment=environment).stdout.decode()
    assert "Le phi" in second
    assert "tro ly tu dong" not in second


@pytest.mark.parametrize(
    ("command", "setting"),
    [("up", "MOTCUA_PORT=0"), ("up", "MOTCUA_KIOSK_NAME=hall"), ("kiosk", "MOTCUA_KIOSK_NAME=hall")],
)
def test_a_wrong_setting_is_told_in_one_line(tmp_path: Path, command: str, setting: str) -> None:
    name, _, value = setting.partition("=")
    environment = {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path), name: value}
    done = run_cli(command, environment=environment)
    assert done.returncode == 2
    assert done.stderr.decode().startswith(f"motcua: {setting}:")
    assert "Traceback" not in done.stderr.decode()


def test_settings_are_listed_with_their_meaning() -> None:
    listed = run_cli("settings", environment={**without_settings(), "PYTHONPATH": str(ROOT)}).stdout.decode()
    assert "MOTCUA_SESSION_MINUTES" in listed
    assert "MOTCUA_TWILIO_AUTH_TOKEN" in listed
