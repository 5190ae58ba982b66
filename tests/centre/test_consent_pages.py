"""The consent ledger: looked at by number, consent taken at the counter, lists of opt-outs, exports."""

from __future__ import annotations

import csv
import dataclasses
from collections.abc import Callable, Iterator
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from centre.consent_desk import ConsentDesk
from centre.officers import Duty
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Decision
from stores.database import Database
from stores.sealing import Seal

PHONE = "0900 000 123"
SEAL = Seal(b"a secret of the tests")


@pytest.fixture
def desk(parts: CentreParts, tmp_path: Path) -> Iterator[ConsentDesk]:
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield ConsentDesk(Consents(database, parts.clock), lambda number: Citizen.of(number, SEAL))
    database.close()


@pytest.fixture
def client(parts: CentreParts, desk: ConsentDesk) -> FlaskClient:
    app = Flask("consents")
    app.register_blueprint(blueprint(dataclasses.replace(parts, consents=desk)))
    parts.officers.set("lan", "một mật khẩu đủ dài")
    return app.test_client()


def sent(client: FlaskClient, token: str, **form: str) -> tuple[int, str]:
    answer = client.post("/centre/consents", data={"csrf_token": token, "phone": PHONE, **form})
    return answer.status_code, answer.text


def person() -> str:
    citizen = Citizen.of(PHONE, SEAL)
    assert citizen is not None
    return citizen.person


def test_consent_is_taken_at_the_counter_with_the_paper_that_proves_it(
    client: FlaskClient, csrf: Callable[..., str], desk: ConsentDesk
) -> None:
    token = csrf()
    assert "chưa quyết định" in sent(client, token)[1]
    assert sent(client, token, do="grant")[0] == 400
    assert desk.consents.of(person()) is None
    status, page = sent(client, token, do="grant", paper="12/PDY-2026")
    assert (status, "đang đồng ý nhận thông báo" in page, "lan: 12/PDY-2026" in page) == (200, True, True)
    status, page = sent(client, token, do="refuse", paper="13")
    assert "không nhận thông báo" in page
    assert [entry.decision for entry in desk.consents.ledger(person())] == [Decision.REFUSED, Decision.GRANTED]
    assert {entry.channel for entry in desk.consents.ledger(person())} == {"counter"}


def test_what_is_no_number_is_told(client: FlaskClient, csrf: Callable[..., str]) -> None:
    status, page = sent(client, csrf(), phone="một cửa")
    assert (status, "không phải số điện thoại" in page) == (400, True)


def test_the_decisions_of_a_number_are_exported_without_it(client: FlaskClient, csrf: Callable[..., str]) -> None:
    token = csrf()
    sent(client, token, do="grant", paper="12")
    rows = list(csv.DictReader(StringIO(sent(client, token, do="export")[1].removeprefix("\ufeff"))))
    assert [(row["decision"], row["manner"], row["proof"]) for row in rows] == [("granted", "counter", "lan: 12")]
    whole = client.get("/centre/consents.csv")
    assert "attachment" in whole.headers["Content-Disposition"]
    assert "900000123" not in whole.text
    assert person() in whole.text


def listed(client: FlaskClient, token: str, content: bytes) -> tuple[int, str]:
    form = {"csrf_token": token, "list": (BytesIO(content), "list.csv")}
    answer = client.post("/centre/consents/list", data=form, content_type="multipart/form-data")
    return answer.status_code, answer.text


def test_a_list_of_opt_outs_is_imported(client: FlaskClient, csrf: Callable[..., str], desk: ConsentDesk) -> None:
    token = csrf()
    sent(client, token, do="grant", paper="12")
    status, page = listed(client, token, "số\n0900000123\n0900000124\nkhông rõ\n".encode())
    assert (status, "Đã nhập 2 số máy, 2 số" in page, "1 dòng không có số máy: 4." in page) == (200, True, True)
    consent = desk.consents.of(person())
    assert consent is not None
    assert consent.decision is Decision.REFUSED
    assert listed(client, token, b"")[0] == 400
    assert listed(client, token, b"\xff\xfe\x00")[0] == 400


def test_lists_and_the_whole_ledger_are_for_those_who_lead(
    client: FlaskClient, csrf: Callable[..., str], parts: CentreParts
) -> None:
    parts.officers.set("mai", "một mật khẩu đủ dài")
    parts.officers.give("mai", frozenset({Duty.TICKETS}))
    token = csrf("mai")
    assert client.get("/centre/consents").status_code == 200
    assert client.get("/centre/consents.csv").status_code == 403
    assert listed(client, token, b"0900000123")[0] == 403
