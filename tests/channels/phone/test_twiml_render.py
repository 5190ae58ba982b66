"""Every move becomes TwiML that the provider's own library could have made."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twiml_grammar import check_twiml

from channels.phone.dialogue.carrier_protocol import End, Expect, KeyEntry, Line, Move, Speed, Style, Transfer
from channels.phone.twiml.render import LONGEST_HINT, MOST_HINTS, Addresses, Voices, hints, render, stream

VOICES = Voices()
HELLO = Line("Xin chào.", public=True, interruptible=False)
QUESTION = Line("Hỏi thủ tục, bấm phím một.", public=True)
ENGLISH = Line("For English, press 9.", public=True, language="en")


def twiml(move: Move) -> ElementTree.Element:
    return check_twiml(render(move, VOICES, Addresses()).encode())


def found(root: ElementTree.Element, path: str) -> ElementTree.Element:
    element = root.find(path)
    assert element is not None, path
    return element


def test_a_question_listens_for_keys_and_words() -> None:
    gather = found(twiml(Move((QUESTION,), Expect(phrases=("làm giấy khai sinh", "hồ sơ")), sequence=3)), "Gather")
    assert gather.attrib == {
        "input": "dtmf speech",
        "language": "vi-VN",
        "hints": "làm giấy khai sinh,hồ sơ",
        "speechTimeout": "auto",
        "numDigits": "1",
        "finishOnKey": "",
        "timeout": "6",
        "bargeIn": "true",
        "actionOnEmptyResult": "true",
        "action": "/voice/twilio/turn?n=3",
        "method": "POST",
    }
    assert found(gather, "Say").attrib == {"voice": "Google.vi-VN-Standard-A", "language": "vi-VN"}


def test_what_must_be_heard_stands_before_the_listening() -> None:
    root = twiml(Move((HELLO, QUESTION), Expect()))
    assert [element.tag for element in root] == ["Say", "Gather", "Redirect"]
    assert root[0].text == HELLO.text


def test_an_entry_of_digits_ends_with_hash_and_gives_time() -> None:
    gather = found(twiml(Move((QUESTION,), Expect(KeyEntry(25, "#", 4.0), no_input_seconds=10))), "Gather")
    assert (gather.get("numDigits"), gather.get("finishOnKey"), gather.get("timeout")) == ("25", "#", "5")


def test_where_no_words_are_expected_none_are_listened_for() -> None:
    gather = found(twiml(Move((QUESTION,), Expect(speech=False))), "Gather")
    assert gather.get("input") == "dtmf"
    assert "speechTimeout" not in gather.attrib
    assert "hints" not in gather.attrib


def test_the_language_listened_for_is_that_of_most_lines() -> None:
    assert found(twiml(Move((HELLO, QUESTION, ENGLISH), Expect())), "Gather").get("language") == "vi-VN"
    assert found(twiml(Move((ENGLISH, ENGLISH, QUESTION), Expect())), "Gather").get("language") == "en-US"
    says = twiml(Move((QUESTION, ENGLISH), Expect())).findall("Gather/Say")
    assert [say.get("language") for say in says] == ["vi-VN", "en-US"]


def test_slow_speech_is_asked_of_the_voice() -> None:
    root = twiml(Move((QUESTION,), Expect(), style=Style(Speed.SLOW)))
    prosody = found(root, "Gather/Say/prosody")
    assert prosody.get("rate") == "80%"
    assert prosody.text == QUESTION.text


def test_a_transfer_dials_and_asks_how_it_ended() -> None:
    dial = found(twiml(Move((QUESTION,), then=Transfer("+842000000001", 25), sequence=7)), "Dial")
    assert dial.text == "+842000000001"
    assert dial.get("action") == "/voice/twilio/dialled?n=7"
    assert dial.get("timeout") == "25"


def test_the_end_hangs_up() -> None:
    assert [element.tag for element in twiml(Move((HELLO,), then=End()))] == ["Say", "Hangup"]


def test_a_stream_carries_its_token() -> None:
    root = check_twiml(stream("wss://example.vn/voice/stream", "secret", Addresses("https://example.vn")).encode())
    assert found(root, "Connect/Stream").get("url") == "wss://example.vn/voice/stream"
    assert found(root, "Connect/Stream/Parameter").attrib == {"name": "token", "value": "secret"}
    assert found(root, "Redirect").text == "https://example.vn/voice/twilio/streamed"


@given(st.lists(st.text(max_size=300), max_size=700))
def test_hints_stay_within_what_the_provider_takes(phrases: list[str]) -> None:
    made = hints(phrases).split(",")
    assert len(made) <= MOST_HINTS
    assert all(len(hint) <= LONGEST_HINT for hint in made)


@pytest.mark.parametrize("text", ['a < b & c > "d"', "Đ" * 3_000])
def test_any_text_is_well_formed(text: str) -> None:
    assert found(twiml(Move((Line(text, public=False),), Expect())), "Gather/Say").text == text


@pytest.mark.parametrize(
    "wrong",
    [
        "<Response><Gather colour='red'/></Response>",
        "<Response><Shout/></Response>",
        "<Response><Hangup><Say/></Hangup></Response>",
    ],
)
def test_what_the_library_does_not_know_is_noticed(wrong: str) -> None:
    with pytest.raises(AssertionError):
        check_twiml(wrong.encode())
