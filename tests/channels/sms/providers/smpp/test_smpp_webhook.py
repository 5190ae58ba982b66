from __future__ import annotations

from base64 import b64encode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from kept_arrivals import KeptArrivals
from werkzeug.test import TestResponse

from channels import errors
from channels.callers import Callers
from channels.metrics import Metrics
from channels.sms.providers.smpp import receive, status
from channels.sms.providers.smpp.caller import KannelCheck
from channels.sms.routes.messages import Delivery, Receipt
from runtime.clock import now

SECRET = "a-secret-of-the-tests"
ID = "7ee30dc3-4220-4f5f-b368-eceda1c0fdcf"
FIELDS = {
    "X-Kannel-From": "+84900000123",
    "X-Kannel-To": "8079",
    "X-Kannel-Time": "2026-11-23 18:51:11",
    "Content-Type": 'text/plain; charset="UTF-8"',
}


@pytest.fixture
def kept() -> KeptArrivals:
    return KeptArrivals()


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def gateway(
    kept: KeptArrivals, metrics: Metrics, *, secret: str | None = SECRET, development: bool = True
) -> FlaskClient:
    app = Flask("channels")
    errors.register(app)
    check = KannelCheck(secret, development, Callers(development, None, ()), metrics)
    app.register_blueprint(receive.blueprint(kept, check, metrics, now))
    app.register_blueprint(status.blueprint(kept, check))
    return app.test_client()


@pytest.fixture
def kannel(kept: KeptArrivals, metrics: Metrics) -> FlaskClient:
    return gateway(kept, metrics)


def shown(password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"kannel:{password}".encode()).decode()}


def bring(
    client: FlaskClient, text: str = "làm khai sinh", password: str | None = SECRET, **fields: str
) -> TestResponse:
    login = shown(password) if password is not None else {}
    named = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post(f"/sms/kannel?id={ID}", data=text.encode(), headers={**FIELDS, **login, **named})


def test_a_message_is_stored_and_answered_with_nothing(kannel: FlaskClient, kept: KeptArrivals) -> None:
    response = bring(kannel)
    assert (response.status_code, response.data, response.mimetype) == (200, b"", "text/plain")
    assert [message.body for message in kept.messages] == ["làm khai sinh"]


def test_a_message_brought_again_is_counted_and_stored_once(
    kannel: FlaskClient, kept: KeptArrivals, metrics: Metrics
) -> None:
    assert [bring(kannel).status_code for _ in range(3)] == [200, 200, 200]
    assert len(kept.messages) == 1
    assert b'motcua_repeats_dropped_total{provider="smpp"} 2.0' in metrics.exposition()


def test_kannel_keeps_a_message_that_could_not_be_stored(kannel: FlaskClient, kept: KeptArrivals) -> None:
    kept.broken = True
    assert bring(kannel).status_code == 500
    kept.broken = False
    assert bring(kannel).status_code == 200
    assert len(kept.messages) == 1


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_report_is_stored(kannel: FlaskClient, kept: KeptArrivals, method: str) -> None:
    address = "/sms/kannel/status?message=ab12&type=1&id=42&detail=%3Fsmpp%3Fdlr_err%3D%2503%2500%2500%26"
    response = kannel.open(address, method=method, headers=shown(SECRET))
    assert (response.status_code, response.data) == (200, b"")
    assert kept.receipts == [Receipt("smpp", Delivery.DELIVERED, "42", "ab12")]


def test_a_report_may_come_in_the_body(kannel: FlaskClient, kept: KeptArrivals) -> None:
    form = {"message": "ab12", "type": "2", "id": "42", "detail": "?smpp?dlr_err=%03%00%22&"}
    assert kannel.post("/sms/kannel/status", data=form, headers=shown(SECRET)).status_code == 200
    assert kept.receipts == [Receipt("smpp", Delivery.FAILED, "42", "ab12", "34")]


class TestRefusals:
    @pytest.mark.parametrize("password", [None, "", "wrong", SECRET.upper(), SECRET + "x", "mật khẩu"])
    def test_a_wrong_password_is_refused_and_counted(
        self, kannel: FlaskClient, kept: KeptArrivals, metrics: Metrics, password: str | None
    ) -> None:
        response = bring(kannel, password=password)
        assert (response.status_code, response.json["error"]["code"]) == (403, "bad_password")
        login = shown(password) if password is not None else {}
        assert kannel.get("/sms/kannel/status?message=ab12&type=1", headers=login).status_code == 403
        assert (kept.messages, kept.receipts) == ([], [])
        assert b'motcua_bad_signatures_total{provider="smpp"} 2.0' in metrics.exposition()

    @pytest.mark.parametrize("header", ["Bearer " + SECRET, "Basic", "Basic !", "Digest x=y", "x"])
    def test_another_scheme_than_basic_is_refused(self, kannel: FlaskClient, header: str) -> None:
        assert bring(kannel, password=None, Authorization=header).status_code == 403

    def test_without_a_password_only_this_machine_is_let_in(self, kept: KeptArrivals, metrics: Metrics) -> None:
        client = gateway(kept, metrics, secret=None)
        assert bring(client, password=None).status_code == 200
        elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
        response = client.post(f"/sms/kannel?id={ID}", data=b"a", headers=FIELDS, environ_overrides=elsewhere)
        assert (response.status_code, response.json["error"]["code"]) == (403, "not_local")
        assert bring(client, password=None, X_Forwarded_For="192.0.2.7").status_code == 403

    def test_production_needs_a_password(self, kept: KeptArrivals, metrics: Metrics) -> None:
        client = gateway(kept, metrics, secret=None, development=False)
        assert bring(client, password=None).status_code == 503
        assert kept.messages == []

    def test_an_unreadable_request_names_the_cure_and_no_number(self, kannel: FlaskClient, kept: KeptArrivals) -> None:
        response = kannel.post("/sms/kannel", data=b"rieng tu", headers={**FIELDS, **shown(SECRET)})
        assert response.status_code == 400
        assert "?id=%I" in response.json["error"]["message"]
        assert "900000123" not in response.text
        assert kannel.get("/sms/kannel/status?message=ab12&type=7", headers=shown(SECRET)).status_code == 400
        assert (kept.messages, kept.receipts) == ([], [])

    def test_a_message_is_never_taken_from_an_address(self, kannel: FlaskClient) -> None:
        assert kannel.get(f"/sms/kannel?id={ID}", headers={**FIELDS, **shown(SECRET)}).status_code == 405
