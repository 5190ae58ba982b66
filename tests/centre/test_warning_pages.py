"""Warnings of danger in the officers' pages: looked at, given, watched by commune, cancelled; and the register."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from warning_places import LIST, warnings_of

from centre.consent_desk import ConsentDesk
from centre.officers import Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.warning_desk import WarningDesk
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import WARNINGS, Consents
from channels.warnings.calls import WarningCalls
from channels.warnings.given import State
from channels.warnings.rules import Outcome, warning_rules
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")


@pytest.fixture
def desk(parts: CentreParts, database: Database) -> WarningDesk:
    return warnings_of(database, SEAL, parts.clock)


@pytest.fixture
def client(parts: CentreParts, desk: WarningDesk, database: Database) -> FlaskClient:
    app = Flask("warnings")
    consents = ConsentDesk(Consents(database, parts.clock), lambda number: Citizen.of(number, SEAL), desk.register)
    app.register_blueprint(blueprint(dataclasses.replace(parts, warnings=desk, consents=consents)))
    parts.officers.set("lan", "một mật khẩu đủ dài")
    return app.test_client()


def taken(client: FlaskClient, token: str, content: str = LIST) -> tuple[int, str]:
    data = {"csrf_token": token, "list": (BytesIO(content.encode()), "list.csv")}
    answer = client.post("/centre/warnings/register", data=data)
    return answer.status_code, answer.text


def made(client: FlaskClient, token: str, parts: CentreParts, **form: object) -> tuple[int, str, str]:
    ends = (parts.clock().astimezone(VIETNAM) + timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M")
    values = {"template": "storm", "place": "xã Ví Dụ", "time": "20 giờ", "ends": ends, "by_call": "yes"}
    answer = client.post("/centre/warnings", data={"commune": ["xã Ví Dụ"], "csrf_token": token, **values, **form})
    return answer.status_code, answer.headers.get("Location", ""), answer.text


def test_a_warning_is_looked_at_given_watched_and_cancelled(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, desk: WarningDesk, database: Database
) -> None:
    token = csrf()
    assert "chưa có ai" in client.get("/centre/warnings").text
    assert "Đã ghi 2 số máy" in taken(client, token)[1]
    status, address, _ = made(client, token, parts)
    assert status == 303
    page = client.get(address).text
    assert "có bão mạnh tại xã Ví Dụ từ 20 giờ" in page
    unseen = client.post(address, data={"csrf_token": token, "do": "give"})
    assert unseen.status_code == 400
    assert client.post(address, data={"csrf_token": token, "do": "give", "seen": "yes"}).status_code == 303
    assert desk.given.step() == 1
    calls = WarningCalls(database, SEAL, Consents(database, parts.clock), warning_rules().calls, parts.clock)
    (due,) = calls.claim("voice", 5)
    calls.settle(due, Outcome.CONFIRMED, answered=True, owner="voice")
    page = client.get(address).text
    assert "Đã bấm phím" in page
    assert "0900000123" not in page
    assert '<th scope="row">xã Ví Dụ</th><td>1</td><td>1</td><td>0</td>' in page
    again = client.post(address, data={"csrf_token": token, "do": "give", "seen": "yes"})
    assert (again.status_code, "chưa có gì thay đổi" in again.text) == (409, True)
    assert client.post("/centre/warnings/stop", data={"csrf_token": token}).status_code == 303
    assert desk.given.newest()[0].state is State.CANCELLED


def test_what_cannot_be_warned_of_makes_nothing_and_says_why(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, desk: WarningDesk
) -> None:
    token = csrf()
    taken(client, token)
    for wrong, why in (
        ({"place": ""}, "còn trống"),
        ({"place": "xem tại bit.ly/bao"}, "không được có đường dẫn"),
        ({"ends": "mai"}, "không quá 72 giờ"),
        ({"ends": "2020-01-01T00:00"}, "không quá 72 giờ"),
        ({"commune": ["xã Lạ"]}, "chưa có ai xin báo"),
        ({"template": "mua_ngay"}, "chọn một câu"),
    ):
        status, _, page = made(client, token, parts, **wrong)
        assert (status, why in page) == (400, True), wrong
    assert desk.given.newest() == []
    assert client.get("/centre/warnings/99").status_code == 404


def test_a_wrong_register_notes_nobody(client: FlaskClient, csrf: Callable[..., str], desk: WarningDesk) -> None:
    token = csrf()
    status, page = taken(client, token, "số máy;xã\n0900000123;xã Ví Dụ\n")
    assert (status, "Thiếu cột: số phiếu." in page) == (400, True)
    status, page = taken(client, token, LIST + "không;xã Ví Dụ;CB-3\n")
    assert (status, "dòng 4, cột số máy" in page) == (400, True)
    assert desk.register.communes() == {}


def test_whoever_asks_at_the_counter_is_warned_where_they_live(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts, desk: WarningDesk, database: Database
) -> None:
    token, person = csrf(), Citizen.of("0900000123", SEAL)
    assert person is not None
    form = {"csrf_token": token, "phone": "0900000123", "do": "warn", "paper": "CB-9"}
    assert client.post("/centre/consents", data=form).status_code == 400
    page = client.post("/centre/consents", data={**form, "commune": "xã Ví Dụ"}).text
    assert "báo thiên tai" in page
    assert "chưa quyết định" in page
    assert desk.register.communes() == {"xã Ví Dụ": 1}
    assert Consents(database, parts.clock).granted([person.person], WARNINGS) == {person.person}


def test_warnings_are_for_those_whose_duty_it_is(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    parts.officers.set("mai", "một mật khẩu đủ dài")
    parts.officers.give("mai", frozenset({Duty.OFFICERS, Duty.TICKETS}))
    token = csrf("mai")
    assert client.get("/centre/warnings").status_code == 403
    assert made(client, token, parts)[0] == 403
    assert taken(client, token)[0] == 403
