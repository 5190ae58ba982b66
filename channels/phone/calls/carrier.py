"""What a call session needs of whatever carries the call."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from speech.audio import BYTES_PER_SAMPLE, TELEPHONE_RATE

FRAME_SECONDS: Final = 0.02
"""Length of a frame, as all of telephony sends them."""
FRAME_BYTES: Final = int(TELEPHONE_RATE * FRAME_SECONDS) * BYTES_PER_SAMPLE
KEYS: Final = frozenset("0123456789*#")
"""Keys of a telephone; the letters A to D of old exchanges mean nothing here."""


@dataclass(frozen=True, slots=True)
class Audio:
    """Sound of the caller."""

    pcm: bytes
    """8 kHz."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key pressed, of :data:`KEYS`."""

    digit: str


@dataclass(frozen=True, slots=True)
class Played:
    """Everything up to a mark has been heard."""

    mark: str


@dataclass(frozen=True, slots=True)
class Hold:
    """The other side holds the call, or takes it up again; held it hears nothing and sends nothing."""

    on: bool


class GoneBy(StrEnum):
    """How a call ended that the session did not end."""

    CALLER = "caller"
    """Hung up."""
    BROKEN = "broken"
    """The connection is lost; the carrier may bring the call back another way."""
    MISBEHAVIOUR = "misbehaviour"
    """What came was not what the carrier's protocol allows."""
    QUIET = "quiet"
    """The carrier stopped sending."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The call is over; nothing comes after it."""

    by: GoneBy = GoneBy.CALLER
    why: str = ""
    """For the operator; nothing of the caller."""


Event = Audio | Key | Played | Hold | Gone


class Transferred(StrEnum):
    """How a transfer ended."""

    TAKEN_OVER = "taken over"
    """The carrier has the call now and tells the dialogue itself how it went on."""
    ANSWERED = "answered"
    NOT_ANSWERED = "not answered"


class Carrier(Protocol):
    """One call. All methods belong to one event loop."""

    @property
    def kind(self) -> str:
        """Which carrier this is, for figures and logs."""
        ...

    def events(self) -> AsyncIterator[Event]:
        """What happens, in order; ends after :class:`Gone`."""
        ...

    def play(self, pcm: bytes, mark: str) -> None:
        """Put 8 kHz sound behind what is being played; :class:`Played` with the mark comes when it was heard."""
        ...

    def stop_playing(self) -> None:
        """Drop what has not been heard yet; its marks may come or not."""
        ...

    async def transfer(self, number: str, ring_seconds: int) -> Transferred:
        """Connect the caller with a number."""
        ...

    async def hang_up(self) -> None:
        """End the call; harmless when it is over."""
        ...
