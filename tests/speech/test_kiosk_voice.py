"""What the kiosk's voice keeps of a visit."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from spoken_sounds import ToneVoice

from assistant.settings import load
from kiosk.audio.routes import KioskAudio
from kiosk.signed_texts import Signing
from kiosk.words import words
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
