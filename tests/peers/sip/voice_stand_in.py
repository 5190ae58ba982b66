"""A voice provider on a real SIP call: signed webhooks out, TwiML carried out, keys with barge-in, media streams.

The leg to the caller is this project's own SIP line, which the tests of SIP hold against other people's telephones;
what this stands in for is everything between the exchange and our webhooks.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import aiohttp
from free_ports import free_port
from twilio.request_validator import RequestValidator

from channels.phone.calls.carrier import Audio, Carrier, Gone, Key, Played
from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.sip_line import SipLine
from speech.audio import mulaw_to_pcm, pcm_to_mulaw
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.voice import Style
from speech.voices.worker_voice import WorkerVoice


@dataclass
class ProviderCall:
    """One call at the provider, from the webhook to the last verb.

    Args:
        base: address of the gateway.
        token: signs webhooks.
        carrier: the leg to the caller.
        speaking: the provider's voice.
        caller: number of the caller.
        follows_streams: false for a provider that cannot open the stream.
    """

    base: str
    token: str
    carrier: Carrier
    speaking: Speaking
    caller: str
    follows_streams: bool
    sid: str = field(default_factory=lambda: "CA" + secrets.token_hex(16))
    verbs: list[str] = field(default_factory=list)
    keys: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    played: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    stream: aiohttp.ClientWebSocketResponse | None = None
    waiting: asyncio.Task[str] | None = None

    async def run(self) -> None:
        """Hold the call."""
        listening = asyncio.create_task(self._listen())
        try:
            async with aiohttp.ClientSession(trust_env=False) as self._session:
                await self._until_over()
                await self._post("/voice/twilio/status", CallStatus="completed")
        finally:
            await _stop(listening)
            await self.carrier.hang_up()

    async def _until_over(self) -> None:
        carrying_out = asyncio.create_task(self._carry_out())
        leaving = asyncio.create_task(self.gone.wait())
        try:
            await asyncio.wait({carrying_out, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await _stop(carrying_out, leaving)
            if self.waiting is not None:
                await _stop(self.waiting)
        if not carrying_out.cancelled():
            carrying_out.result()

    async def _post(self, path: str, **fields: str) -> str:
        address = path if path.startswith("http") else self.base + path
        form = {"CallSid": self.sid, "From": self.caller, "To": "+84900000999", "CallStatus": "in-progress", **fields}
        headers = {"X-Twilio-Signature": RequestValidator(self.token).compute_signature(address, form)}
        async with self._session.post(address, data=form, headers=headers) as response:
            assert response.status in {200, 204}, await response.text()
            return await response.text()

    async def _carry_out(self) -> None:
        document = await self._post("/voice/twilio")
        while document:
            document = await self._verbs(list(ElementTree.fromstring(document)))

    async def _verbs(self, verbs: Sequence[ElementTree.Element]) -> str:
        for verb in verbs:
            self.verbs.append(verb.tag)
            match verb.tag:
                case "Say":
                    await self._say(verb)
                case "Gather":
                    given = await self._gather(verb)
                    if given or verb.get("actionOnEmptyResult") == "true":
                        return await self._post(verb.attrib["action"], **given)
                case "Redirect":
                    return await self._post(verb.text or "")
                case "Connect":
                    await self._connect(verb[0])
                case "Dial":
                    return await self._post(verb.attrib["action"], DialCallStatus="no-answer")
                case "Hangup":
                    return ""
                case other:
                    raise AssertionError(f"the provider knows no <{other}>")
        return ""

    async def _say(self, verb: ElementTree.Element) -> None:
        language = "vi" if verb.get("language", "").startswith("vi") else "en"
        pcm = await self.speaking.whole("".join(verb.itertext()), Style(language), rate=8000, is_public=True)
        mark = secrets.token_hex(4)
        self.carrier.play(pcm, mark)
        while await self.played.get() != mark:
            pass

    async def _gather(self, gather: ElementTree.Element) -> dict[str, str]:
        most, finish = int(gather.get("numDigits", "99")), gather.get("finishOnKey", "#")
        saying = asyncio.create_task(self._verbs(list(gather)))
        try:
            return await self._keys_during(saying, gather, most, finish)
        finally:
            await _stop(saying)

    async def _keys_during(
        self, saying: asyncio.Task[str], gather: ElementTree.Element, most: int, finish: str
    ) -> dict[str, str]:
        digits = ""
        while len(digits) < most:
            key = asyncio.create_task(self.keys.get())
            self.waiting = key
            await asyncio.wait({key} if saying.done() else {key, saying}, return_when=asyncio.FIRST_COMPLETED)
            if not key.done():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(asyncio.shield(key), float(gather.get("timeout", "5")))
            if not key.done():
                await _stop(key)
                return {"Digits": digits} if digits else {}
            if not saying.done():
                saying.cancel()
                self.carrier.stop_playing()
            if finish and key.result() == finish:
                return {"Digits": digits, "FinishedOnKey": finish}
            digits += key.result()
        return {"Digits": digits}

    async def _connect(self, stream: ElementTree.Element) -> None:
        if not self.follows_streams:
            return
        parameters = {one.attrib["name"]: one.attrib["value"] for one in stream}
        sid = "MZ" + secrets.token_hex(16)
        details = {
            **{"accountSid": "AC1", "streamSid": sid, "callSid": self.sid, "tracks": ["inbound"]},
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": parameters,
        }
        async with self._session.ws_connect(stream.attrib["url"]) as self.stream:
            await self._send({"event": "connected", "protocol": "Call", "version": "1.0.0"})
            await self._send({"event": "start", "sequenceNumber": "1", "start": details, "streamSid": sid})
            marking = asyncio.create_task(self._mark())
            try:
                await self._play_what_comes()
            finally:
                marking.cancel()
                await asyncio.gather(marking, return_exceptions=True)
        self.stream = None

    async def _play_what_comes(self) -> None:
        assert self.stream is not None
        sound = b""
        async for message in self.stream:
            told = json.loads(message.data)
            match told["event"]:
                case "media":
                    sound += mulaw_to_pcm(base64.b64decode(told["media"]["payload"]))
                case "mark":
                    self.carrier.play(sound, told["mark"]["name"])
                    sound = b""
                case "clear":
                    self.carrier.stop_playing()

    async def _mark(self) -> None:
        while True:
            await self._send({"event": "mark", "mark": {"name": await self.played.get()}})

    async def _send(self, message: object) -> None:
        if self.stream is not None and not self.stream.closed:
            await self.stream.send_str(json.dumps(message))

    async def _listen(self) -> None:
        async for event in self.carrier.events():
            match event:
                case Audio(pcm):
                    payload = base64.b64encode(pcm_to_mulaw(pcm)).decode()
                    await self._send({"event": "media", "media": {"track": "inbound", "payload": payload}})
                case Key(digit) if self.stream is not None:
                    await self._send({"event": "dtmf", "dtmf": {"track": "inbound_track", "digit": digit}})
                case Key(digit):
                    self.keys.put_nowait(digit)
                case Played(mark):
                    self.played.put_nowait(mark)
                case Gone():
                    await self._send({"event": "stop", "stop": {"callSid": self.sid}})
                    self.gone.set()


async def _stop(*tasks: asyncio.Task[Any]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class VoiceStandIn:
    """A provider with a telephone number, in a thread of its own while the context is open.

    Args:
        base: address of the gateway.
        token: signs webhooks.
        follows_streams: false for a provider that cannot open streams.
    """

    def __init__(self, base: str, token: str, *, follows_streams: bool = True) -> None:
        self._base = base
        self._token = token
        self._follows_streams = follows_streams
        self._loop = asyncio.new_event_loop()
        self.calls: list[ProviderCall] = []
        self.problems: list[BaseException] = []
        self._held: set[asyncio.Task[Any]] = set()
        self.port = free_port()

    def __enter__(self) -> VoiceStandIn:
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        self._run(self._start())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()

    def _run(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(60)  # type: ignore[arg-type]

    async def _start(self) -> None:
        self._stack = contextlib.AsyncExitStack()
        voice = await self._stack.enter_async_context(WorkerVoice.named("pyttsx3"))
        self._speaking = Speaking(voice, SpokenCache(10_000_000, None, 0))
        pacer = Pacer(lambda seconds: None)
        await pacer.start()
        self._stack.push_async_callback(pacer.stop)
        ports = Ports(50_000 + self.port % 5_000, 50_000 + self.port % 5_000 + 40)
        line = SipLine(self, pacer, "127.0.0.1", frozenset({"127.0.0.1"}), ports)  # type: ignore[arg-type]
        await line.start(self.port)
        self._stack.push_async_callback(line.stop)

    async def _stop(self) -> None:
        # A call nobody hung up would end with the loop, in the middle of a step.
        for held in self._held:
            held.cancel()
        await asyncio.gather(*self._held, return_exceptions=True)
        await self._stack.aclose()

    # What a SIP line asks of those who hold its calls

    def refuses(self, kind: str, call_id: str = "") -> str | None:
        """Every call is taken."""
        return None

    def refused(self, kind: str, why: str) -> None:
        """A call could not be taken."""
        self.problems.append(AssertionError(why))

    async def hold(self, carrier: Carrier, call_id: str, caller: str | None) -> None:
        """Hold a call."""
        number = "+84" + (caller or "").removeprefix("0")
        call = ProviderCall(self._base, self._token, carrier, self._speaking, number, self._follows_streams)
        self.calls.append(call)
        held = asyncio.current_task()
        assert held is not None
        self._held.add(held)
        try:
            await call.run()
        except Exception as problem:
            self.problems.append(problem)
        finally:
            self._held.discard(held)
