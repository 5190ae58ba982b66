"""Whatever arrives is met with a short helpful answer, and the next message is answered as ever."""

from __future__ import annotations

import itertools
import json
import secrets
import unicodedata

import pytest
from running_system import RunningSystem

from language.normalise import fold

pytestmark = pytest.mark.xdist_group("system")

BAD = {
    "empty": "",
    "blanks": " \t\n ",
    "punctuation": "?!?!...",
    "emoji": "😀🙏🏽👨‍👩‍👧",
    "control characters": "\x00\x01\x07\x1b[31m",
    "bidi and zero width": "\u202e\u200b\ufeff\u2066",
    "Arabic": "مرحبا كيف الحال",
    "Chinese": "你好,我要办手续",
    "Cyrillic": "Привет как дела",
    "markup": "<script>alert(1)</script><b>x</b>",
    "SQL": "'; DROP TABLE procedures;--",
    "templates": "{{7*7}} ${jndi:ldap://x} {language} %s %n",
    "forged log lines": 'a\r\n{"level": "info", "event": "forged"}\n2026 ERROR forged',
    "command restart": "/restart",
    "command greet": '/greet{"language": "en"}',
    "command action": "/action_forget_conversation",
    "path": "../../../../etc/passwd",
    "JSON": '{"text": "/restart", "slot": null}',
    "one letter": "x",
    "one long word": "a" * 50_000,
    "fifty thousand characters": "khai sinh " * 5_000,
    "many lines": "\n" * 3_000 + "ab",
    "many digits": "7" * 5_000,
    "combining marks": "e" + "\u0301" * 500,
}


CHANNELS = itertools.cycle(["sms", "kiosk", "phone"])


@pytest.mark.parametrize(("text", "channel"), list(zip(BAD.values(), CHANNELS, strict=False)), ids=BAD.keys())
def test_bad_input_gets_a_short_helpful_answer(system: RunningSystem, text: str, channel: str) -> None:
    conversation = secrets.token_hex(8)
    answer = system.say(text, channel, conversation)
    assert answer.replies
    assert all(reply["text"].strip() for reply in answer.replies)
    if "khai sinh" not in text:
        assert len(answer.text) < 500
    for trace in ("<script", "DROP TABLE", "jndi", "{{", "49", "forged", "passwd", "\x1b", "aaaaa", "77777"):
        assert trace not in answer.everything
    after = system.say("làm giấy khai sinh nộp ở đâu", channel, conversation)
    assert after.understanding["procedure"] == "1.001193"
    assert "uy ban nhan dan xa" in fold(after.text)


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKD"])
def test_every_unicode_form_is_understood(system: RunningSystem, form: str) -> None:
    answer = system.say(unicodedata.normalize(form, "làm giấy khai sinh cần giấy tờ gì"))
    assert (answer.understanding["procedure"], answer.understanding["aspect"]) == ("1.001193", "papers")
    assert unicodedata.is_normalized("NFC", answer.everything)


def test_emoji_around_words_do_no_harm(system: RunningSystem) -> None:
    answer = system.say("🙏🙏 làm giấy khai sinh cần giấy tờ gì 😊")
    assert answer.understanding["procedure"] == "1.001193"


def test_a_command_inside_a_conversation_does_not_end_it(system: RunningSystem) -> None:
    conversation = secrets.token_hex(8)
    system.say("làm giấy khai sinh cần gì", conversation=conversation)
    for command in ("/restart", "/session_start", "/action_forget_conversation", "/back"):
        system.say(command, conversation=conversation)
    assert "Làm giấy khai sinh. Nơi nộp" in system.say("nộp ở đâu", conversation=conversation).text


IDENTITY = "001099" + "778812"
PHONE = "0900" + "778812"
PRIVATE = {
    "identity number": (f"số căn cước của tôi là {IDENTITY}", IDENTITY),
    "phone number": (f"gọi cho tôi số {PHONE} nhé", PHONE),
    "spaced phone number": ("sdt 0900 778 813", "0900 778 813"),
    "international phone number": ("+84900778814 là số em", "84900778814"),
    "with a question": (f"làm giấy khai sinh cần gì, cccd {IDENTITY}", IDENTITY),
}


@pytest.mark.parametrize("channel", ["sms", "kiosk", "phone"])
def test_personal_numbers_are_neither_echoed_nor_kept(system: RunningSystem, channel: str) -> None:
    conversation = secrets.token_hex(8)
    for text, number in PRIVATE.values():
        answer = system.say(text, channel, conversation)
        assert number not in answer.everything
        assert number not in system.say("nhắc lại", channel, conversation).everything
    for text, number in PRIVATE.values():
        assert system.files_with(number) == [], text


def test_a_sender_leaves_no_number_behind(system: RunningSystem) -> None:
    sender = "+84900" + "778899"
    assert system.text_message("làm giấy khai sinh cần gì", sender)
    for trace in (sender, sender[1:], "0" + sender[3:], sender[3:]):
        assert system.files_with(trace) == []


def test_code_and_digits_of_a_dossier_are_in_no_file(system: RunningSystem) -> None:
    conversation = secrets.token_hex(8)
    code = "H26.31.08-261122-9104"
    with system.outage():
        # The case in which both are kept between turns.
        assert "trục trặc" in system.say(f"hồ sơ {code} số 0104", conversation=conversation).text
        assert system.files_with(code) == []
        assert system.files_with("H26.31.08-261122") == []
        assert system.files_with('"last4", "value": "0104"') == []


def test_every_log_line_of_the_processes_is_json(system: RunningSystem) -> None:
    system.say('a\n{"event": "forged"}')
    lines = [line for line in system.log_text().splitlines() if line.startswith("{")]
    assert lines
    assert all(json.loads(line)["event"] != "forged" for line in lines)


def test_a_text_message_gets_its_answer_as_a_text_message(system: RunningSystem) -> None:
    texts = system.text_message("lam giay khai sinh nop o dau", "+84900000777")
    assert "tro ly tu dong" in texts[0]
    assert "Noi nop" in texts[-1]
    assert all(text.isascii() for text in texts)
    again = system.text_message("con le phi?", "+84900000777")
    assert "mien phi" in again[0]
    assert "tro ly tu dong" not in again[0]


def test_numbers_said_in_words_without_end_hold_nobody_up(system: RunningSystem) -> None:
    conversation = secrets.token_hex(8)
    for text in ("hai mươi " * 6_000, "khai sinh"):
        answer = system.post(channel="kiosk", conversation=conversation, text=text)
        assert answer.status_code == 200, text[:20]
        assert answer.elapsed.total_seconds() < 8


def test_nothing_that_is_kept_can_be_read_by_others_of_the_machine(system: RunningSystem) -> None:
    kept = [path for path in system.data.rglob("*") if path.is_file() or path.is_socket()]
    assert kept
    assert not [path.name for path in kept if path.stat().st_mode & 0o077 and "redis" not in path.parts]
