from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from installations import create_app
from sqlalchemy import select
from werkzeug.test import TestResponse

from channels.sms.queue.tables import incoming
from runtime.settings import Settings
from stores.database import Database

SECRET = "a-secret-of-the-tests"
ID = "7ee30dc3-4220-4f5f-b368-eceda1c0fdcf"
FIELDS = {
    "Authorization": "Basic " + b64encode(f"kannel:{SECRET}".encode()).decode(),
    "X-Kannel-From": "+84900000123",
    "X-Kannel-To": "8079",
    "Content-Type": 'text/plain; charset="UTF-16BE"',
}


@pytest.fixture
def settings(set_up: Callable[..., Settings]) -> Settings:
    return set_up(kannel_secret=SECRET)


@pytest.fixture
def gateway(settings: Settings) -> FlaskClient:
    return create_app(settings).test_client()


def bring(gateway: FlaskClient, id: str = ID) -> TestResponse:
    return gateway.post(f"/sms/kannel?id={id}", data="giấy khai sinh".encode("utf-16-be"), headers=FIELDS)


def routes_stored(settings: Settings) -> list[str]:
    with Database(settings.effective_database_url).reading() as session:
        return list(session.scalars(select(incoming.c.route)))


def test_a_message_is_a_row_before_kannel_hears_that_we_have_it(gateway: FlaskClient, settings: Settings) -> None:
    response = bring(gateway)
    assert (response.status_code, response.data) == (200, b"")
    assert routes_stored(settings) == ["smpp"]


def test_a_message_brought_again_stays_one_row(gateway: FlaskClient, settings: Settings) -> None:
    assert [bring(gateway).status_code for _ in range(3)] == [200, 200, 200]
    assert bring(gateway, ID.replace("7", "8")).status_code == 200
    assert routes_stored(settings) == ["smpp", "smpp"]


def test_a_report_about_an_unknown_message_harms_nobody(gateway: FlaskClient) -> None:
    response = gateway.get("/sms/kannel/status?message=ab12&type=1&id=42", headers=FIELDS)
    assert (response.status_code, response.data) == (200, b"")


def test_the_number_and_the_words_stand_nowhere_in_clear(
    gateway: FlaskClient, settings: Settings, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    bring(gateway)
    bring(gateway)
    gateway.post("/sms/kannel", data=b"rieng tu", headers=FIELDS)
    shown = "".join(capfd.readouterr()).encode() + gateway.get("/metrics").data
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert routes_stored(settings) == ["smpp"]
    assert b"smpp" in files
    for secret in ("900000123", "khai sinh", "rieng tu", SECRET):
        assert secret.encode() not in shown + files
        assert secret.encode("utf-16-be") not in shown + files
