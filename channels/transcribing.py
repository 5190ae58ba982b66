"""``POST /transcribe`` of the voice process: a recording somebody has sent as a file becomes words on this machine.

Asked over the voice process' own socket, with the key that the processes of an installation share.
"""

from __future__ import annotations

import asyncio
import hmac
from typing import Final

from aiohttp import web

from channels.recordings_address import LARGEST_BYTES, PATH
from runtime import logs
from speech.audio import Recording
from speech.decoding import decoded
from speech.errors import BadAudio
from speech.recognition.pool import Failure, RecogniserPool
from speech.recognition.recogniser import Heard

PIECE_SECONDS: Final = 0.5
MOST_BEHIND_SECONDS: Final = 1.5
"""Sound handed over and not heard yet, beyond which the next piece waits: callers come first."""
LOOK_SECONDS: Final = 0.05

_log = logs.get(__name__)


class Transcribing:
    """Adds the address to the voice process.

    Args:
        pool: recognises, shared with calls and kiosks.
        key: of the processes of this installation.
    """

    def __init__(self, pool: RecogniserPool, key: str) -> None:
        self._pool = pool
        self._key = f"Bearer {key}"
        self._one_at_a_time = asyncio.Lock()

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add it."""
        router.add_post(PATH, self.transcribe)

    async def transcribe(self, request: web.Request) -> web.Response:
        """The words in a recording: ``{"text": …}``; 422 and ``{"fault": …}`` for what is none, 503 if none hears."""
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), self._key.encode()):
            return web.Response(status=401)
        data = bytearray()
        async for piece in request.content.iter_any():
            data += piece
            if len(data) > LARGEST_BYTES:
                return web.Response(status=413)
        try:
            # In a thread: calls go on meanwhile.
            recording = await asyncio.to_thread(decoded, bytes(data))
        except BadAudio as error:
            return web.json_response({"fault": error.fault.value}, status=422)
        async with self._one_at_a_time:
            heard = await self._hear(recording)
        if isinstance(heard, Failure):
            _log.warning("a recording was not recognised", cause=heard.reason)
            return web.Response(status=503)
        return web.json_response({"text": heard.text})

    async def _hear(self, recording: Recording) -> Heard | Failure:
        if not self._pool.can_hear:
            return Failure("the recognisers are busy, or there is none")
        step = round(PIECE_SECONDS * recording.rate) * 2
        async with self._pool.open(recording.rate) as stream:
            for at in range(0, len(recording.pcm), step):
                stream.feed(recording.pcm[at : at + step])
                while stream.failure is None and stream.behind > MOST_BEHIND_SECONDS:
                    await asyncio.sleep(LOOK_SECONDS)
            return await stream.finish()
