"""Calls of the voice process: the dialogue behind them, and the carriers the settings want."""

from __future__ import annotations

import asyncio
import secrets
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, suppress

from aiohttp import web
from aiosipua import SipDigestAuth

from channels.phone.calls import media_stream
from channels.phone.calls.answer_ahead import Room
from channels.phone.calls.audiosocket import AudioSocketServer
from channels.phone.calls.calls import Calls
from channels.phone.calls.figures import CallFigures
from channels.phone.calls.own_words import Styles
from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.session import Surroundings
from channels.phone.calls.sip_dialling import Way
from channels.phone.calls.sip_line import SipLine
from channels.phone.calls.sip_registration import Trunk
from channels.phone.stream_tokens import StreamTokens
from channels.phone.warning_calls.dialler import WarningDialler
from channels.phone.warning_calls.figures import WarningCallFigures
from channels.turn_counts import TurnCounts
from channels.warnings.rules import warning_rules
from installation.channels import ChannelStores
from installation.root import Installation
from installation.speech import SpeechParts
from installation.text_messages import TextMessageStores
from runtime import logs, tls
from runtime.messages import Message, reason_of
from runtime.settings import Settings
from speech.errors import VoiceFailed
from speech.voices.voice import Style

THREADS = 32
"""Turns of the dialogue at once; each waits for the core, and calls are counted in tens."""

_log = logs.get(__name__)


class _PresentVoice:
    """The voice as it is now: it starts with the process, after the calls are put together."""

    def __init__(self, speech: SpeechParts) -> None:
        self._speech = speech

    async def say(
        self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """The text as PCM."""
        speaking = self._speech.speaking
        if speaking is None:
            raise VoiceFailed(Message("there is no voice"))
        async for pcm in speaking.say(text, style, rate=rate, is_public=is_public):
            yield pcm


class CallParts:
    """What the process needs for calls.

    Args:
        installation: whose calls.
        speech: what it hears and speaks with.

    Raises:
        SettingsError: a setting the dialogue needs is wrong.
    """

    def __init__(self, installation: Installation, speech: SpeechParts) -> None:
        self._here = installation
        self._settings = settings = installation.settings
        channels = ChannelStores(installation, "voice")
        self._core = channels.core
        self._threads = ThreadPoolExecutor(THREADS, "dialogue")
        counts = TurnCounts(installation.redis, installation.now)
        figures = CallFigures(channels.metrics.registry, counts.note_calls)
        self._speech, self._registry = speech, channels.metrics.registry
        self._around = around = Surroundings(
            dialogue=channels.dialogue,
            recognition=speech.pool,
            voice=_PresentVoice(speech),
            styles=Styles(settings.voice_speed),
            figures=figures,
            threads=self._threads,
            room_ahead=Room(settings.voice_prepared),
        )
        self._calls = Calls(
            around, installation.seal, settings.voice_calls, can_speak=lambda: speech.speaking is not None
        )
        self._tokens = StreamTokens(installation.redis, installation.seal)
        self._pacer = Pacer(figures.frame_late)
        self._lines: list[SipLine] = []
        self._warning: asyncio.Task[None] | None = None
        self._ports = Ports(*settings.sip_rtp_port_range)
        self._tls = _tls_of(settings) if settings.sip_tls_port is not None else None

    def add_to(self, app: web.Application) -> None:
        """Serve calls with the application, while it runs."""
        media_stream.add_to(app, self._calls, self._tokens)
        app.cleanup_ctx.append(self._run)

    async def leave(self) -> None:
        """Take no more calls, and let those there are end where they are, as long as the settings say."""
        if self._warning is not None:
            # Who was being warned is called again, by another host or after the start.
            self._warning.cancel()
        for line in self._lines:
            await line.sign_out()
        await self._calls.end(self._settings.calls_end_seconds)

    async def _run(self, _app: web.Application) -> AsyncIterator[None]:
        settings = self._settings
        async with AsyncExitStack() as stack:
            stack.callback(self._core.close)
            stack.callback(self._here.close)
            stack.callback(self._threads.shutdown, wait=False, cancel_futures=True)
            await self._pacer.start()
            stack.push_async_callback(self._pacer.stop)
            if settings.sip_port is not None:
                sip = self._sip_line()
                await sip.start(settings.sip_port)
                self._lines.append(sip)
                stack.push_async_callback(sip.stop)
                _log.info("calls are taken by SIP", port=settings.sip_port)
                if (registrar := settings.sip_registrar_address) is not None:
                    password = settings.sip_password.get_secret_value()
                    sip.register(Trunk(registrar, settings.sip_user, password, settings.sip_domain))
                if (exchange_out := settings.sip_outbound_address) is not None:
                    sip.dials(_way_of(settings, exchange_out))
                    self._warning = asyncio.create_task(self._dialler(sip).run())
                    stack.push_async_callback(_ended, self._warning)
            if settings.sip_tls_port is not None:
                secure = self._sip_line()
                await secure.start(settings.sip_tls_port, self._tls)
                self._lines.append(secure)
                stack.push_async_callback(secure.stop)
                _log.info("calls are taken by SIP over TLS", port=settings.sip_tls_port)
            if settings.audiosocket_port is not None:
                exchange = AudioSocketServer(self._calls, self._pacer, _addresses(settings.audiosocket_peers))
                await exchange.start(settings.audiosocket_address, settings.audiosocket_port)
                stack.push_async_callback(exchange.stop)
                _log.info("calls are taken by AudioSocket", port=settings.audiosocket_port)
            yield

    def _dialler(self, line: SipLine) -> WarningDialler:
        here, settings = self._here, self._settings
        return WarningDialler(
            TextMessageStores(here).warning_calls,
            line,
            self._around,
            here.seal,
            warning_rules().calls,
            lines=settings.warning_lines,
            owner=f"voice-{secrets.token_hex(6)}",
            figures=WarningCallFigures(self._registry),
            can_speak=lambda: self._speech.speaking is not None,
            form=settings.sip_outbound_form,
        )

    def _sip_line(self) -> SipLine:
        settings = self._settings
        peers = _addresses(settings.sip_peers)
        if settings.sip_registrar_address is not None:
            peers |= {settings.sip_registrar_address[0]}
        if settings.sip_outbound_address is not None:
            peers |= {settings.sip_outbound_address[0]}
        return SipLine(self._calls, self._pacer, settings.sip_address, peers, self._ports)


def _way_of(settings: Settings, exchange: tuple[str, int]) -> Way:
    account = None
    if settings.sip_user:
        account = SipDigestAuth(settings.sip_user, settings.sip_password.get_secret_value())
    return Way(exchange, settings.sip_outbound_number or settings.sip_user, settings.sip_domain, account)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _tls_of(settings: Settings) -> ssl.SSLContext:
    """Raises ValueError with the cure when a file is of no use."""
    certificate, key = settings.sip_tls_certificate, settings.sip_tls_key
    if certificate is None or key is None:
        raise ValueError(Message("SIP by TLS needs MOTCUA_SIP_TLS_CERTIFICATE and MOTCUA_SIP_TLS_KEY"))
    try:
        return tls.offering(certificate, key, settings.sip_tls_authority)
    except OSError as error:
        # Of ssl, too: its errors are of this kind.
        raise ValueError(
            Message(
                "SIP by TLS: {certificate} and {key} cannot be used ({reason}); they must be a certificate and its "
                "key, PEM, readable by this user",
                certificate=certificate,
                key=key,
                reason=reason_of(error),
            )
        ) from error


def _addresses(written: str) -> frozenset[str]:
    return frozenset(address.strip() for address in written.split(",") if address.strip())
