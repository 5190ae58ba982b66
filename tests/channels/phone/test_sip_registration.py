"""A line signs in at a trunk that asks for it, proves who it is, and tries again when it was refused."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
from typing import cast

from aiosipua import UdpSipTransport
from call_session_doubles import until
from free_ports import free_port

from channels.phone.calls.sip_registration import Trunk, TrunkRegistration
from channels.phone.calls.sip_transports import Strangers, UdpPeersOnly

HOST = "127.0.0.1"
PASSWORD = "a password of the tests"


def md5(*parts: str) -> str:
    return hashlib.md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()


class Registrar(asyncio.DatagramProtocol):
    """A trunk: asks who it is, checks the digest (RFC 2617), and grants as long as it is told to."""

    def __init__(self, grants: int = 300, silent: int = 0) -> None:
        self.grants = grants
        self.silent = silent
        """Requests that get lost."""
        self.registered: list[str] = []
        self.refused = 0
        self._nonce = secrets.token_hex(8)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self.silent:
            self.silent -= 1
            return
        text = data.decode()
        kept = [line for line in text.split("\r\n") if line.split(":")[0] in {"Via", "From", "To", "Call-ID", "CSeq"}]
        found = re.search(r"^Authorization: Digest (.*)$", text, re.MULTILINE)
        fields = dict(re.findall(r'(\w+)="?([^",]+)"?', found.group(1))) if found else {}
        if fields and fields.get("response") == self._expected(fields):
            expires = re.search(r"^Expires: (\d+)", text, re.MULTILINE)
            assert expires is not None
            self.registered.append(expires.group(1))
            first, more = "SIP/2.0 200 OK", [f"Expires: {min(self.grants, int(expires.group(1)))}"]
        else:
            self.refused += bool(fields)
            first = "SIP/2.0 401 Unauthorized"
            more = [f'WWW-Authenticate: Digest realm="trunk", nonce="{self._nonce}", qop="auth", algorithm=MD5']
        self._transport.sendto("\r\n".join([first, *kept, *more, "Content-Length: 0", "", ""]).encode(), addr)

    def _expected(self, fields: dict[str, str]) -> str:
        secret, asked = md5(fields["username"], "trunk", PASSWORD), md5("REGISTER", fields["uri"])
        return md5(secret, self._nonce, fields["nc"], fields["cnonce"], "auth", asked)

    def close(self) -> None:
        self._transport.close()


async def trunk_and_line(registrar: Registrar, password: str = PASSWORD) -> tuple[UdpSipTransport, TrunkRegistration]:
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: registrar, local_addr=(HOST, 0))
    line = UdpPeersOnly((HOST, free_port()), strangers=Strangers(frozenset({HOST})))
    await line.start()
    registration = TrunkRegistration(line, Trunk((HOST, registrar.port), "1022", password), retry_seconds=(0.05,))
    line.on_message = lambda message, sender: registration.handle(message, sender)  # type: ignore[arg-type]
    registration.start()
    return line, registration


async def test_a_line_proves_who_it_is_and_signs_out_at_the_end() -> None:
    registrar = Registrar()
    line, registration = await trunk_and_line(registrar)
    await until(lambda: registration.is_registered)
    assert registrar.registered == ["300"]
    await registration.stop()
    await until(lambda: registrar.registered[-1] == "0" or registrar.registered == ["300"])
    await line.stop()
    registrar.close()


async def test_what_is_granted_for_a_short_time_is_renewed_before_it_ends() -> None:
    registrar = Registrar(grants=1)
    line, registration = await trunk_and_line(registrar)
    await until(lambda: len(registrar.registered) >= 2)
    assert registration.is_registered
    await registration.stop()
    await line.stop()
    registrar.close()


async def test_a_wrong_password_is_tried_again_and_never_printed() -> None:
    registrar = Registrar()
    line, registration = await trunk_and_line(registrar, "another")
    await until(lambda: registrar.refused >= 2)
    assert not registration.is_registered
    assert "another" not in repr(Trunk((HOST, 5060), "1022", "another"))
    await registration.stop()
    await line.stop()
    registrar.close()
