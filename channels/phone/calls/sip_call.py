"""A SIP call as a carrier of the session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Final, Protocol

from aiosipua import IncomingCall

from channels.phone.calls.carrier import KEYS, Audio, Event, Gone, Hold, Key, Played, Transferred
from channels.phone.calls.inbox import Inbox
from channels.phone.calls.pacer import PacedOutput, Pacer
from channels.phone.calls.rtp import Agreed, Sound
from channels.phone.calls.tones import ToneKeys

KIND: Final = "sip"
LEAD_IN_FRAMES: Final = 10
"""Frames of silence before anything is said: the way back is often not open yet when a call is taken, and the first
syllable was lost in it."""


class Signalling(Protocol):
    """What the line does for its calls."""

    async def end(self, call: IncomingCall) -> None:
        """Say BYE, as often as it takes."""
        ...

    async def refer(self, call: IncomingCall, number: str, seconds: float) -> bool:
        """Ask the exchange to connect the caller with a number; whether somebody took the call."""
        ...


class SipCall:
    """The carrier of one call.

    Args:
        call: answered.
        agreed: how its sound is coded.
        line: what it came over.
        pacer: the beat of all calls.
    """

    kind = KIND

    def __init__(self, call: IncomingCall, agreed: Agreed, line: Signalling, pacer: Pacer) -> None:
        self._call = call
        self._agreed = agreed
        self._line = line
        self._pacer = pacer
        self._inbox = Inbox()
        self._sound: Sound | None = None
        # An exchange that knows telephone events sends a key both ways; heard in the sound, too, it would be two.
        self._tones = ToneKeys() if agreed.events_type is None else None
        self._output = PacedOutput(self._send, agreed.silent_frame, lambda mark: self._inbox.put(Played(mark)))

    async def open(self, address: str, port: int) -> None:
        """Begin to send and hear; raises OSError when the port is taken."""
        self._sound = await Sound.open(
            self._agreed,
            address,
            port,
            self._call.source_addr[0],
            on_sound=self._heard,
            on_key=self._pressed,
        )
        self._output.put(self._agreed.silent_frame * LEAD_IN_FRAMES, "lead in")
        self._pacer.add(self._output)

    def events(self) -> AsyncIterator[Event]:
        """See :class:`channels.phone.calls.carrier.Carrier`."""
        return self._inbox.events()

    def play(self, pcm: bytes, mark: str) -> None:
        """Put sound behind what is being sent."""
        self._output.put(self._agreed.encode(pcm), mark)

    def stop_playing(self) -> None:
        """Drop what was not sent."""
        self._output.clear()

    async def transfer(self, number: str, ring_seconds: int) -> Transferred:
        """Let the exchange connect the caller with a number."""
        taken = await self._line.refer(self._call, number, ring_seconds)
        return Transferred.ANSWERED if taken else Transferred.NOT_ANSWERED

    async def hang_up(self) -> None:
        """End the call, from our side if it is still there."""
        self._pacer.remove(self._output)
        sound, self._sound = self._sound, None
        if sound is not None:
            await sound.close()
        await asyncio.shield(self._line.end(self._call))

    def gone(self, gone: Gone) -> None:
        """The line says that the call is over."""
        self._inbox.put(gone)

    def press(self, key: str) -> None:
        """A key the exchange tells of in a message; from then on none is looked for in the sound."""
        self._tones = None
        self._pressed(key)

    def move(self, agreed: Agreed) -> None:
        """The exchange wants the sound elsewhere, or nowhere for now."""
        if agreed.on_hold != self._agreed.on_hold:
            self._inbox.put(Hold(agreed.on_hold))
        if self._sound is not None and not agreed.on_hold:
            self._sound.move(agreed)
        self._agreed = agreed

    def _heard(self, pcm: bytes) -> None:
        if self._tones is not None:
            for key in self._tones.hear(pcm):
                self._pressed(key)
            if self._tones.is_held:
                # A tone is nothing that is said; the recogniser must not make words of it.
                pcm = bytes(len(pcm))
        self._inbox.put(Audio(pcm))

    def _pressed(self, key: str) -> None:
        if key in KEYS:
            self._inbox.put(Key(key))

    def _send(self, frame: bytes) -> None:
        if self._sound is not None:
            self._sound.send(frame)
