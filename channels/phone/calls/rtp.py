"""The sound of a SIP call: G.711 in RTP or SRTP, keys as telephone events (RFC 4733)."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from aiortp import RTPSession
from aiosipua import MediaDescription, SdpMessage, SdpNegotiationError, build_sdp, negotiate_sdp

from channels.phone.calls.srtp import Opening, Protecting, Sdes, usable
from speech.audio import TELEPHONE_RATE, pcm_to_alaw, pcm_to_mulaw, silence

PCMU: Final = 0
PCMA: Final = 8
_CODERS: Final = {PCMU: pcm_to_mulaw, PCMA: pcm_to_alaw}
_PLAIN: Final = ("RTP/AVP", "RTP/AVPF")
_SECURE: Final = ("RTP/SAVP", "RTP/SAVPF")
_OFFERED_EVENTS: Final = 101
"""Payload type of telephone events where the offer is ours."""
_NOWHERE: Final = frozenset({"0.0.0.0", "::"})
"""Addresses an exchange of the older kind gives to hold a call (RFC 2543)."""
_NO_EVENTS: Final = 127
"""A payload type nobody has offered, for callers without telephone events."""


class NoCommonSound(ValueError):
    """The offer holds nothing we can hear or say; the message tells what was wrong with it."""


class NoPort(RuntimeError):
    """All ports for sound are taken."""


@dataclass(frozen=True, slots=True)
class Secured:
    """Secrets for SRTP."""

    theirs: Sdes
    ours: Sdes


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed on for a call."""

    answer: SdpMessage
    payload_type: int
    """:data:`PCMU` or :data:`PCMA`."""
    events_type: int | None
    """Payload type of telephone events; None when the caller's side knows none."""
    remote: tuple[str, int]
    """Where sound is sent."""
    on_hold: bool = False
    """Whether the other side hears nothing for now."""
    keys: Secured | None = None
    """How sound is encrypted; None where it is not."""

    def encode(self, pcm: bytes) -> bytes:
        """Sound as it goes over the line."""
        return _CODERS[self.payload_type](pcm)

    @property
    def silent_frame(self) -> bytes:
        """20 ms of nothing."""
        return self.encode(silence(0.02, 8000))


def offer_of_ours(address: str, port: int) -> SdpMessage:
    """What we offer an exchange whose call came without an offer (RFC 3261, 13.2.1): both codings, and keys."""
    offer = build_sdp(address, port, PCMA, "PCMA", dtmf_payload_type=_OFFERED_EVENTS)
    assert offer.audio is not None
    offer.audio.formats.insert(1, str(PCMU))
    offer.audio.attributes["rtpmap"].insert(1, f"{PCMU} PCMU/{TELEPHONE_RATE}")
    return offer


def agree(offer: SdpMessage | None, address: str, port: int, ours: Sdes | None = None) -> Agreed:
    """Answer an offer; an answer to an offer of ours is read in the same way.

    Args:
        offer: of the caller's side.
        address: where we hear.
        port: for sound; the next one is for its reports.
        ours: the secret of ours that this call has already; it stays when the offer is made anew.

    Raises:
        NoCommonSound: there is no sound both sides know.
    """
    if offer is None or offer.audio is None:
        raise NoCommonSound("no sound is offered")
    keys = _keys_for(offer.audio, ours)
    remote = offer.rtp_address
    if remote is None or not 0 < remote[1] < 65536 or not _is_address(remote[0]):
        raise NoCommonSound("the offer does not say where sound goes")
    # An offer may hold telephone events for several clocks; ours runs as the sound's.
    events = next(
        (
            codec
            for codec in offer.audio.codecs
            if codec.encoding_name.lower() == "telephone-event" and codec.clock_rate == TELEPHONE_RATE
        ),
        None,
    )
    try:
        answer, payload_type = negotiate_sdp(
            offer, address, port, supported_codecs=[PCMA, PCMU], dtmf_payload_type=events.payload_type if events else 0
        )
    except SdpNegotiationError:
        raise NoCommonSound("neither PCMU nor PCMA is offered") from None
    if answer.audio is not None:
        answer.audio.attributes["ptime"] = ["20"]
        if keys is not None:
            answer.audio.attributes["crypto"] = [keys.ours.line]
    on_hold = offer.audio.direction in {"sendonly", "inactive"} or remote[0] in _NOWHERE
    return Agreed(answer, payload_type, events.payload_type if events else None, remote, on_hold, keys)


def _keys_for(audio: MediaDescription, ours: Sdes | None) -> Secured | None:
    """The secrets of an offer that wants sound encrypted; None where it does not.

    Answered without keys the caller's side would believe that nobody listens in, so what cannot be met is refused
    (RFC 3264). Raises NoCommonSound.
    """
    proto = audio.proto.upper()
    if proto in _PLAIN:
        return None
    theirs = usable(audio.attributes.get("crypto", ())) if proto in _SECURE else None
    if theirs is None:
        raise NoCommonSound(f"the offer wants {audio.proto}, and no way to encrypt it that is known here")
    same = ours is not None and (ours.tag, ours.suite) == (theirs.tag, theirs.suite)
    return Secured(theirs, ours if ours is not None and same else theirs.answer())


class Ports:
    """Pairs of ports for sound and its reports, in turns: a port just used may still get packets of its last call.

    Args:
        first: lowest port; made even.
        last: highest port.
    """

    def __init__(self, first: int, last: int) -> None:
        self._pairs = range(first + first % 2, last, 2)
        self._next = 0

    def take(self, address: str) -> int:
        """A pair that is free now.

        Raises:
            NoPort: there is none.
        """
        for _ in self._pairs:
            port = self._pairs[self._next]
            self._next = (self._next + 1) % len(self._pairs)
            if all(_is_free(address, each) for each in (port, port + 1)):
                return port
        raise NoPort


class _Session(RTPSession):
    """aiortp's session that takes packets from the call's own addresses alone, and survives what is none."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.welcome: Collection[str] = ()
        self._opening: Opening | None = None

    def secure(self, keys: Secured) -> None:
        """Encrypt what is sent from now on, and take nothing that is not encrypted."""
        self.expect(keys.theirs)
        sends = Protecting(keys.ours)
        for transport, protect in ((self._rtp_transport, sends.sound), (self._rtcp_transport, sends.report)):
            assert transport is not None
            transport.send = partial(_send_protected, transport.send, protect)  # type: ignore[method-assign]

    def expect(self, theirs: Sdes) -> None:
        """What comes is encrypted with this secret."""
        self._opening = Opening(theirs)

    def _handle_rtp(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[0] not in self.welcome:
            return
        try:
            super()._handle_rtp(data if self._opening is None else self._opening.sound(data), addr)
        except ValueError:
            # An event too short to be one, or a packet that is forged or came before; every other packet of the call is
            # worth as much as before.
            return

    def _handle_rtcp(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[0] not in self.welcome:
            return
        try:
            super()._handle_rtcp(data if self._opening is None else self._opening.report(data), addr)
        except ValueError:
            return


def _send_protected(
    send: Callable[..., None],
    protect: Callable[[bytes], bytes],
    data: bytes,
    addr: tuple[str, int] | None = None,
) -> None:
    send(protect(data), addr)


class Sound:
    """Sound of one call. Make it with :meth:`open`."""

    def __init__(self, session: _Session, keys: Secured | None) -> None:
        self._session = session
        self._keys = keys

    @classmethod
    async def open(
        cls,
        agreed: Agreed,
        address: str,
        port: int,
        peer: str,
        *,
        on_sound: Callable[[bytes], None],
        on_key: Callable[[str], None],
    ) -> Sound:
        """Begin to send and hear.

        Args:
            agreed: with the caller's side.
            address: of ours.
            port: from :meth:`Ports.take`.
            peer: address the call's signalling comes from; sound may come from there, too.
            on_sound: takes 8 kHz PCM.
            on_key: takes a key.

        Raises:
            OSError: the port is taken meanwhile.
        """
        session = await _Session.create(
            (address, port),
            agreed.remote,
            agreed.payload_type,
            dtmf_payload_type=agreed.events_type or _NO_EVENTS,
            cname="motcua",
            # What is late by a packet or two is put in order; waiting longer would make interrupting slow.
            jitter_prefetch=0,
            symmetric_rtp=True,
        )
        assert isinstance(session, _Session)
        if agreed.keys is not None:
            session.secure(agreed.keys)
        session.welcome = frozenset({agreed.remote[0], peer})
        session.on_audio = lambda pcm, _timestamp: on_sound(pcm)
        session.on_dtmf = lambda key, _duration: on_key(key)
        return cls(session, agreed.keys)

    def send(self, frame: bytes) -> None:
        """Send a coded frame of 20 ms."""
        self._session.send_audio_auto(frame)

    def move(self, agreed: Agreed) -> None:
        """The caller's side wants its sound elsewhere, or encrypts it with another secret from now on."""
        self._session.update_remote(agreed.remote)
        if agreed.keys is not None and self._keys is not None and agreed.keys.theirs != self._keys.theirs:
            self._session.expect(agreed.keys.theirs)
            self._keys = agreed.keys

    async def close(self) -> None:
        """End it."""
        await self._session.close()


def _is_address(written: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6 if ":" in written else socket.AF_INET, written)
    except (OSError, ValueError):
        # ValueError: a null character inside.
        return False
    return True


def _is_free(address: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
