"""The voice process' addresses of the kiosk: its microphone, its voice, and what of both is there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Final
from urllib.parse import quote, urlsplit

from aiohttp import WSMsgType, web
from pydantic import ValidationError

from channels.callers import Callers
from kiosk.audio.hearing import FAILED, LARGEST_PIECE, Hearing, News
from kiosk.page.speech_body import PARTS_HEADER, WORDS_HEADER, SpeechBody
from kiosk.signed_texts import Signing
from kiosk.words import words
from language import data
from runtime import logs
from runtime.settings import Settings
from speech import opus
from speech.audio import Recording
from speech.errors import SpeechError
from speech.recognition.pool import RecogniserPool
from speech.speaking import Speaking
from speech.voices.voice import Accent, Style

SILENCE_SECONDS: Final = 30.0
"""A page that sends nothing for so long has gone."""

_log = logs.get(__name__)


class KioskAudio:
    """Adds the addresses to the voice process.

    Args:
        pool: recognises; may hear nothing.
        speaking: gives the voice, None while there is none.
        signing: knows our texts again.
        settings: accent of the voice, and whose browsers are let in.
    """

    def __init__(
        self, pool: RecogniserPool, speaking: Callable[[], Speaking | None], signing: Signing, settings: Settings
    ) -> None:
        self._pool = pool
        self._speaking = speaking
        self._signing = signing
        self._accent = Accent(settings.voice_accent)
        self._callers = Callers.from_settings(settings)

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add them."""
        router.add_get("/kiosk/audio", self.microphone)
        router.add_post("/kiosk/speech", self.speech)
        router.add_get("/kiosk/abilities", self.abilities)
        router.add_post("/kiosk/forget", self.forget)

    async def abilities(self, _request: web.Request) -> web.Response:
        """What can be done at the moment."""
        return web.json_response({"hears": self._pool.can_hear, "speaks": self._speaking() is not None})

    async def speech(self, request: web.Request) -> web.Response:
        """A part of a text of ours as Opus, and how many parts there are; 403 for any other text."""
        try:
            body = SpeechBody.model_validate_json(await request.read())
        except ValidationError:
            return web.Response(status=400)
        if not self._signing.is_ours(body.text, body.token):
            return web.Response(status=403)
        speaking = self._speaking()
        if speaking is None:
            return web.Response(status=503)
        try:
            style = Style(body.language, self._accent, body.speed)
            is_public = body.text in _wording()
            part = await speaking.part(body.text, style, body.part, rate=opus.RATE, is_public=is_public)
            # In a thread: another visitor's microphone does not wait for it.
            pack = partial(opus.opus_bytes, Recording(part.pcm, opus.RATE), is_waited_for=body.part == 0)
            packed = await asyncio.to_thread(pack) if part.pcm else b""
        except IndexError:
            return web.Response(status=204)
        except SpeechError as error:
            _log.warning("a text was not spoken", cause=type(error).__name__)
            return web.Response(status=503)
        return web.Response(
            body=packed,
            content_type=opus.MIME,
            headers={PARTS_HEADER: str(part.parts), WORDS_HEADER: quote(part.words)},
        )

    async def forget(self, _request: web.Request) -> web.Response:
        """A visit has ended: what was said to the visitor is not kept."""
        speaking = self._speaking()
        if speaking is not None:
            speaking.forget_private()
        return web.Response(status=204)

    async def microphone(self, request: web.Request) -> web.StreamResponse:
        """One utterance: ``{"type": "start"}``, then PCM of 16 kHz, then perhaps ``{"type": "stop"}``."""
        if not self._callers.may_use_kiosk(request.remote, request.headers) or not _is_our_page(request):
            # Another site's page may open a WebSocket to us: browsers do not hold that back.
            return web.Response(status=403)
        socket = web.WebSocketResponse(max_msg_size=LARGEST_PIECE, heartbeat=10.0)
        await socket.prepare(request)
        try:
            await self._listen(socket)
        except (ConnectionError, TimeoutError):
            _log.info("a microphone went away")
        finally:
            await socket.close()
        return socket

    async def _listen(self, socket: web.WebSocketResponse) -> None:
        order = _order(await socket.receive(SILENCE_SECONDS))
        if order is None or order.get("type") != "start":
            return
        if not self._pool.can_hear:
            await _tell(socket, FAILED)
            return
        hearing = Hearing(self._pool, by_hand=order.get("by_hand") is True)
        try:
            while not hearing.is_over:
                message = await socket.receive(SILENCE_SECONDS)
                if message.type is WSMsgType.BINARY:
                    for news in hearing.feed(message.data):
                        await _tell(socket, news)
                    continue
                said = _order(message)
                if said is None or said.get("type") != "stop":
                    return
                break
            await _tell(socket, await hearing.finish())
        finally:
            hearing.abandon()


@data.cached()
def _wording() -> frozenset[str]:
    """What the page itself says to everybody."""
    return frozenset(text for language in words().languages for text in words().texts(language).values())


def _order(message: object) -> dict[str, object] | None:
    """A message of JSON; None for anything else, also for a closed connection."""
    if getattr(message, "type", None) is not WSMsgType.TEXT:
        return None
    try:
        content = json.loads(message.data)  # type: ignore[attr-defined]
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


async def _tell(socket: web.WebSocketResponse, news: News) -> None:
    async with asyncio.timeout(5.0):
        await socket.send_json(asdict(news))


def _is_our_page(request: web.Request) -> bool:
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
