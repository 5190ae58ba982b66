"""Asterisk's AudioSocket: an exchange connects by TCP and hands us one call a connection.

A message is a type, a length of two bytes (big-endian) and that many bytes. Source: the protocol's own description,
https://docs.asterisk.org/Configuration/Channel-Drivers/AudioSocket/ (checked 2026-11-23).
"""

from __future__ import annotations

import asyncio
import secrets
import struct
from collections.abc import AsyncIterator, Collection
from enum import IntEnum
from typing import Final

from channels.phone.calls.calls import Calls
from channels.phone.calls.carrier import FRAME_BYTES, KEYS, Audio, Event, Gone, GoneBy, Key, Played, Transferred
from channels.phone.calls.inbox import Inbox
from channels.phone.calls.pacer import PacedOutput, Pacer
from runtime import logs

KIND: Final = "audiosocket"
UUID_SECONDS: Final = 3.0
"""The call's UUID is the first thing an exchange sends."""
LARGEST_SOUND: Final = 16_000
"""Bytes (one second) of sound in one message; exchanges send 320."""
MOST_UNSENT: Final = 32_000
"""Bytes the other side may leave unread before it counts as gone."""
_HEADER: Final = struct.Struct("!BH")

_log = logs.get(__name__)


class Type(IntEnum):
    """Types of messages."""

    HANG_UP = 0x00
    UUID = 0x01
    KEY = 0x03
    SOUND = 0x10
    ERROR = 0xFF


class ProtocolError(ValueError):
    """What came is no message of the protocol; the text says why."""


def packed(kind: Type, payload: bytes = b"") -> bytes:
    """A message as it goes over the line."""
    return _HEADER.pack(kind, len(payload)) + payload


async def read(reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
    """The next message; None when the other side has closed.

    Raises:
        ProtocolError: it ends in the middle of a message.
    """
    try:
        kind, size = _HEADER.unpack(await reader.readexactly(_HEADER.size))
        return int(kind), await reader.readexactly(size)
    except asyncio.IncompleteReadError as error:
        if not error.partial and error.expected == _HEADER.size:
            return None
        raise ProtocolError("the connection ended inside a message") from None


class AudioSocketCall:
    """The carrier of one connection.

    Args:
        reader: past the message with the UUID.
        writer: of the same connection.
        pacer: the beat of all calls.
    """

    kind = KIND

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pacer: Pacer) -> None:
        self._reader = reader
        self._writer = writer
        self._pacer = pacer
        self._inbox = Inbox()
        self._output = PacedOutput(self._send, bytes(FRAME_BYTES), lambda mark: self._inbox.put(Played(mark)))
        pacer.add(self._output)
        self._receiving = asyncio.create_task(self._receive())

    def events(self) -> AsyncIterator[Event]:
        """See :class:`channels.phone.calls.carrier.Carrier`."""
        return self._inbox.events()

    def play(self, pcm: bytes, mark: str) -> None:
        """Put sound behind what is being sent."""
        self._output.put(pcm, mark)

    def stop_playing(self) -> None:
        """Drop what was not sent."""
        self._output.clear()

    async def transfer(self, number: str, ring_seconds: int) -> Transferred:
        """The protocol knows no transfer; the caller is offered to be called back instead."""
        return Transferred.NOT_ANSWERED

    async def hang_up(self) -> None:
        """End the connection; the exchange goes on in its dial plan."""
        self._pacer.remove(self._output)
        self._receiving.cancel()
        await asyncio.gather(self._receiving, return_exceptions=True)
        if not self._writer.is_closing():
            self._writer.write(packed(Type.HANG_UP))
            self._writer.close()

    def _send(self, frame: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        if transport.get_write_buffer_size() > MOST_UNSENT:
            self._inbox.put(Gone(GoneBy.BROKEN, "the exchange takes no sound"))
            return
        self._writer.write(packed(Type.SOUND, frame))

    async def _receive(self) -> None:
        try:
            while (message := await read(self._reader)) is not None:
                gone = self._take(*message)
                if gone is not None:
                    break
            else:
                gone = Gone(GoneBy.CALLER)
        except ProtocolError as error:
            gone = Gone(GoneBy.MISBEHAVIOUR, str(error))
        except OSError as error:
            gone = Gone(GoneBy.BROKEN, type(error).__name__)
        self._inbox.put(gone)

    def _take(self, kind: int, payload: bytes) -> Gone | None:
        if kind == Type.SOUND:
            if len(payload) % 2 or len(payload) > LARGEST_SOUND:
                raise ProtocolError(f"{len(payload)} bytes of sound")
            self._inbox.put(Audio(payload))
        elif kind == Type.KEY:
            key = payload.decode("ascii", "replace")
            if key in KEYS:
                self._inbox.put(Key(key))
        elif kind == Type.HANG_UP:
            return Gone(GoneBy.CALLER)
        elif kind == Type.ERROR:
            return Gone(GoneBy.BROKEN, f"the exchange reports error {payload[:4].hex()}")
        else:
            # Sound of other rates is only sent when it was asked for; the rest does not exist.
            raise ProtocolError(f"a message of type {kind:#04x}")
        return None


class AudioSocketServer:
    """Takes connections of exchanges.

    Args:
        calls: holds the calls.
        pacer: the beat of all calls.
        peers: addresses connections are taken from.
    """

    def __init__(self, calls: Calls, pacer: Pacer, peers: Collection[str]) -> None:
        self._calls = calls
        self._pacer = pacer
        self._peers = frozenset(peers)
        self._server: asyncio.Server | None = None
        self._held: set[asyncio.Task[object]] = set()

    async def start(self, host: str, port: int) -> None:
        """Listen; raises OSError when the port is taken."""
        self._server = await asyncio.start_server(self._take, host, port)

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Take no more, and end the calls there are."""
        if self._server is not None:
            self._server.close()
        for task in self._held:
            task.cancel()
        await asyncio.gather(*self._held, return_exceptions=True)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._held.add(task)
        try:
            await self._hold(reader, writer)
        finally:
            self._held.discard(task)
            writer.close()

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        address = writer.get_extra_info("peername")
        if address is None or address[0] not in self._peers:
            self._calls.refused(KIND, "stranger")
            return
        try:
            async with asyncio.timeout(UUID_SECONDS):
                message = await read(reader)
        except (ProtocolError, TimeoutError, OSError) as error:
            self._calls.refused(KIND, "bad_start")
            _log.warning("a connection did not begin", cause=str(error) or "nothing came")
            return
        if message is None or message[0] != Type.UUID or len(message[1]) != 16:
            self._calls.refused(KIND, "bad_start")
            return
        # Dial plans copied from an example name the same UUID for every call; the dialogue must not mix them up.
        call_id = f"audiosocket.{secrets.token_hex(16)}"
        if self._calls.refuses(KIND, call_id):
            writer.write(packed(Type.HANG_UP))
            return
        await self._calls.hold(AudioSocketCall(reader, writer, self._pacer), call_id, None)
