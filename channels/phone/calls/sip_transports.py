"""How SIP messages come and go: datagrams, or a connection by TLS. Both hear known exchanges alone."""

from __future__ import annotations

import asyncio
import ssl
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from aiosipua import SipRequest, SipResponse, TcpSipTransport, UdpSipTransport

from runtime import logs

MOST_REQUESTS: Final = 4096
"""Of requests it is remembered on which connection they came, so that their answers go back on it."""
_PORTS_END: Final = 65536

_log = logs.get(__name__)


class _Datagrams(asyncio.DatagramProtocol):
    """Hands datagrams on. The library's own insists on asyncio's transports and refuses uvloop's."""

    def __init__(self, received: Callable[[bytes, tuple[str, int]], None]) -> None:
        self._received = received

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        self._received(data, (str(addr[0]), int(addr[1])))


@dataclass
class Strangers:
    """Whoever is no exchange gets no answer, so that scanners find nothing, and fills no log."""

    peers: frozenset[str] = frozenset()
    count: int = field(default=0, init=False)

    def is_one(self, address: str) -> bool:
        """Whether an address is none of an exchange; counted, and told once."""
        if address in self.peers:
            return False
        self.count += 1
        if self.count == 1:
            _log.warning("SIP messages of strangers are dropped; MOTCUA_SIP_PEERS names the exchanges")
        return True


@dataclass
class UdpPeersOnly(UdpSipTransport):
    """SIP over UDP."""

    strangers: Strangers = field(default_factory=Strangers)

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._udp_transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._dispatch), local_addr=self.local_addr
        )

    def send(self, message: SipRequest | SipResponse, addr: tuple[str, int]) -> None:
        """Send to an exchange, and to nobody else: where an answer goes stands in the request it answers.

        A port or name that is none would make the event loop close the socket, and the line with it.
        """
        if addr[0] in self.strangers.peers and 0 < addr[1] < _PORTS_END:
            super().send(message, addr)
        else:
            _log.warning("a SIP message would go where no exchange is, and is dropped")

    def _dispatch(self, data: bytes, addr: tuple[str, int]) -> None:
        if not self.strangers.is_one(addr[0]):
            super()._dispatch(data, addr)


@dataclass
class TlsPeersOnly(TcpSipTransport):
    """SIP over TLS (RFC 3261, 26.2.1), on connections the exchanges open.

    An answer goes back on the connection its request came on (RFC 3261, 18.2.2), whatever its headers say; a request of
    ours on one the exchange has open.
    """

    strangers: Strangers = field(default_factory=Strangers)
    context: ssl.SSLContext | None = None
    _came_on: OrderedDict[str, tuple[str, int]] = field(default_factory=OrderedDict, init=False)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._taken, *self.local_addr, ssl=self.context)

    async def _taken(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = writer.get_extra_info("peername")
        if peer is None or self.strangers.is_one(str(peer[0])):
            writer.close()
            return
        await self._handle_connection(reader, writer)

    def send(self, message: SipRequest | SipResponse, addr: tuple[str, int]) -> None:
        """Send on a connection that is open; what no exchange is there for is dropped."""
        if isinstance(message, SipResponse):
            addr = self._came_on.get(_branch(message), addr)
        else:
            # The library writes UDP into every request of its own.
            message.headers.set_single(
                "Via", (message.get_header("via") or "").replace("SIP/2.0/UDP", "SIP/2.0/TLS", 1)
            )
        if addr not in self._connections:
            addr = next((one for one in reversed(self._connections) if one[0] == addr[0]), addr)
        if addr in self._connections:
            super().send(message, addr)
        else:
            _log.warning("an exchange has no connection open, and a SIP message to it is dropped")

    def _dispatch(self, data: bytes, addr: tuple[str, int]) -> None:
        known = self.on_message
        if known is None:
            return

        def noted(message: SipRequest | SipResponse, sender: tuple[str, int]) -> None:
            self._came_on[_branch(message)] = sender
            if len(self._came_on) > MOST_REQUESTS:
                self._came_on.popitem(last=False)
            known(message, sender)

        self.on_message = noted
        try:
            super()._dispatch(data, addr)
        finally:
            self.on_message = known


def _branch(message: SipRequest | SipResponse) -> str:
    vias = message.via
    return (vias[0].params.get("branch") or "") if vias else ""
