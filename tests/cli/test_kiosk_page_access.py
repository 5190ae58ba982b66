"""The kiosk's page sends text messages without any key, so it is not for the whole internet."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from installation.gateway import gateway
from installation.kiosk_page import kiosk_page
from installation.root import Installation
from installation.tables import migrate
from runtime.settings import Settings
from stores.redis_server import RedisServer

MESSAGE = {
    "visit": "0" * 32,
    "key": "1" * 32,
    "number": "0900000123",
    "document": {"code": "1.001193"},
}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    with RedisServer(tmp_path / "redis") as redis:
        settings = Settings(
            environment="production",
            secret_key="a secret of the tests",
            data_dir=tmp_path,
            redis_url=redis.url,
            twilio_account_sid="AC" + "0" * 32,
            twilio_auth_token="a token of the tests",
            twilio_number="+84900000999",
        )
        migrate(settings.effective_database_url)
        here = Installation(settings, hurried=True)
        with gateway(here, addresses=[partial(kiosk_page, here)]).test_client() as client:
            yield client


def test_from_outside_nothing_of_the_kiosk_is_there(client: FlaskClient) -> None:
    elsewhere = {"REMOTE_ADDR": "203.0.113.5"}
    through_a_proxy = {"X-Forwarded-For": "127.0.0.1"}
    for given in ({"environ_overrides": elsewhere}, {"headers": through_a_proxy}):
        assert client.post("/kiosk/api/text-message", json=MESSAGE, **given).status_code == 403
        for path in ("/kiosk", "/kiosk/api/setup", "/kiosk/static/app.js"):
            assert client.get(path, **given).status_code == 403


def test_at_the_machine_it_is(client: FlaskClient) -> None:
    assert client.get("/kiosk").status_code == 200
    assert client.post("/kiosk/api/text-message", json=MESSAGE).status_code == 200


def wanted(**changes: object) -> dict[str, object]:
    """A text message nobody asked for before."""
    return {**MESSAGE, "key": secrets.token_hex(16), **changes}


def test_a_visit_gets_a_few_texts_and_a_repeated_request_is_no_further_one(client: FlaskClient) -> None:
    repeated = wanted()
    assert [client.post("/kiosk/api/text-message", json=repeated).status_code for _ in range(5)] == [200] * 5
    statuses = [client.post("/kiosk/api/text-message", json=wanted()).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert client.post("/kiosk/api/text-message", json=wanted(visit="2" * 32)).status_code == 200


@pytest.mark.parametrize("number", ["+44 7700 900123", "+1 900 555 0100", "+882 1300 0001", "0044 7700 900123"])
def test_no_text_and_no_call_goes_to_numbers_abroad(client: FlaskClient, number: str) -> None:
    assert client.post("/kiosk/api/text-message", json=wanted(number=number)).status_code == 400
    call = {"visit": "0" * 32, "key": "3" * 32, "number": number}
    assert client.post("/kiosk/api/call-back", json=call).status_code == 400


def test_one_number_waits_for_one_call(client: FlaskClient) -> None:
    tickets = {
        client.post(
            "/kiosk/api/call-back",
            json={"visit": secrets.token_hex(16), "key": secrets.token_hex(16), "number": "0900 000 123"},
        ).get_json()["ticket"]
        for _ in range(3)
    }
    assert len(tickets) == 1


def test_how_to_see_and_erase_is_written_to_the_number_whoever_asks(client: FlaskClient) -> None:
    own = wanted(document={"own_data": True})
    assert client.post("/kiosk/api/text-message", json=own).status_code == 200
    # Nothing of it is printed, and nothing of what is kept is told here.
    assert client.post("/kiosk/api/print", json={"visit": own["visit"], "document": own["document"]}).status_code == 403
