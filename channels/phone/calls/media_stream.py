"""``WS /voice/stream``: calls of a Twilio-compatible provider as media streams."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Final, Protocol

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from redis import RedisError

from channels.phone.calls import stream_messages as m
from channels.phone.calls.calls import Calls
from channels.phone.calls.carrier import KEYS, Audio, Event, Gone, GoneBy, Key, Played, Transferred
from channels.phone.calls.inbox import Inbox
from channels.phone.stream_tokens import StreamedCall
from runtime import logs
from speech.audio import TELEPHONE_RATE, mulaw_to_pcm, pcm_to_mulaw

KIND: Final = "media_stream"
PATH: Final = "/voice/stream"
TOKEN: Final = "token"
"""Name of the parameter the signed webhook gives a stream."""
START_SECONDS: Final = 5.0
"""A provider says at once which call this is; whoever does not is no provider."""
CLOSE_SECONDS: Final = 2.0
_MESSAGES_BEFORE_START: Final = 4

_log = logs.get(__name__)


class Tokens(Protocol):
    """One-time tokens: :class:`channels.phone.stream_tokens.StreamTokens`."""

    def take(self, token: str) -> StreamedCall | None:
        """The call of a token, once; may raise RedisError."""
        ...


class MediaStream:
    """The carrier of one stream.

    Args:
        socket: connected, and past its start message.
        stream: the provider's id of the stream.
    """

    kind = KIND

    def __init__(self, socket: web.WebSocketResponse, stream: str) -> None:
        self._socket = socket
        self._stream = stream
        self._inbox = Inbox()
        self._outgoing: asyncio.Queue[str] = asyncio.Queue()
        self._tasks = [asyncio.create_task(self._receive()), asyncio.create_task(self._send())]

    def events(self) -> AsyncIterator[Event]:
        """See :class:`channels.phone.calls.carrier.Carrier`."""
        return self._inbox.events()

    def play(self, pcm: bytes, mark: str) -> None:
        """The provider keeps what it cannot play yet; the session bounds how much that is."""
        self._outgoing.put_nowait(m.media(self._stream, pcm_to_mulaw(pcm)))
        self._outgoing.put_nowait(m.mark(self._stream, mark))

    def stop_playing(self) -> None:
        """Tell the provider to drop what it has, and drop what it has not got yet."""
        while not self._outgoing.empty():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(m.clear(self._stream))

    async def transfer(self, number: str, ring_seconds: int) -> Transferred:
        """End the stream: the provider asks the voice webhook what is next, and gets the transfer from the dialogue."""
        await self.hang_up()
        return Transferred.TAKEN_OVER

    async def hang_up(self) -> None:
        """End the stream; the provider asks the voice webhook what is next."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await _close(self._socket, WSCloseCode.OK, b"")

    async def _receive(self) -> None:
        # A message lost on the way down is not waited for: the session notices a stream that has gone quiet.
        async for message in self._socket:
            try:
                gone = self._take(_text(message))
            except m.StreamError as error:
                gone = Gone(GoneBy.MISBEHAVIOUR, str(error))
            if gone is not None:
                self._inbox.put(gone)
                return
        self._inbox.put(Gone(GoneBy.BROKEN, f"the socket closed with {self._socket.close_code}"))

    def _take(self, text: str) -> Gone | None:
        message = m.read(text)
        if isinstance(message, m.Media | m.Dtmf | m.Mark | m.Stop) and message.streamSid not in {None, self._stream}:
            raise m.StreamError("streamSid: of another stream")
        match message:
            case m.Media(media=media) if media.track == "inbound":
                self._inbox.put(Audio(mulaw_to_pcm(m.sound_of(media))))
            case m.Dtmf(dtmf=dtmf) if dtmf.digit in KEYS:
                self._inbox.put(Key(dtmf.digit))
            case m.Mark(mark=mark):
                self._inbox.put(Played(mark.name))
            case m.Stop():
                return Gone(GoneBy.CALLER)
            case m.Start():
                raise m.StreamError("start: came twice")
        return None

    async def _send(self) -> None:
        try:
            while True:
                await self._socket.send_str(await self._outgoing.get())
        except (ConnectionError, RuntimeError):
            # Whoever reads notices the end, too, and tells.
            return


def add_to(app: web.Application, calls: Calls, tokens: Tokens) -> None:
    """Serve streams of an application.

    Args:
        app: of the voice process.
        calls: holds the calls.
        tokens: of calls whose webhook we have answered.
    """

    open_streams: set[str] = set()

    async def stream(request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=m.LONGEST_MESSAGE, autoping=True, compress=False)
        if not socket.can_prepare(request):
            return web.json_response(
                {"error": {"code": "upgrade_required", "message": "this address is a WebSocket"}}, status=426
            )
        await socket.prepare(request)
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(START_SECONDS):
                    start = await _started(socket)
                    if start.streamSid in open_streams:
                        raise m.StreamError("start.streamSid: in use")
                    open_streams.add(start.streamSid)
                    stack.callback(open_streams.discard, start.streamSid)
                    call = await _call_of(start, tokens)
            except (m.StreamError, TimeoutError) as error:
                calls.refused(KIND, "bad_start")
                _log.warning("a stream did not begin", cause=str(error) or "nothing came")
                await _close(socket, WSCloseCode.POLICY_VIOLATION, b"bad start")
                return socket
            except RedisError as error:
                calls.refused(KIND, "no_store")
                _log.error("tokens of streams cannot be read", cause=type(error).__name__)
                await _close(socket, WSCloseCode.TRY_AGAIN_LATER, b"try again later")
                return socket
            if calls.refuses(KIND, call.call_id):
                await _close(socket, WSCloseCode.TRY_AGAIN_LATER, b"busy")
                return socket
            await calls.hold(MediaStream(socket, start.streamSid), call.call_id, call.caller, comes_back=True)
        return socket

    app.router.add_get(PATH, stream)


async def _started(socket: web.WebSocketResponse) -> m.Start:
    for _ in range(_MESSAGES_BEFORE_START):
        match m.read(_text(await socket.receive())):
            case m.Start() as start:
                return start
            case m.Connected():
                continue
            case _:
                break
    raise m.StreamError("start: did not come first")


async def _call_of(start: m.Start, tokens: Tokens) -> StreamedCall:
    form = start.start.mediaFormat
    if (form.encoding, form.sampleRate, form.channels) != (m.ENCODING, TELEPHONE_RATE, 1):
        raise m.StreamError("start.mediaFormat: not mu-law of 8000 Hz on one channel")
    call = await asyncio.to_thread(tokens.take, start.start.customParameters.get(TOKEN, ""))
    if call is None:
        raise m.StreamError("start: no token of ours, or used before")
    if call.call_id != start.start.callSid:
        raise m.StreamError("start: the token is of another call")
    return call


async def _close(socket: web.WebSocketResponse, code: WSCloseCode, why: bytes) -> None:
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await socket.close(code=code, message=why, drain=False)
    except (TimeoutError, ConnectionError):
        return


def _text(message: WSMessage) -> str:
    """The text of a message; raises StreamError for anything else."""
    if message.type is not WSMsgType.TEXT:
        raise m.StreamError(f"message: {message.type.name.lower()} instead of text")
    text: str = message.data
    return text
