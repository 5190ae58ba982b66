"""A telephone calls by TLS and encrypts its sound; who has no certificate of the authority is not taken."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

from baresip_caller import BaresipCaller, needs_baresip
from call_session_doubles import Exchange, ScriptedDialogue, say, until
from certificates import HOST, certificate
from free_ports import free_port, free_ports

from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.sip_line import SipLine
from channels.phone.dialogue.carrier_protocol import Keys
from runtime import tls
from speech.audio import level


async def line_by_tls(exchange: Exchange, context: ssl.SSLContext) -> tuple[SipLine, Pacer, int]:
    pacer, port, sound = Pacer(lambda late: None), free_port(), free_ports(20)
    line = SipLine(exchange.calls, pacer, HOST, frozenset({HOST}), Ports(sound, sound + 19))
    await pacer.start()
    await line.start(port, context)
    return line, pacer, port


@needs_baresip
async def test_a_real_telephone_calls_by_tls_with_encrypted_sound(tmp_path: Path) -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào bà con cô bác")))
    line, pacer, port = await line_by_tls(exchange, tls.offering(*certificate(tmp_path), None))
    caller = BaresipCaller(tmp_path / "caller", account=";mediaenc=srtp-mand", modules=("srtp.so",))
    try:
        await asyncio.to_thread(caller.__enter__)
        caller.command("dial", f"sip:1022@{HOST}:{port};transport=tls")
        await until(lambda: level(caller.heard()) > -40, "no voice was heard")
        await asyncio.to_thread(caller.press, "1")
        await until(lambda: Keys("1") in exchange.dialogue.given, "the key was not heard")
        assert "SAVP" in caller.log or "srtp" in caller.log.lower()
    finally:
        await asyncio.to_thread(caller.__exit__, None, None, None)
        await line.stop()
        await pacer.stop()


async def _answer(port: int, context: ssl.SSLContext) -> bytes:
    """The first byte of an answer; none where the connection is refused, which TLS 1.3 tells late."""
    try:
        reader, writer = await asyncio.open_connection(HOST, port, ssl=context)
        writer.write(b"OPTIONS sip:1022@127.0.0.1 SIP/2.0\r\n\r\n")
        return await reader.read(1)
    except (ssl.SSLError, ConnectionError):
        return b""


async def test_an_exchange_without_a_certificate_of_the_authority_is_not_taken(tmp_path: Path) -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    ours, authority = certificate(tmp_path), tmp_path / "authority"
    authority.mkdir()
    line, pacer, port = await line_by_tls(exchange, tls.offering(*ours, certificate(authority)[0]))
    trusting = ssl.create_default_context(cafile=str(ours[0]))
    trusting.check_hostname = False
    try:
        assert await _answer(port, trusting) == b""
    finally:
        await line.stop()
        await pacer.stop()
