"""The provider's two addresses, with what stores messages played by a double."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from channels import errors
from channels.callers import Callers
from channels.metrics import Metrics
from channels.sms.answering.inline_answers import InlineReply, NotAnswered
from channels.sms.providers.twilio import receive, status
from channels.sms.routes.messages import Delivery, IncomingMessage, Receipt
from channels.twilio.caller import ProviderCheck
from runtime.clock import now
from runtime.settings import Environment, Settings

TOKEN = "a token of the tests"
PUBLIC = "https://sms.example.vn/"
MESSAGE = {"MessageSid": "SM1", "From": "+84900000123", "To": "+84900000999", "Body": "chào", "NumMedia": "0"}
RECEIPT = {"MessageSid": "SM1", "MessageStatus": "delivered", "To": "+84900000123"}
AWAY = OperationalError("INSERT +84900000123", {}, Exception("database is locked"))


class Store:
    """What the webhooks bring, and what they are answered."""

    def __init__(self) -> None:
        self.messages: list[IncomingMessage] = []
        self.receipts: list[Receipt] = []
        self.reply = InlineReply()
        self.error: Exception | None = None
        self.handed = 0
        self.broken = 0

    def receive(self, message: IncomingMessage) -> InlineReply:
        if self.error is not None:
            raise self.error
        self.messages.append(message)
        return self.reply

    def message(self, message: IncomingMessage) -> bool:
        raise AssertionError("messages come by receive")

    def receipt(self, receipt: Receipt) -> None:
        if self.error is not None:
            raise self.error
        self.receipts.append(receipt)

    def is_handed(self) -> None:
        self.handed += 1

    def is_broken(self) -> None:
        self.broken += 1


@pytest.fixture
def store() -> Store:
    return Store()


def gateway(store: Store, settings: Settings) -> FlaskClient:
    app = Flask("channels")
    errors.register(app)
    metrics = Metrics()
    check = ProviderCheck(settings, Callers.from_settings(settings), metrics)
    public_url = str(settings.public_url) if settings.public_url else None
    app.register_blueprint(receive.blueprint(store, check, metrics, public_url, now))
    app.register_blueprint(status.blueprint(store, check))
    app.add_url_rule("/metrics", view_func=metrics.exposition)
    return app.test_client()


@pytest.fixture
def client(store: Store) -> FlaskClient:
    return gateway(store, Settings(twilio_auth_token=TOKEN, public_url=PUBLIC))


def post(client: FlaskClient, path: str, form: dict[str, str], token: str = TOKEN) -> TestResponse:
    signature = RequestValidator(token).compute_signature(f"http://localhost{path}", form)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def bring(client: FlaskClient, **changes: str) -> TestResponse:
    return post(client, "/sms/twilio", {**MESSAGE, **changes})


def report(client: FlaskClient, query: str = "?message=ref1", **changes: str) -> TestResponse:
    return post(client, f"/sms/twilio/status{query}", {**RECEIPT, **changes})


class TestReceiving:
    def test_a_message_is_stored_and_answered_with_nothing_yet(self, client: FlaskClient, store: Store) -> None:
        response = bring(client)
        assert response.status_code == 200
        assert response.content_type == "text/xml; charset=utf-8"
        assert len(ElementTree.fromstring(response.data)) == 0
        assert [message.body for message in store.messages] == ["chào"]

    def test_an_answer_that_is_ready_goes_in_the_response(self, client: FlaskClient, store: Store) -> None:
        store.reply = InlineReply(("a < b & c", "hai"), references=("ref1", "ref2"), handed=store.is_handed)
        response = bring(client)
        messages = list(ElementTree.fromstring(response.data))
        assert [message.text for message in messages] == ["a < b & c", "hai"]
        assert [message.get("statusCallback") for message in messages] == [
            "https://sms.example.vn/sms/twilio/status?message=ref1",
            "https://sms.example.vn/sms/twilio/status?message=ref2",
        ]
        assert response.content_length == len(response.data)

    def test_without_a_public_address_no_receipts_are_asked_for(self, store: Store) -> None:
        store.reply = InlineReply(("một",), references=("ref1",))
        response = bring(gateway(store, Settings(twilio_auth_token=TOKEN)))
        (message,) = ElementTree.fromstring(response.data)
        assert message.attrib == {}

    def test_an_answer_counts_as_handed_over_once_it_is_written(self, store: Store) -> None:
        store.reply = InlineReply(("một",), handed=store.is_handed)
        client = gateway(store, Settings(twilio_auth_token=TOKEN))
        signature = RequestValidator(TOKEN).compute_signature("http://localhost/sms/twilio", MESSAGE)
        with client.post(
            "/sms/twilio", data=MESSAGE, headers={"X-Twilio-Signature": signature}, buffered=False
        ) as response:
            written = response.iter_encoded()
            next(written)
            assert store.handed == 0
            assert list(written) == []
        assert store.handed == 1

    def test_an_answer_the_provider_did_not_wait_for_is_not_handed_over(self, store: Store) -> None:
        store.reply = InlineReply(("một",), handed=store.is_handed, broken=store.is_broken)
        client = gateway(store, Settings(twilio_auth_token=TOKEN))
        signature = RequestValidator(TOKEN).compute_signature("http://localhost/sms/twilio", MESSAGE)
        response = client.post("/sms/twilio", data=MESSAGE, headers={"X-Twilio-Signature": signature}, buffered=False)
        next(response.iter_encoded())
        response.close()
        assert (store.handed, store.broken) == (0, 1)

    def test_a_repeat_is_counted(self, client: FlaskClient, store: Store) -> None:
        bring(client)
        store.reply = InlineReply(is_repeat=True)
        assert len(ElementTree.fromstring(bring(client).data)) == 0
        assert 'motcua_repeats_dropped_total{provider="twilio"} 1.0' in client.get("/metrics").text

    @pytest.mark.parametrize("error", [AWAY, NotAnswered()])
    def test_a_message_that_has_to_come_again_is_asked_for(
        self, client: FlaskClient, store: Store, error: Exception, capfd: pytest.CaptureFixture[str]
    ) -> None:
        store.error = error
        response = bring(client)
        assert response.status_code == 503
        assert "900000" not in response.text + "".join(capfd.readouterr())

    def test_a_form_without_its_fields_is_refused(self, client: FlaskClient, store: Store) -> None:
        response = post(client, "/sms/twilio", {"MessageSid": "SM1"})
        assert response.status_code == 400
        assert "From is missing" in response.json["error"]["message"]
        assert store.messages == []


class TestReceipts:
    def test_a_receipt_is_stored_under_our_reference(self, client: FlaskClient, store: Store) -> None:
        response = report(client)
        assert (response.status_code, response.data) == (204, b"")
        assert store.receipts == [Receipt("twilio", Delivery.DELIVERED, "SM1", "ref1")]

    def test_a_failure_brings_its_code(self, client: FlaskClient, store: Store) -> None:
        report(client, MessageStatus="undelivered", ErrorCode="30003")
        assert store.receipts == [Receipt("twilio", Delivery.FAILED, "SM1", "ref1", "30003")]

    def test_without_our_reference_the_providers_id_stands(self, client: FlaskClient, store: Store) -> None:
        report(client, query="")
        assert store.receipts == [Receipt("twilio", Delivery.DELIVERED, "SM1")]

    def test_a_status_nobody_knows_changes_nothing(self, client: FlaskClient, store: Store) -> None:
        assert report(client, MessageStatus="teleported").status_code == 204
        assert store.receipts == []

    @pytest.mark.parametrize("form", [{}, {"MessageSid": "SM1"}, {"MessageStatus": "sent"}])
    def test_garbage_is_refused(self, client: FlaskClient, store: Store, form: dict[str, str]) -> None:
        assert post(client, "/sms/twilio/status", form).status_code == 400
        assert store.receipts == []

    def test_a_receipt_that_cannot_be_stored_is_asked_for_again(self, client: FlaskClient, store: Store) -> None:
        store.error = AWAY
        response = report(client)
        assert response.status_code == 503
        assert "900000" not in response.text


@pytest.mark.parametrize(("path", "form"), [("/sms/twilio", MESSAGE), ("/sms/twilio/status?message=ref1", RECEIPT)])
class TestWhoIsLetIn:
    def test_a_wrong_signature_is_refused_and_counted(
        self, client: FlaskClient, store: Store, path: str, form: dict[str, str]
    ) -> None:
        response = post(client, path, form, token="another")
        assert response.status_code == 403
        assert response.json["error"]["code"] == "bad_signature"
        assert (store.messages, store.receipts) == ([], [])
        assert 'motcua_bad_signatures_total{provider="twilio"} 1.0' in client.get("/metrics").text

    def test_a_server_without_token_lets_nobody_in(self, store: Store, path: str, form: dict[str, str]) -> None:
        client = gateway(store, Settings(environment=Environment.PRODUCTION))
        response = post(client, path, form)
        assert response.status_code == 503
        assert "MOTCUA_TWILIO_AUTH_TOKEN" in response.json["error"]["message"]

    def test_only_post_is_taken(self, client: FlaskClient, store: Store, path: str, form: dict[str, str]) -> None:
        assert client.get(path).status_code == 405
