"""One connection to an operator's message centre: bound, kept alive, and left when it is dead.

PDUs are read and written by smpplib; sockets, answers, the window and time limits are here, in the event loop of the
worker.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from smpplib import consts, smpp  # type: ignore[import-untyped]

from channels.sms.providers.smpp_link.address import LinkAddress
from channels.sms.providers.smpp_link.tables import error_of
from channels.sms.routes.route import Fault, SendFailed
from runtime import logs

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 30.0
"""For an answer to a message; then it is not known whether the operator has it."""
ENQUIRE_SECONDS = 30.0
"""Of silence, after which we ask whether somebody is there."""
ENQUIRE_ANSWER_SECONDS = 10.0
UNBIND_SECONDS = 2.0
LARGEST_PDU = 70_000
"""Octets; ``message_payload`` holds 64 KiB at most."""
HEADER = 16
TEMPORARY = 0x64
"""``ESME_RX_T_APPN``: the centre shall bring it again."""
VERSION = 0x34

_log = logs.get(__name__)

Deliver = Callable[[Any], Awaitable[int]]
"""Takes a ``deliver_sm``; returns the status to answer with, when what came is safely stored."""


class LinkLost(Exception):
    """The connection is no more; the message says why, and holds nothing of what it carried."""


class Session:
    """One bind.

    Args:
        address: of the centre.
        deliver: takes what it brings.
    """

    def __init__(self, address: LinkAddress, deliver: Deliver) -> None:
        self.address = address
        self._deliver = deliver
        self._sequence = 0
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._writer: asyncio.StreamWriter | None = None
        self._window = asyncio.Semaphore(address.window)
        self._bound = False
        self._heard = 0.0
        self._incoming: asyncio.Queue[Any] = asyncio.Queue()
        self.in_flight = 0

    @property
    def is_bound(self) -> bool:
        """Whether messages can go this way."""
        return self._bound

    def next_sequence(self) -> int:
        """For smpplib: numbers of our requests. SMPP 3.4, 3.2: 1 to 0x7fffffff."""
        self._sequence = self._sequence % 0x7FFFFFFF + 1
        return self._sequence

    async def run(self) -> None:
        """Connect, bind and serve.

        Raises:
            LinkLost: always, at the end.
        """
        tls = ssl.create_default_context() if self.address.tls else None
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                reader, self._writer = await asyncio.open_connection(self.address.host, self.address.port, ssl=tls)
        except (OSError, TimeoutError, ssl.SSLError) as error:
            raise LinkLost(f"no connection: {type(error).__name__}") from None
        self._heard = asyncio.get_running_loop().time()
        tasks = [
            asyncio.create_task(part) for part in (self._read(reader), self._serve_incoming(), self._bind_and_watch())
        ]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._end()
        for task in ended:
            fault = task.exception()
            if isinstance(fault, OSError | EOFError):
                raise LinkLost(f"the connection broke: {type(fault).__name__}")
            if fault is not None:
                raise fault

    async def submit(self, fields: dict[str, Any]) -> str:
        """Send one ``submit_sm``; the operator's id of it.

        Raises:
            SendFailed: it was not, or may not have been, taken.
        """
        self.in_flight += 1
        try:
            async with self._window:
                if not self._bound:
                    raise SendFailed(Fault.RETRYABLE, "not_bound", "the link to the operator is down")
                try:
                    answer = await self._request("submit_sm", ANSWER_SECONDS, **fields)
                except LinkLost:
                    raise SendFailed(Fault.UNSURE, "link_lost", "the link broke before the operator answered") from None
                except TimeoutError:
                    raise SendFailed(Fault.UNSURE, "no_answer", "the operator did not answer") from None
        finally:
            self.in_flight -= 1
        if answer.status != consts.SMPP_ESME_ROK:
            raise error_of(answer.status).failed(f"smpp_{answer.status:02x}")
        return _text(answer.message_id)

    async def close(self) -> None:
        """Say goodbye, as the operator wants to hear it."""
        if self._bound:
            self._bound = False
            with contextlib.suppress(LinkLost, TimeoutError, OSError):
                await self._request("unbind", UNBIND_SECONDS)
        if self._writer is not None:
            self._writer.close()

    async def _bind_and_watch(self) -> None:
        try:
            answer = await self._request(
                "bind_transceiver",
                CONNECT_SECONDS,
                system_id=self.address.system_id,
                password=self.address.password,
                system_type=self.address.system_type,
                interface_version=VERSION,
            )
        except TimeoutError:
            raise LinkLost("the operator does not answer our bind") from None
        if answer.status != consts.SMPP_ESME_ROK:
            raise LinkLost(f"the operator refuses our bind: status 0x{answer.status:02x}")
        self._bound = True
        _log.info("link bound", host=self.address.host)
        loop = asyncio.get_running_loop()
        while True:
            quiet = loop.time() - self._heard
            if quiet < ENQUIRE_SECONDS:
                await asyncio.sleep(ENQUIRE_SECONDS - quiet)
                continue
            try:
                await self._request("enquire_link", ENQUIRE_ANSWER_SECONDS)
            except TimeoutError:
                raise LinkLost("the operator is silent") from None

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = await reader.readexactly(HEADER)
            length, command, _, sequence = struct.unpack(">LLLL", head)
            if not HEADER <= length <= LARGEST_PDU:
                raise LinkLost("what the operator sends is no SMPP")
            body = await reader.readexactly(length - HEADER)
            self._heard = asyncio.get_running_loop().time()
            try:
                pdu = smpp.parse_pdu(head + body, client=self, allow_unknown_opt_params=True)
            except Exception as error:
                _log.warning("a PDU cannot be read", command=hex(command), cause=type(error).__name__)
                pdu = None
            if pdu is None:
                # SMPP 3.4, 4.3: an unknown request is told so, an unknown answer is dropped.
                if not command & 0x80000000:
                    self._answer("generic_nack", sequence, consts.SMPP_ESME_RINVCMDID)
                continue
            self._take(pdu)

    def _take(self, pdu: Any) -> None:
        if pdu.is_response() or pdu.command == "generic_nack":
            waiting = self._answers.pop(pdu.sequence, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(pdu)
            return
        match pdu.command:
            case "deliver_sm":
                self._incoming.put_nowait(pdu)
            case "enquire_link":
                self._answer("enquire_link_resp", pdu.sequence)
            case "unbind":
                self._answer("unbind_resp", pdu.sequence)
                raise LinkLost("the operator ended the link")
            case _:
                self._answer("generic_nack", pdu.sequence, consts.SMPP_ESME_RINVCMDID)

    async def _serve_incoming(self) -> None:
        """One after the other, so that a person's messages stay in order; answered when stored, never before."""
        while True:
            pdu = await self._incoming.get()
            try:
                status = await self._deliver(pdu)
            except Exception as error:
                _log.error("what the operator brought cannot be stored", cause=type(error).__name__)
                status = TEMPORARY
            self._answer("deliver_sm_resp", pdu.sequence, status)

    async def _request(self, command: str, seconds: float, **fields: Any) -> Any:
        pdu = smpp.make_pdu(command, client=self, **fields)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[pdu.sequence] = answer
        try:
            self._write(pdu)
            async with asyncio.timeout(seconds):
                return await answer
        finally:
            self._answers.pop(pdu.sequence, None)

    def _answer(self, command: str, sequence: int, status: int = 0) -> None:
        pdu = smpp.make_pdu(command, client=self)
        pdu.sequence, pdu.status = sequence, status
        self._write(pdu)

    def _write(self, pdu: Any) -> None:
        if self._writer is None or self._writer.is_closing():
            raise LinkLost("the link is closed")
        self._writer.write(pdu.generate())

    async def _end(self) -> None:
        self._bound = False
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(LinkLost("the link broke"))
        self._answers.clear()
        # What was brought and not answered comes again over the next connection.
        self._incoming = asyncio.Queue()
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._writer.wait_closed()


def _text(value: bytes | str | None) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value or ""
