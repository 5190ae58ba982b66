from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from channels_doubles import ScriptedCore, answer, everything_in
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from werkzeug.test import TestResponse

from contract.reply import Choice, Reply, ReplyKind
from contract.turn import MAX_TEXT, Event, TurnResult, Understanding
from contract.wishes import Refusal, Report
from runtime.settings import Environment, Settings

ASK_BACK = Reply(
    kind=ReplyKind.ASK_BACK,
    short="Cần việc nào?",
    choices=(
        Choice(key="1", label="Đăng ký khai sinh", speech="khai sinh"),
        Choice(key="2", label="Đăng ký kết hôn"),
    ),
)
USUAL = {"channel": "kiosk", "conversation": "kiosk-7", "text": "làm giấy khai sinh cần gì"}


def ask(client: FlaskClient, fields: object = USUAL, **options: Any) -> TestResponse:
    return client.post("/api/v1/converse", json=fields, **options)


def problem(response: TestResponse) -> dict[str, str]:
    assert response.json is not None
    return response.json["error"]


def test_a_turn_is_answered_as_documented(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: TurnResult(
        replies=(ASK_BACK,),
        understanding=Understanding(
            intent="ask_procedure", confidence=0.75, candidates=("1.001193", "1.000894"), aspect="papers"
        ),
    )
    response = ask(client)
    assert response.status_code == 200
    assert response.json == {
        "replies": [
            {
                "text": "Cần việc nào?\n1. Đăng ký khai sinh\n2. Đăng ký kết hôn",
                "speech": response.json["replies"][0]["speech"],
                "choices": [
                    {"key": "1", "label": "Đăng ký khai sinh"},
                    {"key": "2", "label": "Đăng ký kết hôn"},
                ],
            }
        ],
        "understanding": {
            "intent": "ask_procedure",
            "confidence": 0.75,
            "procedure": None,
            "candidates": ["1.001193", "1.000894"],
            "aspect": "papers",
            "dossier_code": None,
            "digits": None,
        },
    }
    assert "ần việc nào" in response.text


def test_keys_pressed_and_events_reach_the_core(client: FlaskClient, core: ScriptedCore) -> None:
    ask(client, {"channel": "phone", "conversation": "c", "digits": "12*#"})
    ask(client, {"channel": "phone", "conversation": "c", "event": "no_input", "text": None, "digits": None})
    assert (core.turns[0].digits, core.turns[1].event) == ("12*#", Event.NO_INPUT)
    assert core.turns[0].conversation == core.turns[1].conversation


@pytest.mark.parametrize(
    "conversation",
    [
        "0900000123",
        "+84 900 000 123",
        "Nguyễn",
        "a" * 5000,
        pytest.param("a\ud800", id="half a pair"),
        "../x\n",
    ],
)
def test_any_conversation_id_is_taken_and_a_telephone_number_leaves_no_trace(
    client: FlaskClient,
    core: ScriptedCore,
    redis: Redis,
    capfd: pytest.CaptureFixture[str],
    conversation: str,
) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Dài. " * 300))
    body = json.dumps({**USUAL, "channel": "sms", "conversation": conversation})
    assert client.post("/api/v1/converse", data=body, content_type="application/json").status_code == 200
    kept = everything_in(redis)
    output = "".join(capfd.readouterr())
    assert core.turns[0].conversation.startswith("api:")
    assert "900000123" not in core.turns[0].conversation.replace(" ", "")
    assert "900000123" not in kept
    assert "900000123" not in output.replace(" ", "")


def test_two_integrators_conversations_stay_apart(client: FlaskClient, core: ScriptedCore) -> None:
    ask(client, {**USUAL, "conversation": "a"})
    ask(client, {**USUAL, "conversation": "b"})
    assert core.turns[0].conversation != core.turns[1].conversation


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        ("", ""),
        ("  \n ", "  \n "),
        ("a\x00b", "ab"),
        pytest.param("xin \ud83d chào", "xin  chào", id="half a pair"),
        ("a\ufffeb\x1bc", "abc"),
        ("khai sinh".replace("i", "i\u0301"), "khaí sính"),
        ("😀", "😀"),
        ("/intent{}", "/intent{}"),
        ("x" * (MAX_TEXT + 5), "x" * MAX_TEXT),
    ],
)
def test_whatever_a_citizen_types_is_a_valid_turn(
    client: FlaskClient, core: ScriptedCore, sent: str, received: str
) -> None:
    response = client.post(
        "/api/v1/converse", data=json.dumps({**USUAL, "text": sent}), content_type="application/json"
    )
    assert response.status_code == 200
    assert core.turns[0].text == received


@pytest.mark.parametrize(
    ("fields", "cure"),
    [
        ({}, "channel: Field required"),
        ({**USUAL, "channel": "fax"}, "channel: Input should be 'sms', 'phone' or 'kiosk'"),
        ({**USUAL, "conversation": ""}, "conversation"),
        ({**USUAL, "conversation": 84900000123}, "conversation: Input should be a valid string"),
        ({"channel": "sms", "conversation": "c"}, "give exactly one of text, digits, event and wish"),
        ({**USUAL, "digits": "1"}, "give exactly one of text, digits, event and wish"),
        ({"channel": "sms", "conversation": "c", "digits": "12a"}, "digits"),
        ({"channel": "sms", "conversation": "c", "digits": ""}, "digits"),
        ({"channel": "sms", "conversation": "c", "event": "explode"}, "event"),
        ({**USUAL, "text": ["a"]}, "text"),
        ({**USUAL, "txt": "a"}, "txt: unknown field; known: channel, conversation, text, digits, event, wish"),
    ],
)
def test_wrong_fields_are_refused_with_the_cure(
    client: FlaskClient, core: ScriptedCore, fields: dict[str, object], cure: str
) -> None:
    response = ask(client, fields)
    assert response.status_code == 400
    assert problem(response)["code"] == "bad_fields"
    assert cure in problem(response)["message"]
    assert "84900000123" not in response.text
    assert core.turns == []


WISHING = {"channel": "kiosk", "conversation": "kiosk-7"}


def test_a_wish_reaches_the_core_as_it_was_sent(client: FlaskClient, core: ScriptedCore) -> None:
    assert ask(client, {**WISHING, "wish": {"do": "report", "words": "Đèn\x00 hỏng"}}).status_code == 200
    assert core.turns[0].wish == Report(words="Đèn hỏng")
    assert core.turns[0].text is None


@pytest.mark.parametrize(
    ("wish", "cure"),
    [
        (
            {"do": "ask", "procedure": "1.001193", "aspect": "colour"},
            "wish.ask.aspect: Input should be 'papers'",
        ),
        ({"do": "ask", "procedure": "khai sinh"}, "wish.ask.procedure"),
        ({"do": "0900000123"}, "wish: do must be one of ask, dossier, registry, choose, report, officer"),
        ({}, "wish: do must be one of ask"),
        ("yes", "wish"),
        ({"do": "choose", "key": "2", "digit": "2"}, "wish.choose.digit: unknown field; known: do, key"),
    ],
)
def test_a_wish_of_the_wrong_form_is_refused_with_the_cure(
    client: FlaskClient, core: ScriptedCore, wish: object, cure: str
) -> None:
    response = ask(client, {**WISHING, "wish": wish})
    assert (response.status_code, problem(response)["code"]) == (400, "bad_fields")
    assert cure in problem(response)["message"]
    assert "0900000123" not in response.text
    assert core.turns == []


@pytest.mark.parametrize("refusal", list(Refusal))
def test_a_wish_that_cannot_be_done_is_refused_with_its_reason(
    client: FlaskClient, core: ScriptedCore, refusal: Refusal
) -> None:
    core.script = lambda turn: TurnResult(
        replies=(ASK_BACK,), understanding=Understanding(intent="repeat"), refused=refusal
    )
    response = ask(client, {**WISHING, "wish": {"do": "choose", "key": "7"}})
    assert (response.status_code, problem(response)["code"]) == (422, refusal.value)
    assert problem(response)["message"].startswith("wish.")


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe{", b"null", b"[]", b'"a"', b"[" * 100_000, b"1" * 5000])
def test_a_body_that_is_no_json_object_is_refused(client: FlaskClient, body: bytes) -> None:
    response = client.post("/api/v1/converse", data=body, content_type="application/json")
    assert (response.status_code, problem(response)["code"]) == (400, "bad_json")


def test_other_errors_name_their_cure_as_json_too(client: FlaskClient) -> None:
    text = client.post("/api/v1/converse", data="a=b", content_type="application/x-www-form-urlencoded")
    assert (text.status_code, problem(text)["message"]) == (415, "send the body as application/json")
    get = client.get("/api/v1/converse")
    assert (get.status_code, set(get.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert problem(get)["code"] == "method_not_allowed"
    assert problem(client.get("/api/v1/nothing"))["code"] == "not_found"
    large = ask(client, {**USUAL, "text": "x" * 300_000})
    assert (large.status_code, problem(large)["code"]) == (413, "too_large")
    assert "256 kB" in problem(large)["message"]


def test_the_largest_allowed_text_of_a_citizen_is_accepted(client: FlaskClient) -> None:
    assert ask(client, {**USUAL, "text": "ệ" * 40_000}).status_code == 200


def test_without_core_the_answer_is_503_with_words_for_the_citizen(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: 503
    response = ask(client)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "5"
    assert problem(response)["code"] == "core_unavailable"
    assert "Xin lỗi" in response.json["replies"][0]["text"]
    assert response.json["understanding"]["intent"] is None


def test_a_failure_of_ours_is_reported_by_number_without_stack_trace(
    client: FlaskClient, core: ScriptedCore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.conversing.render_all", lambda *given: 1 / 0)
    response = ask(client)
    assert response.status_code == 500
    assert response.headers["X-Request-Id"] in problem(response)["message"]
    assert "Traceback" not in response.text
    assert "ZeroDivision" not in response.text


class TestKey:
    @pytest.fixture
    def production(self, set_up: Callable[..., Settings]) -> FlaskClient:
        return create_app(set_up(environment=Environment.PRODUCTION, api_key="right key")).test_client()

    def test_production_asks_even_this_machine_for_the_key(self, production: FlaskClient, core: ScriptedCore) -> None:
        response = ask(production)
        assert (response.status_code, problem(response)["code"]) == (401, "unauthorized")
        assert "Authorization: Bearer" in problem(response)["message"]
        assert core.turns == []

    @pytest.mark.parametrize("header", ["Bearer right key", "bearer right key"])
    def test_the_right_key_is_accepted(self, production: FlaskClient, header: str) -> None:
        assert ask(production, headers={"Authorization": header}).status_code == 200

    @pytest.mark.parametrize(
        "header",
        [
            "Bearer",
            "Bearer ",
            "Bearer wrong",
            "Bearer right key2",
            "Basic cmlnaHQ6a2V5",
            "right key",
            "Bearer ÿ",
        ],
    )
    def test_a_wrong_key_is_refused(self, production: FlaskClient, header: str) -> None:
        assert ask(production, headers={"Authorization": header}).status_code == 401

    def test_in_production_there_is_no_api_without_a_key(self, set_up: Callable[..., Settings]) -> None:
        client = create_app(set_up(environment=Environment.PRODUCTION)).test_client()
        response = ask(client, headers={"Authorization": "Bearer "})
        assert response.status_code == 401
        assert "MOTCUA_API_KEY" in problem(response)["message"]

    @pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
    def test_development_trusts_this_machine(self, client: FlaskClient, address: str) -> None:
        assert ask(client, environ_base={"REMOTE_ADDR": address}).status_code == 200

    @pytest.mark.parametrize(
        ("address", "headers"),
        [
            ("192.0.2.1", {}),
            ("", {}),
            ("127.0.0.1", {"X-Forwarded-For": "192.0.2.1"}),
            ("127.0.0.1", {"Forwarded": "for=192.0.2.1"}),
        ],
    )
    def test_development_trusts_nobody_else_nor_a_proxy_on_this_machine(
        self, client: FlaskClient, address: str, headers: dict[str, str]
    ) -> None:
        assert ask(client, environ_base={"REMOTE_ADDR": address}, headers=headers).status_code == 401


def test_a_number_that_no_row_can_have_is_not_found(set_up: Callable[..., Settings]) -> None:
    app = create_app(set_up())
    app.add_url_rule("/rows/<int:number>", view_func=lambda number: str(number))
    client = app.test_client()
    assert client.get(f"/rows/{2**31 - 1}").text == str(2**31 - 1)
    for number in (str(2**31), str(2**64), "9" * 5000):
        assert client.get(f"/rows/{number}").status_code == 404
