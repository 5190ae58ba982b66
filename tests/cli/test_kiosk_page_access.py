"""The kiosk's page sends text messages without any key, so it is not for the whole internet."""

from __future__ import annotations

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
