"""An operator's message centre for tests: speaks SMPP 3.4 over a socket, with octets put together by hand, so that what
the library under test believes about them is checked by somebody else.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

BIND, SUBMIT, DELIVER, UNBIND, ENQUIRE, NACK = 0x09, 0x04, 0x05, 0x06, 0x15, 0x80000000
RESPONSE = 0x80000000


def cstring(text: str) -> bytes:
    return text.encode("latin-1") + b"\0"


def tlv(tag: int, value: bytes) -> bytes:
    return struct.pack(">HH", tag, len(value)) + value


def delivery(
    octets: bytes,
    *,
    sender: str = "84900000123",
    ton: int = 1,
    to: str = "8088",
    esm_class: int = 0,
    coding: int = 0,
    tlvs: bytes = b"",
) -> bytes:
    """The body of a ``deliver_sm``."""
    head = cstring("") + bytes([ton, 1]) + cstring(sender) + bytes([0, 0]) + cstring(to)
    middle = bytes([esm_class, 0, 0]) + cstring("") + cstring("") + bytes([0, 0, coding, 0, len(octets)])
    return head + middle + octets + tlvs


@dataclass
class Submitted:
    """A ``submit_sm``, read by hand."""

    source_ton: int
    source: str
    ton: int
    to: str
    esm_class: int
    validity: str
    registered: int
    coding: int
    octets: bytes

    @classmethod
    def read(cls, body: bytes) -> Submitted:
        place = 0

        def byte() -> int:
            nonlocal place
            place += 1
            return body[place - 1]

        def string() -> str:
            nonlocal place
            end = body.index(0, place)
            text, place = body[place:end].decode("latin-1"), end + 1
            return text

        string()
        source_ton, _, source = byte(), byte(), string()
        ton, _, to = byte(), byte(), string()
        esm_class, _, _ = byte(), byte(), byte()
        string()
        validity, registered, _, coding, _, length = string(), byte(), byte(), byte(), byte(), byte()
        return cls(source_ton, source, ton, to, esm_class, validity, registered, coding, body[place : place + length])


@dataclass
class Centre:
    """One centre; every unanswered delivery comes again over the next bind, as operators do it."""

    password: str = "secret"
    bind_status: int = 0
    answer: Callable[[Submitted], tuple[int, str] | None] = lambda submitted: (0, "1A")
    """Status and id for a message; None for no answer at all."""
    submitted: list[Submitted] = field(default_factory=list)
    answered: list[tuple[int, int]] = field(default_factory=list)
    """Command and status of every answer to a request of ours."""
    binds: int = 0
    port: int = 0
    waiting: dict[int, bytes] = field(default_factory=dict)
    """Deliveries without a positive answer."""
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _sequence: int = 0
    _server: asyncio.Server | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        self.cut()
        await self._server.wait_closed()

    def cut(self) -> None:
        """End every connection without a word."""
        for writer in self._writers:
            writer.transport.abort()

    def deliver(self, body: bytes) -> int:
        self._sequence += 1
        self.waiting[self._sequence] = body
        for writer in self._writers:
            self._send(writer, DELIVER, self._sequence, body)
            break
        return self._sequence

    def request(self, command: int, body: bytes = b"") -> None:
        for writer in self._writers:
            self._sequence += 1
            self._send(writer, command, self._sequence, body)

    def send_raw(self, octets: bytes) -> None:
        for writer in self._writers:
            writer.write(octets)

    async def until(self, condition: Callable[[], object], seconds: float = 20.0) -> None:
        async with asyncio.timeout(seconds):
            while not condition():
                self.changed.clear()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(0.05):
                        await self.changed.wait()

    def _send(
        self, writer: asyncio.StreamWriter, command: int, sequence: int, body: bytes = b"", status: int = 0
    ) -> None:
        writer.write(struct.pack(">LLLL", 16 + len(body), command, status, sequence) + body)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                length, command, status, sequence = struct.unpack(">LLLL", await reader.readexactly(16))
                body = await reader.readexactly(length - 16)
                self._take(writer, command, status, sequence, body)
                self.changed.set()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    def _take(self, writer: asyncio.StreamWriter, command: int, status: int, sequence: int, body: bytes) -> None:
        if command & RESPONSE:
            self.answered.append((command, status))
            if command == DELIVER | RESPONSE and status == 0:
                self.waiting.pop(sequence, None)
        elif command == BIND:
            system_id, password = body.split(b"\0")[:2]
            right = password.decode() == self.password and system_id == b"motcua"
            status = self.bind_status if right else 0x0E
            self._send(writer, BIND | RESPONSE, sequence, cstring("centre"), status)
            if status == 0:
                self.binds += 1
                self._writers.add(writer)
                for number, waiting in self.waiting.items():
                    self._send(writer, DELIVER, number, waiting)
        elif command == SUBMIT:
            self.submitted.append(Submitted.read(body))
            answer = self.answer(self.submitted[-1])
            if answer is not None:
                self._send(writer, SUBMIT | RESPONSE, sequence, cstring(answer[1]) if not answer[0] else b"", answer[0])
        else:
            self._send(writer, command | RESPONSE, sequence)


@contextlib.asynccontextmanager
async def running(centre: Centre) -> AsyncIterator[Centre]:
    await centre.start()
    try:
        yield centre
    finally:
        await centre.stop()
