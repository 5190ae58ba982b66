"""What the kiosk's voice keeps of a visit."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer
from spoken_sounds import ToneVoice

from kiosk.audio.routes import KioskAudio
from kiosk.signed_texts import Signing
from kiosk.words import words
from runtime.settings import Settings, load
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
            said = await client.post("/kiosk/speech", json={"text": signed.text, "token": signed.token})
            assert said.status == 200
        asked = len(voice.asked)
        assert (await client.post("/kiosk/forget")).status == 204
        await speaking.whole(home, Style(), rate=22_050)
        assert len(voice.asked) == asked
        await speaking.whole(STATUS, Style(), rate=22_050)
        assert len(voice.asked) > asked


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
