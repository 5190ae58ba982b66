"""The provider's side of a media stream, over a real WebSocket: plays in real time, sets marks, obeys clear."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import aiohttp

from speech.audio import mulaw_to_pcm, pcm_to_mulaw

FRAME_BYTES = 160


class StreamCaller:
    """One stream.

    Args:
        socket: connected.
        token: what the signed webhook gave.
        call: the provider's id of the call.
        stream: the provider's id of the stream.
        instant: whether what is sent counts as heard at once, not after its duration.
    """

    def __init__(
        self,
        socket: aiohttp.ClientWebSocketResponse,
        token: str,
        call: str = "CA0001",
        stream: str = "MZ0001",
        *,
        instant: bool = True,
    ) -> None:
        self.socket = socket
        self._token = token
        self._call = call
        self._stream = stream
        self._instant = instant
        self._free_at = 0.0
        self._pending: list[tuple[float, str]] = []
        self.heard = bytearray()
        self.arrivals: list[float] = []
        """When each piece of sound came."""
        self.clears: list[float] = []
        self.close_code: int | None = None
        self.gaps: list[float] = []
        """Seconds by which sound came too late for what was being said."""
        self._is_saying = False
        self._tasks: list[asyncio.Task[None]] = []

    def start_message(self, **changes: Any) -> dict[str, Any]:
        """The message a stream begins with."""
        details = {
            "accountSid": "AC0001",
            "streamSid": self._stream,
            "callSid": self._call,
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"token": self._token},
        }
        return {"event": "start", "sequenceNumber": "1", "start": {**details, **changes}, "streamSid": self._stream}

    async def begin(self, **changes: Any) -> None:
        """Say which call this is, and begin to listen."""
        await self.send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        await self.send(self.start_message(**changes))
        self._tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._mark())]

    async def send(self, message: object) -> None:
        """Any message."""
        await self.socket.send_str(message if isinstance(message, str) else json.dumps(message))

    async def speak(self, pcm: bytes, *, paced: bool = False) -> None:
        """Send sound, as fast as it goes or as it is spoken."""
        coded = pcm_to_mulaw(pcm)
        due = time.monotonic()
        for at in range(0, len(coded), FRAME_BYTES):
            payload = base64.b64encode(coded[at : at + FRAME_BYTES]).decode()
            media = {"track": "inbound", "chunk": str(at), "timestamp": str(at // 8), "payload": payload}
            await self.send({"event": "media", "media": media, "streamSid": self._stream})
            due += 0.02
            if paced:
                await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def press(self, keys: str) -> None:
        """Press keys."""
        for key in keys:
            dtmf = {"track": "inbound_track", "digit": key}
            await self.send({"event": "dtmf", "streamSid": self._stream, "dtmf": dtmf})

    async def stop(self) -> None:
        """Hang up."""
        await self.send({"event": "stop", "streamSid": self._stream, "stop": {"callSid": self._call}})

    async def closed(self) -> int | None:
        """Wait until the other side has ended the stream; its code."""
        await asyncio.wait_for(self._tasks[0], 30)
        return self.close_code

    async def finish(self) -> None:
        """End everything of this side."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.socket.close()

    async def _receive(self) -> None:
        async for message in self.socket:
            assert message.type is aiohttp.WSMsgType.TEXT
            self._take(json.loads(message.data))
        self.close_code = self.socket.close_code

    def _take(self, message: dict[str, Any]) -> None:
        assert message["streamSid"] == self._stream
        now = time.monotonic()
        match message["event"]:
            case "media":
                coded = base64.b64decode(message["media"]["payload"], validate=True)
                self.heard += mulaw_to_pcm(coded)
                self.arrivals.append(now)
                if self._is_saying and now > self._free_at:
                    self.gaps.append(now - self._free_at)
                self._is_saying = True
                self._free_at = max(now, self._free_at) + (0 if self._instant else len(coded) / 8000)
            case "mark":
                self._pending.append((self._free_at, message["mark"]["name"]))
            case "clear":
                self.clears.append(now)
                self._free_at = now
                self._is_saying = False
                self._pending = [(now, name) for _, name in self._pending]
            case other:
                raise AssertionError(f"no provider knows {other}")

    async def _mark(self) -> None:
        while not self.socket.closed:
            await asyncio.sleep(0.005)
            while not self.socket.closed and self._pending and self._pending[0][0] <= time.monotonic():
                _, name = self._pending.pop(0)
                await self.send({"event": "mark", "streamSid": self._stream, "mark": {"name": name}})
