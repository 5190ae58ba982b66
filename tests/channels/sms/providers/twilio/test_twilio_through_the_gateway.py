"""Messages and receipts of the provider through the whole gateway, with its real database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from channels_doubles import ScriptedCore, answer
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from sqlalchemy import select
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import incoming, outgoing
from contract.reply import Reply, ReplyKind
from runtime.settings import Settings
from stores.database import Database

TOKEN = "a token of the tests"
PUBLIC = "https://sms.example.vn"
NUMBER = "+84900000123"
ANSWER = "Can to khai va giay chung sinh."


def post(client: FlaskClient, address: str, form: dict[str, str], *, buffered: bool = True) -> TestResponse:
    signature = RequestValidator(TOKEN).compute_signature(address, form)
    path = address.removeprefix(PUBLIC).removeprefix("http://localhost")
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature}, buffered=buffered)


def bring(client: FlaskClient, sid: str = "SM1", *, buffered: bool = True) -> TestResponse:
    form = {"MessageSid": sid, "From": NUMBER, "To": "+84900000999", "Body": "làm giấy khai sinh cần gì"}
    return post(client, "http://localhost/sms/twilio", form, buffered=buffered)


def texts(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    return ["".join(message.itertext()) for message in ElementTree.fromstring(response.data)]


def states(folder: Path) -> list[tuple[str, str | None]]:
    database = Database(f"sqlite:///{folder / 'motcua.db'}")
    with database.reading() as session:
        rows = session.execute(select(outgoing.c.state, outgoing.c.provider_id).order_by(outgoing.c.id)).all()
    database.close()
    return [(row.state, row.provider_id) for row in rows]


class TestReceipts:
    @pytest.fixture
    def public_client(self, set_up: Callable[..., Settings]) -> FlaskClient:
        return create_app(set_up(public_url=PUBLIC)).test_client()

    @pytest.fixture
    def address(self, public_client: FlaskClient) -> str:
        """Where the provider reports on the one answer, as it read in the response."""
        (message,) = ElementTree.fromstring(bring(public_client).data)
        return message.get("statusCallback", "")

    @pytest.mark.parametrize(
        ("reports", "state"),
        [
            (["sent"], OutgoingState.HANDED),
            (["sent", "delivered"], OutgoingState.DELIVERED),
            (["delivered", "sent"], OutgoingState.DELIVERED),
            (["delivered", "delivered"], OutgoingState.DELIVERED),
            (["sent", "undelivered"], OutgoingState.FAILED),
            (["undelivered", "delivered"], OutgoingState.DELIVERED),
            (["nonsense"], OutgoingState.HANDED),
        ],
    )
    def test_receipts_tell_what_became_of_an_answer_in_whatever_order(
        self, public_client: FlaskClient, address: str, tmp_path: Path, reports: list[str], state: OutgoingState
    ) -> None:
        for status in reports:
            form = {"MessageSid": "SM9", "MessageStatus": status, "From": "+84900000999", "To": NUMBER}
            assert post(public_client, address, form).status_code == 204
        assert [found for found, _ in states(tmp_path)] == [state]

    def test_a_receipt_of_somebody_elses_message_changes_nothing(
        self, public_client: FlaskClient, address: str, tmp_path: Path
    ) -> None:
        before = states(tmp_path)
        wrong = address.partition("?")[0] + "?message=" + "0" * 32
        assert post(public_client, wrong, {"MessageSid": "SM9", "MessageStatus": "failed"}).status_code == 204
        assert states(tmp_path) == before


class TestOnce:
    def test_a_delivery_is_remembered_over_a_restart_and_without_redis(
        self, set_up: Callable[..., Settings], core: ScriptedCore, redis: Redis
    ) -> None:
        assert texts(bring(create_app(set_up()).test_client())) == [ANSWER]
        redis.flushall()
        assert texts(bring(create_app(set_up()).test_client())) == []
        assert len(core.turns) == 1

    def test_a_provider_that_broke_off_gets_the_answer_when_it_comes_again(
        self, client: FlaskClient, core: ScriptedCore
    ) -> None:
        broken = bring(client, buffered=False)
        next(broken.iter_encoded())
        broken.close()
        assert texts(bring(client)) == [ANSWER]
        assert texts(bring(client)) == []
        assert len(core.turns) == 1


def test_number_and_words_stand_nowhere_in_clear(client: FlaskClient, core: ScriptedCore, tmp_path: Path) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Một câu trả lời dài. " * 60))
    bring(client)
    bring(client)
    core.script = lambda turn: 500
    bring(client, "SM2")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("motcua.db*"))
    assert incoming.name.encode() in stored
    for word in ("900000123", "khai sinh", "tra loi dai"):
        assert word.encode() not in stored
