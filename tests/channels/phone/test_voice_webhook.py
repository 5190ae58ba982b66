"""Calls through the provider's signed webhooks, with a scripted core."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from xml.etree import ElementTree

import pytest
from channels_doubles import ScriptedCore, answer, short_answer
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from twilio.request_validator import RequestValidator
from twiml_grammar import check_twiml
from werkzeug.test import TestResponse

from channels.phone.stream_tokens import StreamedCall, StreamTokens
from contract.reply import Reply, ReplyKind
from contract.turn import Event, Turn, TurnResult, Understanding
from contract.wishes import LookUpDossier
from runtime.settings import Settings
from stores.sealing import Seal

TOKEN = "a token of the tests"
CALLER = "+84900000123"
CALL = {"CallSid": "CA0001", "AccountSid": "AC0001", "From": CALLER, "To": "+84900000999", "CallStatus": "in-progress"}


def post(client: FlaskClient, path: str, **changes: str | None) -> TestResponse:
    form = {name: value for name, value in {**CALL, **changes}.items() if value is not None}
    signature = RequestValidator(TOKEN).compute_signature(f"http://localhost{path}", form)
    return client.post(path, data=form, headers={"X-Twilio-Signature": signature})


def call(client: FlaskClient, path: str = "/voice/twilio", **changes: str | None) -> ElementTree.Element:
    response = post(client, path, **changes)
    assert response.status_code == 200, response.text
    assert response.content_type == "text/xml; charset=utf-8"
    return check_twiml(response.data)


def said(root: ElementTree.Element) -> str:
    return " ".join("".join(say.itertext()) for say in root.iter("Say"))


def action(root: ElementTree.Element) -> str:
    gather = root.find("Gather")
    assert gather is not None
    return gather.attrib["action"]


def test_a_call_is_greeted_and_offered_the_menu(client: FlaskClient, core: ScriptedCore) -> None:
    root = call(client)
    assert "tổng đài tự động" in said(root)
    assert "phím một" in said(root)
    assert core.turns[0].event is Event.START
    assert core.turns[0].conversation.startswith("phone:")
    assert "900000123" not in core.turns[0].conversation


def test_words_are_answered(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: short_answer("Cần tờ khai.")
    root = call(client, action(call(client)), SpeechResult="làm giấy khai sinh cần gì", Confidence="0.93")
    assert "Cần tờ khai" in said(root)
    assert core.turns[-1].text == "làm giấy khai sinh cần gì"


def test_a_recogniser_without_confidence_is_believed(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: short_answer("Cần tờ khai.")
    root = call(client, action(call(client)), SpeechResult="làm giấy khai sinh", Confidence="0.0")
    assert "Cần tờ khai" in said(root)


def test_a_webhook_delivered_twice_changes_nothing(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: short_answer("Cần tờ khai.")
    where = action(call(client))
    once = post(client, where, SpeechResult="làm giấy khai sinh")
    turns = len(core.turns)
    again = post(client, where, SpeechResult="làm giấy khai sinh")
    assert again.data == once.data
    assert len(core.turns) == turns
    assert post(client, "/voice/twilio").data == once.data


def test_keys_lead_through_the_menu(client: FlaskClient) -> None:
    root = call(client, action(call(client)), Digits="1")
    assert "Kết hôn" in said(root)
    root = call(client, action(root), Digits="9")
    assert "Đất đai" in said(root)
    root = call(client, action(root), Digits="#")
    assert "Đất đai" in said(root)


def test_the_key_that_ends_an_entry_repeats_when_pressed_alone(client: FlaskClient) -> None:
    root = call(client, action(call(client)), Digits="2")
    question = said(root)
    assert said(call(client, action(root), Digits="", FinishedOnKey="#")) == question


def test_nothing_at_all_is_silence(client: FlaskClient) -> None:
    rest = call(client, action(call(client)))
    assert "Chưa nghe thấy gì" not in said(rest)
    assert "Chưa nghe thấy gì" in said(call(client, action(rest)))


@pytest.mark.parametrize("status", ["completed", "failed", "no-answer"])
def test_a_call_that_is_over_is_forgotten(client: FlaskClient, core: ScriptedCore, redis: Redis, status: str) -> None:
    where = action(call(client))
    assert post(client, "/voice/twilio/status", CallStatus=status).status_code == 204
    assert core.turns[-1].event is Event.HANGUP
    assert [redis.get(key) for key in redis.scan_iter("motcua:call:*")] == ["ended"]
    assert [element.tag for element in call(client, where, Digits="1")] == ["Hangup"]


def test_a_call_of_no_length_ends_cleanly(client: FlaskClient, core: ScriptedCore) -> None:
    assert [element.tag for element in call(client, CallStatus="canceled")] == ["Hangup"]
    assert post(client, "/voice/twilio/status", CallStatus="canceled").status_code == 204
    assert core.turns == []


def test_a_status_on_the_way_ends_nothing(client: FlaskClient) -> None:
    where = action(call(client))
    assert post(client, "/voice/twilio/status", CallStatus="in-progress").status_code == 204
    assert "Kết hôn" in said(call(client, where, Digits="1"))


def test_a_broken_call_leaves_the_others_alone(client: FlaskClient, core: ScriptedCore) -> None:
    first, second = call(client), call(client, CallSid="CA0002")
    core.script = lambda turn: short_answer("Cần tờ khai.")
    post(client, "/voice/twilio/status", CallStatus="completed")
    assert [element.tag for element in call(client, action(first), Digits="1")] == ["Hangup"]
    root = call(client, action(second), CallSid="CA0002", SpeechResult="làm giấy khai sinh")
    assert "Cần tờ khai" in said(root)


@pytest.mark.parametrize("path", ["", "/turn?n=1", "/dialled", "/status", "/streamed"])
def test_an_unsigned_webhook_is_refused(client: FlaskClient, core: ScriptedCore, path: str) -> None:
    response = client.post(f"/voice/twilio{path}", data=CALL, headers={"X-Twilio-Signature": "wrong"})
    assert response.status_code == 403
    assert response.json is not None
    assert response.json["error"]["code"] == "bad_signature"
    assert core.turns == []


@pytest.mark.parametrize("wrong", [None, "", "CA 0001", "CA\n1", "A" * 65])
def test_a_form_without_a_call_is_refused(client: FlaskClient, wrong: str | None) -> None:
    assert post(client, "/voice/twilio", CallSid=wrong).status_code == 400


@pytest.mark.parametrize("number", ["", "x", "-1", "99999999999999999999", "1;2"])
def test_a_strange_number_in_the_address_does_not_matter(client: FlaskClient, number: str) -> None:
    call(client)
    assert call(client, f"/voice/twilio/turn?n={number}", Digits="1").find("Gather") is not None


@pytest.mark.parametrize("caller", ["anonymous", "+266696687", "Restricted", "", None])
def test_a_withheld_number_is_no_hindrance(client: FlaskClient, caller: str | None) -> None:
    assert "tổng đài" in said(call(client, From=caller))


def test_without_the_core_there_are_words_of_trouble(client: FlaskClient, core: ScriptedCore) -> None:
    core.script = lambda turn: 500
    root = call(client)
    assert "tổng đài" in said(root)
    root = call(client, action(root), SpeechResult="làm giấy khai sinh")
    assert "bị trục trặc" in said(root)
    assert "gọi lại" in said(root)


def test_without_the_store_there_are_words_of_trouble_and_an_end(set_up: Callable[..., Settings]) -> None:
    client = create_app(set_up(redis_url="redis://127.0.0.1:1/0")).test_client()
    root = call(client)
    assert "bị trục trặc" in said(root)
    assert root[-1].tag == "Hangup"


def test_a_failure_nobody_thought_of_ends_one_call_with_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.twiml.receive.read_input", lambda form: object())
    root = call(client, action(call(client)), Digits="1")
    assert "bị trục trặc" in said(root)


def test_the_officer_is_dialled_and_a_missed_transfer_offers_a_call_back(
    set_up: Callable[..., Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels.phone.dialogue.dialogue_data.OfficeHours.is_open", lambda self, moment: True)
    client = create_app(set_up(officer_number="+842000000001")).test_client()
    root = call(client, action(call(client)), Digits="0")
    dial = root.find("Dial")
    assert dial is not None
    assert dial.text == "+842000000001"
    root = call(client, dial.attrib["action"], DialCallStatus="no-answer")
    assert "đang bận" in said(root)
    assert [e.tag for e in call(client, "/voice/twilio/dialled?n=3", DialCallStatus="completed")][-1] == "Hangup"


def test_a_call_may_be_handed_to_a_stream_with_a_token_that_works_once(
    set_up: Callable[..., Settings], redis: Redis
) -> None:
    settings = set_up(voice_stream=True, public_url="https://example.vn/motcua")
    client = create_app(settings).test_client()
    root = call(client)
    stream = root.find("Connect/Stream")
    parameter = root.find("Connect/Stream/Parameter")
    assert stream is not None
    assert parameter is not None
    assert stream.attrib["url"] == "wss://example.vn/motcua/voice/stream"
    tokens = StreamTokens(redis, Seal(settings.secret()))
    assert tokens.take("another") is None
    assert tokens.take(parameter.attrib["value"]) == StreamedCall("CA0001", CALLER)
    assert tokens.take(parameter.attrib["value"]) is None


def test_a_stream_that_never_began_goes_on_with_keys(set_up: Callable[..., Settings]) -> None:
    client = create_app(set_up(voice_stream=True)).test_client()
    call(client)
    assert "phím một" in said(call(client, "/voice/twilio/streamed"))


def test_a_dossier_by_keys_is_one_wish(client: FlaskClient, core: ScriptedCore) -> None:
    wish = LookUpDossier(code="155005212611239101", last4="0101")

    def script(turn: Turn) -> TurnResult:
        if turn.wish == wish:
            return short_answer("Hồ sơ đang được giải quyết.")
        ask = Reply(kind=ReplyKind.ASK_DETAIL, short="Hãy cho biết.")
        return TurnResult(replies=(ask,), understanding=Understanding(intent="check_dossier"))

    core.script = script
    root = call(client)
    for digits in ("2", "155005212611239101", "1", "0101"):
        root = call(client, action(root), Digits=digits)
    assert "đang được giải quyết" in said(root)
    assert [turn.wish for turn in core.turns if turn.event is None] == [wish]
    assert len({turn.id for turn in core.turns}) == len(core.turns)


def test_no_log_line_tells_who_called_or_what_was_said(
    client: FlaskClient, core: ScriptedCore, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short="Bí mật."))
    root = call(client)
    call(client, action(root), SpeechResult="chuyện riêng của tôi")
    post(client, "/voice/twilio", CallSid=None)
    everything = "".join(capfd.readouterr()) + caplog.text
    for personal in ("900000123", "chuyện riêng", "Bí mật", "CA0001"):
        assert personal not in everything


def test_two_deliveries_at_once_are_one_turn(set_up: Callable[..., Settings], core: ScriptedCore) -> None:
    app = create_app(set_up())
    core.script = lambda turn: short_answer("Cần tờ khai.")
    where = action(call(app.test_client()))
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: post(app.test_client(), where, SpeechResult="làm giấy khai sinh").data, range(4))
        )
    assert len(set(answers)) == 1
    assert len([turn for turn in core.turns if turn.text]) == 1
