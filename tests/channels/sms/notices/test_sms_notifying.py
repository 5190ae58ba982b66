"""``motcua sms notify``: what an office tells of its own accord goes only to those who asked for it, by day."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sms_engine_doubles import SECRET, Queues
from typer.testing import CliRunner

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from channels.sms.citizens.preferences import Preferences
from channels.sms.notices.notice_rule import NoticeRule
from channels.sms.queue.states import OutgoingState
from channels.sms.routes.messages import Kind
from cli.sms import app
from runtime.clock import VIETNAM, now
from stores.database import Database
from stores.sealing import Seal

WANTS, WANTS_NONE = "+84900000123", "+84900000124"
READY = "Hồ sơ đã có kết quả, mời đến nhận tại xã."

Notify = Callable[..., list[dict[str, Any]]]


def person(number: str) -> str:
    citizen = Citizen.of(number, Seal(SECRET))
    assert citizen is not None
    return citizen.person


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Database:
    shutil.copy(migrated_file, tmp_path / "motcua.db")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    Consents(database, now).grant(person(WANTS), Manner.KEYWORD, "w", "t1")
    Consents(database, now).refuse(person(WANTS_NONE), Manner.KEYWORD, "w", "t2")
    return database


@pytest.fixture
def notify(database: Database, tmp_path: Path) -> Notify:
    def run(*lines: object, exit_code: int = 0) -> list[dict[str, Any]]:
        settings = {"MOTCUA_DATA_DIR": str(tmp_path), "MOTCUA_SECRET_KEY": SECRET.decode()}
        given = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
        ran = CliRunner().invoke(app, ["notify"], env=settings, input=given)
        assert ran.exit_code == exit_code, ran.output
        return [json.loads(line) for line in ran.stdout.splitlines()]

    return run


def queues(database: Database, hour: int) -> Queues:
    found = Queues(database, NoticeRule(Consents(database, now)))
    # On a day after the notices were queued, so that only the hour counts.
    found.clock.now = datetime.now(VIETNAM).replace(hour=hour, minute=30).timestamp() + 86_400
    return found


def notice(phone: str, key: str = "1", text: str = READY) -> dict[str, str]:
    return {"key": key, "phone": phone, "text": text}


def test_only_those_who_asked_get_notices_and_nothing_is_kept_of_others(notify: Notify, database: Database) -> None:
    said = notify(notice(WANTS, "a"), notice(WANTS_NONE, "b"), notice("+84900000125", "c"), notice("113", "d"))
    assert said == [
        {"key": "a", "outcome": "queued"},
        {"key": "b", "outcome": "no_consent"},
        {"key": "c", "outcome": "no_consent"},
        {"key": "d", "outcome": "no_telephone"},
    ]
    assert [one.message.recipient for one in queues(database, 9).claim(route="gsm")] == [WANTS]


def test_a_notice_says_how_to_stop_notices_in_the_spelling_its_reader_wants(notify: Notify, database: Database) -> None:
    notify(notice("0900 000 123", "plain"))
    Preferences(database).choose_diacritics(person(WANTS), True)
    notify(notice(WANTS, "with"))
    plain, written = queues(database, 9).claim(route="gsm")
    assert plain.kind is Kind.NOTICE
    assert plain.message.text == (
        "Ho so da co ket qua, moi den nhan tai xa.\nTin tu dong cua Mot Cua. Khong nhan nua, soan TC."
    )
    assert written.message.text == f"{READY}\nTin tự động của Một Cửa. Không nhận nữa, soạn TC."


def test_a_link_that_hides_where_it_leads_is_refused(notify: Notify, database: Database) -> None:
    said = notify(notice(WANTS, "a", "Xem tại bit.ly/hoso"), notice(WANTS, "b", "Xem tại dichvucong.gov.vn"))
    assert [one["outcome"] for one in said] == ["short_link", "queued"]
    assert len(queues(database, 9).claim(route="gsm")) == 1


def test_it_waits_for_the_day(notify: Notify, database: Database) -> None:
    notify(notice(WANTS))
    morning = queues(database, 5)
    assert morning.claim(route="gsm") == []
    assert [one.state for one in morning.records.outgoing()] == [OutgoingState.WAITING]
    morning.clock.later(2 * 3600.0)
    assert len(morning.claim(route="gsm")) == 1


def test_who_refuses_meanwhile_gets_none(notify: Notify, database: Database) -> None:
    notify(notice(WANTS))
    Consents(database, now).refuse(person(WANTS), Manner.KEYWORD, "w", "t3")
    by_day = queues(database, 9)
    assert by_day.claim(route="gsm") == []
    assert [one.state for one in by_day.records.outgoing()] == [OutgoingState.CANCELLED]


def test_the_same_key_again_sends_nothing_more(notify: Notify, database: Database) -> None:
    notify(notice(WANTS), notice(WANTS))
    notify(notice(WANTS))
    assert len(queues(database, 9).claim(route="gsm")) == 1


def test_a_bad_line_is_told_and_the_others_go_on(notify: Notify) -> None:
    said = notify("nonsense", "[1]", {"key": "x", "phone": WANTS}, notice(WANTS, "y"), exit_code=1)
    assert ["error" in one for one in said] == [True, True, True, False]
    assert said[2] == {"key": "x", "error": "missing: text"}
