from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from channels_doubles import ScriptedCore, answer, everything_in, short_answer
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from contract.reply import Choice, Reply, ReplyKind
from contract.turn import Channel
from installation.tables import migrate
from runtime.settings import Environment, Settings

TOKEN = "a token of the tests"
NUMBER = "+84900000123"
MESSAGE = {
    "MessageSid": "SM0001",
    "AccountSid": "AC0001",
    "From": NUMBER,
    "To": "+84900000999",
    "Body": "làm giấy khai sinh cần gì",
    "NumMedia": "0",
}


def text_message(client: FlaskClient, **changes: str | None) -> TestResponse:
    form = {name: value for name, value in {**MESSAGE, **changes}.items() if value is not None}
    signature = RequestValidator(TOKEN).compute_signature("http://localhost/sms/twilio", form)
    return client.post("/sms/twilio", data=form, headers={"X-Twilio-Signature": signature})


def messages(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    assert response.content_type == "text/xml; charset=utf-8"
    document = ElementTree.fromstring(response.data)
    assert document.tag == "Response"
    return ["".join(message.itertext()) for message in document]


def test_a_text_message_is_answered_in_the_response(client: FlaskClient, core: ScriptedCore) -> None:
    assert messages(text_message(client)) == ["Can to khai va giay chung sinh."]
    assert core.turns[0].channel is Channel.SMS
    assert core.turns[0].text == "làm giấy khai sinh cần gì"


def test_one_number_is_one_conversation_and_another_number_another(client: FlaskClient, core: ScriptedCore) -> None:
    text_message(client, MessageSid="SM1")
    text_message(client, MessageSid="SM2", Body="nộp ở đâu")
    text_message(client, MessageSid="SM3", From="+84900000124")
    first, second, third = [turn.conversation for turn in core.turns]
    assert first == second != third


def test_the_number_stands_nowhere_in_clear(
    client: FlaskClient, core: ScriptedCore, redis: Redis, capfd: pytest.CaptureFixture[str]
) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Một câu trả lời dài. " * 60))
    text_message(client)
    text_message(client)
    core.script = lambda turn: 500
    text_message(client, MessageSid="SM2")
    text_message(client, MessageSid="SM3", Body=None)
    written = "".join(capfd.readouterr()) + client.get("/metrics").text + repr(core.turns)
    written += everything_in(redis)
    assert "motcua:sms:" in written
    assert "900000123" not in written


def test_markup_and_broken_signs_in_an_answer_arrive_as_text(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: short_answer("a < b & c > d \x00\x0b")
    assert messages(text_message(client)) == ["a < b & c > d"]


def test_choices_are_answered_in_one_message(client: FlaskClient, core: ScriptedCore) -> None:
    ask_back = Reply(
        kind=ReplyKind.ASK_BACK,
        short="Cần việc nào?",
        choices=(Choice(key="1", label="Đăng ký khai sinh"), Choice(key="2", label="Đăng ký kết hôn")),
    )
    core.script = lambda turn: answer(ask_back)
    assert messages(text_message(client)) == ["Can viec nao?\n1. Dang ky khai sinh\n2. Dang ky ket hon"]


def test_the_next_page_comes_by_answering_1(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Câu trả lời rất dài. " * 60))
    first = messages(text_message(client, MessageSid="SM1"))
    second = messages(text_message(client, MessageSid="SM2", Body="1"))
    assert len(first) == len(second) == 1
    assert first[0].endswith("Soan 1 de xem tiep.")
    assert len(core.turns) == 1


class TestRepeats:
    def test_a_repeated_delivery_gets_an_empty_response(self, client: FlaskClient, core: ScriptedCore) -> None:
        assert messages(text_message(client)) == ["Can to khai va giay chung sinh."]
        assert messages(text_message(client)) == []
        assert len(core.turns) == 1

    @pytest.mark.parametrize("name", ["SmsSid", "SmsMessageSid"])
    def test_the_id_counts_under_its_former_names_too(self, client: FlaskClient, core: ScriptedCore, name: str) -> None:
        assert messages(text_message(client, MessageSid=None, **{name: "SM0001"})) != []
        assert messages(text_message(client)) == []

    def test_of_deliveries_at_the_same_time_one_is_answered(self, client: FlaskClient, core: ScriptedCore) -> None:
        together = threading.Barrier(6)

        def deliver(_: int) -> list[str]:
            own = client.application.test_client()
            together.wait(10)
            return messages(text_message(own))

        with ThreadPoolExecutor(6) as threads:
            answers = list(threads.map(deliver, range(6)))
        assert sorted(map(len, answers)) == [0, 0, 0, 0, 0, 1]
        assert len(core.turns) == 1

    def test_a_database_that_is_away_makes_the_provider_come_again(
        self, set_up: Callable[..., Settings], tmp_path: Path
    ) -> None:
        client = create_app(set_up(database_url=f"sqlite:///{tmp_path}/without_tables.db")).test_client()
        assert text_message(client).status_code == 503
        migrate(f"sqlite:///{tmp_path}/without_tables.db")
        assert messages(text_message(client)) == ["Can to khai va giay chung sinh."]

    def test_an_unreadable_delivery_is_not_remembered(self, client: FlaskClient) -> None:
        assert text_message(client, Body=None).status_code == 400
        assert messages(text_message(client)) != []


class TestRefusals:
    def test_a_bad_signature_is_refused_and_counted(self, client: FlaskClient, core: ScriptedCore) -> None:
        response = client.post("/sms/twilio", data=MESSAGE, headers={"X-Twilio-Signature": "x"})
        assert response.status_code == 403
        assert response.json["error"]["code"] == "bad_signature"
        assert client.post("/sms/twilio", data=MESSAGE).status_code == 403
        assert core.turns == []
        assert 'motcua_bad_signatures_total{provider="twilio"} 2.0' in client.get("/metrics").text

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"From": None}, "From is missing"),
            ({"From": "  "}, "From is missing"),
            ({"To": None, "Body": None}, "To is missing; Body is missing"),
            ({"MessageSid": None}, "MessageSid is missing"),
            ({"NumMedia": "two"}, "NumMedia is no number"),
            # Signs that count as digits without being figures: int() knows the second, not the first.
            ({"NumMedia": "²"}, "NumMedia is no number"),
            ({"NumMedia": "٣"}, "NumMedia is no number"),
            ({"NumMedia": "1000"}, "NumMedia is no number"),
        ],
    )
    def test_a_form_without_its_fields_is_refused_with_the_reason(
        self, client: FlaskClient, core: ScriptedCore, changes: dict[str, str | None], reason: str
    ) -> None:
        response = text_message(client, **changes)
        assert response.status_code == 400
        assert reason in response.json["error"]["message"]
        assert core.turns == []

    def test_only_post_is_taken(self, client: FlaskClient) -> None:
        assert client.get("/sms/twilio").status_code == 405

    def test_production_without_token_takes_no_message(self, set_up: Callable[..., Settings]) -> None:
        settings = set_up(environment=Environment.PRODUCTION, twilio_auth_token=None)
        response = text_message(create_app(settings).test_client())
        assert response.status_code == 503
        assert "MOTCUA_TWILIO_AUTH_TOKEN" in response.json["error"]["message"]


class TestUnusualMessages:
    def test_a_picture_without_words_gets_a_friendly_text(self, client: FlaskClient, core: ScriptedCore) -> None:
        (text,) = messages(text_message(client, Body="", NumMedia="1"))
        assert "hinh anh" in text
        assert core.turns == []

    def test_a_picture_with_words_is_answered_for_its_words(self, client: FlaskClient, core: ScriptedCore) -> None:
        assert messages(text_message(client, NumMedia="1")) == ["Can to khai va giay chung sinh."]

    def test_an_empty_message_goes_to_the_core(self, client: FlaskClient, core: ScriptedCore) -> None:
        text_message(client, Body="")
        assert core.turns[0].text == ""

    def test_a_message_without_media_count_is_text_alone(self, client: FlaskClient) -> None:
        assert messages(text_message(client, NumMedia=None)) == ["Can to khai va giay chung sinh."]

    @pytest.mark.parametrize("sender", ["1022", "5656", "VNPT", "Viettel-QC", "195", "+84", "0"])
    def test_short_codes_and_brand_names_get_no_answer(
        self, client: FlaskClient, core: ScriptedCore, sender: str
    ) -> None:
        assert messages(text_message(client, From=sender)) == []
        assert core.turns == []

    @pytest.mark.parametrize("sender", ["0900000123", "84900000123", "+84 90 000 0123", "whatsapp:+84900000123"])
    def test_a_number_is_the_same_subscriber_however_it_is_written(
        self, client: FlaskClient, core: ScriptedCore, sender: str
    ) -> None:
        text_message(client, MessageSid="SM1")
        text_message(client, MessageSid="SM2", From=sender, Body="nộp ở đâu")
        assert core.turns[0].conversation == core.turns[1].conversation

    def test_a_subscriber_with_a_prefix_nobody_knows_yet_is_answered(self, client: FlaskClient) -> None:
        assert messages(text_message(client, From="+84410000123")) != []

    @pytest.mark.parametrize("status", [503, 500, 401])
    def test_without_core_the_citizen_gets_an_apology_and_a_way_out(
        self, client: FlaskClient, core: ScriptedCore, status: int
    ) -> None:
        core.script = lambda turn: status
        (text,) = messages(text_message(client))
        assert text.startswith("Xin loi")
        assert "18001096" in text

    def test_without_redis_messages_are_still_answered(self, set_up: Callable[..., Settings], tmp_path) -> None:
        client = create_app(set_up(redis_url=f"unix://{tmp_path}/nobody.sock")).test_client()
        assert messages(text_message(client)) == ["Can to khai va giay chung sinh."]

    def test_a_redis_that_hangs_does_not_keep_the_citizen_waiting(
        self, set_up: Callable[..., Settings], core: ScriptedCore, tmp_path: Path
    ) -> None:
        core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Câu trả lời rất dài. " * 60))
        with socket.socket(socket.AF_UNIX) as silent:
            silent.bind(str(tmp_path / "silent.sock"))
            silent.listen(50)
            client = create_app(set_up(redis_url=f"unix://{tmp_path}/silent.sock")).test_client()
            started = time.monotonic()
            assert len(messages(text_message(client))) > 1
            assert time.monotonic() - started < 6
