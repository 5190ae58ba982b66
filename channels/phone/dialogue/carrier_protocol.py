"""What passes between a carrier and the dialogue: what the caller did, and what the carrier does next.

A carrier is a webhook, a media stream or a SIP call. It hands every input to the dialogue in the order in which
things happened, and carries out the move that comes back before the next input.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from language.languages import default_language

Language = str
"""BCP 47 primary tag of a language of the installation."""


class Speed(StrEnum):
    """How fast the voice speaks; a carrier maps it to what its voice can."""

    NORMAL = "normal"
    SLOW = "slow"


class Accent(StrEnum):
    """Which voice speaks; a carrier without that voice takes the nearest it has."""

    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"


@dataclass(frozen=True, slots=True)
class CallStarted:
    """The call was answered."""

    caller: str | None = None
    """Number of the caller as the carrier writes it; None when withheld. Never logged, stored sealed only."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys pressed since the last move: ``0``-``9``, ``*``, ``#``, in order. One input, however many and fast."""

    digits: str


@dataclass(frozen=True, slots=True)
class Said:
    """Words as a recogniser heard them."""

    text: str
    confidence: float | None = None
    """0 to 1; None when the recogniser gives none, which is not the same as being unsure."""
    alternatives: tuple[str, ...] = ()
    """Other readings, the likeliest first."""


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came within the time the move allowed."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Sound that goes on and holds no words: music, an engine, a hum."""


@dataclass(frozen=True, slots=True)
class Unheard:
    """The caller spoke, and no recogniser could take it: too many speak at once, or it failed."""


@dataclass(frozen=True, slots=True)
class TransferEnded:
    """The call came back from a transfer."""

    answered: bool
    """Whether somebody took it."""


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone; may come at any moment, also twice."""


Input = CallStarted | Keys | Said | Silence | Noise | Unheard | TransferEnded | HungUp


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to say."""

    text: str
    """Ready for a voice: no digits, codes or short forms are left in Vietnamese."""
    public: bool
    """Fixed wording or published facts: its sound may be kept on disk. Else it may hold what concerns one person."""
    language: Language = field(default_factory=default_language)
    interruptible: bool = True
    """Whether keys or speech may cut it off (barge-in)."""


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """Which keys are expected."""

    most: int = 1
    """Entry ends at once after this many."""
    finish: str | None = None
    """Key that ends the entry early; None where every key has a meaning of its own.

    Hand it on: alone as ``#``, and after digits as part of :class:`Keys` or left out, as is easier.
    """
    seconds_between: float = 3.0
    """Pause after which what was keyed so far counts as all of it."""


@dataclass(frozen=True, slots=True)
class Expect:
    """What the carrier listens for while and after it speaks."""

    keys: KeyEntry = field(default_factory=KeyEntry)
    speech: bool = True
    """Whether to listen for words, too."""
    phrases: tuple[str, ...] = ()
    """Words likely to come, for the recogniser."""
    closed: bool = False
    """Whether the phrases are all that makes sense here; a recogniser may then choose among them alone."""
    digits: tuple[int, ...] = ()
    """How many digits are asked for, where digits are; spoken words that hold as many are whole."""
    no_input_seconds: float = 6.0
    """Silence after the last line before :class:`Silence` is due."""
    end_silence_seconds: float = 0.75
    """Pause after which a speaker has finished: longer where codes are dictated, shorter after a yes or no."""


@dataclass(frozen=True, slots=True)
class Style:
    """How the lines are to be said; holds for the whole call until changed."""

    speed: Speed = Speed.NORMAL
    accent: Accent = Accent.NORTH


@dataclass(frozen=True, slots=True)
class Transfer:
    """Connect the caller with a person, after the lines; then send :class:`TransferEnded`."""

    number: str
    """What to dial, E.164 or a short code."""
    ring_seconds: int = 25


@dataclass(frozen=True, slots=True)
class End:
    """Hang up after the lines."""


@dataclass(frozen=True, slots=True)
class Move:
    """What the carrier does next. Without ``expect`` there is a ``then``."""

    say: tuple[Line, ...]
    expect: Expect | None = None
    then: Transfer | End | None = None
    style: Style = Style()
    sequence: int = 0
    """Number of this move in the call, from 1. A carrier that may deliver an input twice sends it back with it."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What words would be answered, before it is known that they are all."""

    move: Move
    is_whole: bool = False
    """Whether they ask for one side of one procedure, and facts answer it: most callers have finished then."""
