"""Keys as tones in the sound: heard when they are held long enough, never in what somebody says."""

from __future__ import annotations

import asyncio
import itertools
import re
import socket
import struct

import numpy as np
import pytest
import recordings
from call_session_doubles import END, Exchange, ScriptedDialogue, say, until
from test_sip_line import HOST, Exchanger, line_of, taken

from channels.phone.calls.tones import HIGH, KEYPAD, LOW, ToneKeys
from channels.phone.dialogue.carrier_protocol import Keys
from speech.audio import TELEPHONE_RATE, mulaw_to_pcm, pcm_to_mulaw, resampled, silence

DIALLED = "0123456789*#"


def tone(key: str, seconds: float, levels: tuple[float, float] = (4000, 4000), off: float = 0.0) -> bytes:
    """The two tones of a key, each so many units high and off its place by a share."""
    row = next(place for place, keys in enumerate(KEYPAD) if key in keys)
    low, high = LOW[row] * (1 + off), HIGH[KEYPAD[row].index(key)] * (1 + off)
    times = 2 * np.pi * np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    return (levels[0] * np.sin(low * times) + levels[1] * np.sin(high * times + 1)).astype("<i2").tobytes()


def heard(sound: bytes, piece: int = 320) -> str:
    """The keys in a sound that comes in pieces."""
    keys = ToneKeys()
    return "".join(keys.hear(sound[at : at + piece]) for at in range(0, len(sound), piece))


@pytest.mark.parametrize("off", [0.0, 0.015, -0.015])
@pytest.mark.parametrize("seconds", [0.04, 0.06, 0.1, 0.5])
def test_every_key_is_heard_once_however_long_it_is_held(seconds: float, off: float) -> None:
    pause = silence(0.06, TELEPHONE_RATE)
    assert heard(pause + b"".join(tone(key, seconds, off=off) + pause for key in DIALLED)) == DIALLED


def test_a_key_pressed_twice_is_two() -> None:
    pause = silence(0.06, TELEPHONE_RATE)
    assert heard(tone("4", 0.08) + pause + tone("4", 0.08) + pause) == "44"


@pytest.mark.parametrize("levels", [(4000, 2000), (2000, 4000), (300, 300), (12000, 9000)])
def test_a_loud_a_quiet_and_a_slanted_line_are_heard_through_noise_and_coding(levels: tuple[float, float]) -> None:
    pause = silence(0.06, TELEPHONE_RATE)
    sound = np.frombuffer(b"".join(tone(key, 0.06, levels) + pause for key in DIALLED), "<i2")
    noise = np.random.default_rng(7).normal(0, min(levels) * 0.05, len(sound))
    assert heard(mulaw_to_pcm(pcm_to_mulaw((sound + noise).astype("<i2").tobytes()))) == DIALLED


@pytest.mark.parametrize(
    "sound",
    [
        tone("5", 0.02),
        tone("5", 0.2, off=0.035),
        tone("5", 0.2, (6000, 600)),
        tone("5", 0.2, (20, 20)),
        bytes(3200),
        np.random.default_rng(3).normal(0, 3000, 8000).astype("<i2").tobytes(),
    ],
    ids=["too short", "off its place", "one tone", "too quiet", "nothing", "noise"],
)
def test_what_is_no_key_is_not_heard(sound: bytes) -> None:
    assert heard(sound + silence(0.06, TELEPHONE_RATE)) == ""


def test_pieces_of_any_length_hold_the_same_keys() -> None:
    sound = tone("7", 0.06) + silence(0.06, TELEPHONE_RATE) + tone("*", 0.06) + silence(0.06, TELEPHONE_RATE)
    assert {heard(sound, piece) for piece in (2, 160, 322, len(sound))} == {"7*"}


@pytest.mark.skipif(not recordings.FOLDER.is_dir(), reason=recordings.WHY_MISSING)
@pytest.mark.parametrize("of", ["vivos", "diadiem_test", "wavenet_tts"])
def test_nobody_speaks_in_keys(of: str) -> None:
    said = recordings.recordings(of)
    assert said
    for one in said:
        assert heard(resampled(one.sound.pcm, one.sound.rate, TELEPHONE_RATE)) == "", one.text


WITHOUT_EVENTS = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio {port} RTP/AVP 0\r\n"


class ExchangerWithoutEvents(Exchanger):
    """An exchange that knows keys as sound alone."""

    def invite(self, call: str, sdp: str | None = None, **headers: str) -> bytes:
        return super().invite(call, WITHOUT_EVENTS.format(port=self.port) if sdp is None else sdp, **headers)


async def send_sound(pcm: bytes, port: int) -> None:
    """Send sound as an exchange does, in packets of 20 ms at their time."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for number, at in enumerate(range(0, len(pcm), 320)):
            header = struct.pack("!BBHII", 0x80, 0, number, number * 160, 99)
            out.sendto(header + pcm_to_mulaw(pcm[at : at + 320]), (HOST, port))
            await asyncio.sleep(0.02)


def sound_port(other: Exchanger, call: str) -> int:
    """Where the line wants the sound of a call."""
    answer = next(text for text in other.answers[call] if text.startswith("SIP/2.0 200"))
    found = re.search(r"m=audio (\d+)", answer)
    assert found is not None
    return int(found[1])


async def test_a_key_held_in_a_call_without_telephone_events_is_a_key() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END))
    async with line_of(exchange, ExchangerWithoutEvents) as (_, other):
        call = await taken(exchange, other)
        await until(lambda: exchange.voice.asked)
        await send_sound(tone("1", 0.1) + silence(0.1, TELEPHONE_RATE), sound_port(other, call))
        await until(lambda: Keys("1") in exchange.dialogue.given)


async def test_a_key_told_in_a_message_is_not_heard_in_the_sound_as_well() -> None:
    exchange = Exchange(ScriptedDialogue(*itertools.repeat(say("xin chào"), 3), END))
    async with line_of(exchange, ExchangerWithoutEvents) as (_, other):
        call = await taken(exchange, other)
        await until(lambda: exchange.voice.asked)
        other.send(
            other.message(
                "INFO", call, "Signal=1\r\n", tag=other.tag(call), cseq=2, Content_Type="application/dtmf-relay"
            )
        )
        await until(lambda: Keys("1") in exchange.dialogue.given)
        await send_sound(tone("2", 0.1) + silence(0.3, TELEPHONE_RATE), sound_port(other, call))
        assert Keys("2") not in exchange.dialogue.given
