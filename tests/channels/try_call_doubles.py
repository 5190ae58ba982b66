"""What the simulator's calls meet in these tests: the other side of a media stream, and a microphone."""

from __future__ import annotations

import asyncio
import base64
import json
import math
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from channels.websockets.address import handover_socket
from channels.websockets.taking_over import TakingOver
from runtime.settings import Settings
from speech.audio import Recording, mulaw_to_pcm, pcm_to_mulaw, resampled, silence, write_wav

PIECE = 160
"""Bytes of 20 ms of telephone sound."""

MICROPHONE_RATE = 48_000
"""Hz at which Chromium's fake microphone takes a recording without damage."""

RAW_MICROPHONE = """
  const ask = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = function () {
    return ask.call(this, { audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
  };
"""
"""What cleans voices would damage a test tone."""


def tone_pcm(seconds: float, rate: int, frequency: float = 440.0, level: float = 0.4) -> bytes:
    """A sine as 16-bit PCM."""
    values = (round(32767 * level * math.sin(2 * math.pi * frequency * n / rate)) for n in range(round(seconds * rate)))
    return b"".join(value.to_bytes(2, "little", signed=True) for value in values)


def write_microphone(path: Path) -> None:
    """A 48 kHz recording for Chromium's fake microphone: half a second of silence, then a second of 1 kHz, again."""
    pause = silence(0.5, MICROPHONE_RATE)
    write_wav(path, Recording(pause + tone_pcm(1.0, MICROPHONE_RATE, 1000.0), MICROPHONE_RATE))


def write_spoken(path: Path, spoken: Recording, pause_seconds: float) -> None:
    """A 48 kHz recording for Chromium's fake microphone: silence, then somebody speaks, then silence, again."""
    pause = silence(pause_seconds, MICROPHONE_RATE)
    words = resampled(spoken.pcm, spoken.rate, MICROPHONE_RATE)
    write_wav(path, Recording(pause + words + pause, MICROPHONE_RATE))


class StreamDouble:
    """The voice process' address of media streams: plays a tone at the start and after each key, keeps what comes.

    Args:
        settings: of the gateway that hands its sockets over.
    """

    def __init__(self, settings: Settings) -> None:
        self.begin_anew()
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._run(self._start())

    def begin_anew(self) -> None:
        """Forget what came, and what a test has set."""
        self.messages: list[dict[str, Any]] = []
        self.greeting = tone_pcm(0.6, 8000)
        self.hangs_up_on = ""
        """Key after which this side closes the stream."""
        self.closes_at_once = False

    def of(self, event: str) -> list[dict[str, Any]]:
        """The messages of one kind so far."""
        return [message for message in list(self.messages) if message["event"] == event]

    @property
    def keys(self) -> str:
        """Every key so far."""
        return "".join(message["dtmf"]["digit"] for message in self.of("dtmf"))

    @property
    def heard(self) -> bytes:
        """PCM of everything said into the microphone."""
        return b"".join(mulaw_to_pcm(base64.b64decode(message["media"]["payload"])) for message in self.of("media"))

    def wait_for(self, condition: Callable[[], bool], seconds: float = 20.0) -> None:
        """Return as soon as something has come true."""
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, [m["event"] for m in self.messages if m["event"] != "media"]
            time.sleep(0.02)

    def send(self, event: str, **content: object) -> None:
        """Say something on the stream that is open."""
        self._run(self._send(event, **content))

    def play(self, pcm: bytes, mark: str) -> None:
        """Send sound as fast as it goes, and a mark behind it."""
        self._run(self._play(pcm, mark))

    def stop(self) -> None:
        """Close everything."""
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_get("/voice/stream", self._stream)
        self._runner = web.AppRunner(app, shutdown_timeout=0.5)
        await self._runner.setup()
        assert self._runner.server is not None
        self._takes = TakingOver(handover_socket(self._settings), self._runner.server)
        await self._takes.start()

    async def _stop(self) -> None:
        await self._takes.stop()
        await self._runner.cleanup()

    async def _stream(self, request: web.Request) -> web.WebSocketResponse:
        self._socket = web.WebSocketResponse()
        await self._socket.prepare(request)
        if self.closes_at_once:
            await self._socket.close()
            return self._socket
        messages = self.messages
        async for received in self._socket:
            assert received.type is WSMsgType.TEXT
            message = json.loads(received.data)
            messages.append(message)
            if message["event"] == "start":
                await self._play(self.greeting, "greeting")
            elif message["event"] == "dtmf" and message["dtmf"]["digit"] == self.hangs_up_on:
                await self._socket.close()
        return self._socket

    async def _play(self, pcm: bytes, mark: str) -> None:
        sound = pcm_to_mulaw(pcm)
        for at in range(0, len(sound), PIECE):
            payload = base64.b64encode(sound[at : at + PIECE]).decode()
            await self._send("media", media={"payload": payload})
        await self._send("mark", mark={"name": mark})

    async def _send(self, event: str, **content: object) -> None:
        await self._socket.send_json({"event": event, "streamSid": "MZ0", **content})

    def _run(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)  # type: ignore[arg-type]
