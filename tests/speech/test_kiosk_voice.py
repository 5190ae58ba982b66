"""What the kiosk's voice keeps of a visit."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from aiohttp import WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer
from spoken_sounds import ToneVoice

from kiosk.audio.routes import KioskAudio
from kiosk.page.speech_body import PARTS_HEADER
from kiosk.signed_texts import Signing
from kiosk.words import words
from runtime.settings import Settings, load
from speech import opus
from speech.audio import Recording, samples, seconds_of
from speech.recognition.pool import RecogniserPool
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.voice import Style
from stores.sealing import Seal

STATUS = "Hồ sơ đang được giải quyết."


async def test_after_a_visit_only_what_everybody_hears_is_kept(tmp_path: Path) -> None:
    signing, voice = Signing(Seal(b"a secret of the tests")), ToneVoice()
    speaking = Speaking(voice, SpokenCache(10_000_000, tmp_path, 10_000_000))
    pool = RecogniserPool(lambda: pytest.fail("nobody speaks here"), 0, report=print)
    app = web.Application()
    KioskAudio(pool, lambda: speaking, signing, load()).add_to(app.router)
    home = words().texts("vi")["say_home"]
    async with TestClient(TestServer(app)) as client:
        for text in (home, STATUS):
            signed = signing.sign(text)
            part, parts = 0, 1
            while part < parts:
                body = {"text": signed.text, "token": signed.token, "part": part}
                said = await client.post("/kiosk/speech", json=body)
                assert said.status == 200
                part, parts = part + 1, int(said.headers[PARTS_HEADER])
        asked = len(voice.asked)
        assert (await client.post("/kiosk/forget")).status == 204
        await speaking.whole(home, Style(), rate=opus.RATE)
        assert len(voice.asked) == asked
        await speaking.whole(STATUS, Style(), rate=opus.RATE)
        assert len(voice.asked) > asked


async def test_a_long_text_is_heard_in_parts_of_which_the_first_is_short_and_none_is_lost() -> None:
    speaking = Speaking(ToneVoice(), SpokenCache(10_000_000))
    text = " ".join(f"Việc thứ {number} cần giấy tờ." for number in range(8))
    whole = await speaking.whole(text, Style(), rate=opus.RATE)
    first = await speaking.part(text, Style(), 0, rate=opus.RATE)
    count = first.parts
    parts = [first] + [await speaking.part(text, Style(), number, rate=opus.RATE) for number in range(1, count)]
    assert b"".join(part.pcm for part in parts) == whole
    captions = " ".join(part.words for part in parts).lower()
    assert [captions.count(f"việc thứ {word} cần giấy tờ") for word in ("không", "một", "bảy")] == [1, 1, 1]
    assert len(first.pcm) < len(whole) / 6
    with pytest.raises(IndexError):
        await speaking.part(text, Style(), count, rate=opus.RATE)


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ("Làm giấy khai sinh cần, tờ khai đăng ký khai sinh, giấy chứng sinh.", "Làm giấy khai sinh cần,"),
        ("Mang tờ khai, giấy chứng sinh, sổ hộ khẩu, rồi nộp ở ủy ban.", "Mang tờ khai, giấy chứng sinh, sổ hộ khẩu,"),
        ("Nộp tờ khai và giấy chứng sinh ở ủy ban xã nhà.", "Nộp tờ khai và giấy chứng sinh ở ủy ban xã nhà."),
        ("Xin chào. Cần làm giấy tờ gì?", "Xin chào."),
    ],
    ids=["as long as a comma", "as many commas as fit", "no comma", "short by itself"],
)
async def test_what_is_heard_first_is_short_where_a_comma_allows_it(text: str, begins: str) -> None:
    voice = ToneVoice()
    speaking = Speaking(voice, SpokenCache(0))
    first = await speaking.part(text, Style(), 0, rate=opus.RATE)
    assert first.words == begins
    rest = [(await speaking.part(text, Style(), number, rate=opus.RATE)).words for number in range(1, first.parts)]
    assert " ".join([first.words, *rest]) == text


async def test_where_there_is_nothing_to_hear_no_part_is_waited_for() -> None:
    signing = Signing(Seal(b"a secret of the tests"))
    speaking = Speaking(ToneVoice(), SpokenCache(10_000_000))
    pool = RecogniserPool(lambda: pytest.fail("nobody speaks here"), 0, report=print)
    app = web.Application()
    KioskAudio(pool, lambda: speaking, signing, load()).add_to(app.router)
    async with TestClient(TestServer(app)) as client:
        signed = signing.sign("…")
        said = await client.post("/kiosk/speech", json={"text": signed.text, "token": signed.token})
        assert said.status == 204


def test_packed_speech_lasts_as_long_and_weighs_a_twelfth() -> None:
    pcm = np.random.default_rng(1).normal(0, 3000, opus.RATE * 5).astype("<i2").tobytes()
    packed = opus.opus_bytes(Recording(pcm, opus.RATE))
    with soundfile.SoundFile(io.BytesIO(packed)) as opened:
        unpacked = opened.buffer_read(dtype="int16")
        assert opened.samplerate == opus.RATE
    assert len(bytes(unpacked)) == pytest.approx(len(pcm), rel=0.01)
    assert np.abs(samples(bytes(unpacked))).mean() > 500
    assert len(packed) < 5 * 4_500, "at most 36 kbit/s, even of noise"
    assert seconds_of(pcm, opus.RATE) == 5


def test_what_is_waited_for_is_packed_lightly_and_is_the_same_sound() -> None:
    pcm = np.random.default_rng(1).normal(0, 3000, opus.RATE).astype("<i2").tobytes()
    soon, light = (opus.opus_bytes(Recording(pcm, opus.RATE), is_waited_for=hurry) for hurry in (True, False))
    assert len(light) < len(soon) < len(pcm) / 3
    with soundfile.SoundFile(io.BytesIO(soon)) as opened:
        assert len(bytes(opened.buffer_read(dtype="int16"))) == pytest.approx(len(pcm), rel=0.05)


async def test_in_production_the_microphone_is_not_for_those_behind_a_proxy() -> None:
    pool = RecogniserPool(lambda: pytest.fail("nobody speaks here"), 0, report=print)
    app = web.Application()
    settings = Settings(environment="production")
    KioskAudio(pool, lambda: None, Signing(Seal(b"a secret of the tests")), settings).add_to(app.router)
    async with TestClient(TestServer(app)) as client:
        with pytest.raises(WSServerHandshakeError) as refused:
            await client.ws_connect("/kiosk/audio", headers={"X-Forwarded-For": "203.0.113.5"})
        assert refused.value.status == 403
        async with client.ws_connect("/kiosk/audio") as microphone:
            await microphone.send_json({"type": "start"})
            assert (await microphone.receive_json())["type"]
