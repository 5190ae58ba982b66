"""What a call hears: is there a voice, and what does it say."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import Final, Protocol

from channels.phone.calls.carrier import FRAME_BYTES, FRAME_SECONDS
from channels.phone.calls.turn_words import turn_words
from channels.phone.dialogue.carrier_protocol import Expect, Said
from language.numbers import spoken_digits
from speech.audio import TELEPHONE_RATE
from speech.listening.turn_end import Completeness, completeness_of
from speech.listening.voice_activity import VoiceActivity
from speech.recognition.closest_phrase import closest
from speech.recognition.pool import Failure
from speech.recognition.recogniser import Heard, Hints, Partial

BEFORE_SECONDS: Final = 0.4
"""Sound kept from before speech was noticed: noticing takes a tenth of a second, and words begin softly."""
LONGEST_BEFORE_SECONDS: Final = 4.0
"""Kept of speech that nobody listened to yet: people begin while the answer is still being looked up, or during a line
that must be heard."""
KEPT_UP_SECONDS: Final = 0.5
"""A recogniser no further behind has heard what there was to hear."""
PAUSE_SECONDS: Final = 0.2
"""Silence after which the words so far are made whole: the recogniser is given more of the same silence at once, and it
tells them before the turn is over. Who speaks on has only made a longer pause."""
AHEAD_SECONDS: Final = 0.6
"""Silence given ahead; the caller's own is left out until it has come to the same."""
AHEAD_BEHIND_SECONDS: Final = 0.2
"""A recogniser further behind has enough to do."""
_PAUSE_FRAMES: Final = round(PAUSE_SECONDS / FRAME_SECONDS)
_AHEAD_FRAMES: Final = round(AHEAD_SECONDS / FRAME_SECONDS)
_BEFORE_FRAMES: Final = round(BEFORE_SECONDS / FRAME_SECONDS)
_LONGEST_BEFORE_FRAMES: Final = round(LONGEST_BEFORE_SECONDS / FRAME_SECONDS)


class Utterance(Protocol):
    """One utterance on its way to a recogniser: :class:`speech.recognition.pool.Stream`."""

    @property
    def failure(self) -> Failure | None:
        """Why nothing more will be heard."""
        ...

    @property
    def behind(self) -> float:
        """Seconds of sound that were handed over and not heard yet."""
        ...

    @property
    def tells_words(self) -> bool:
        """Whether words come while they are spoken."""
        ...

    def feed(self, pcm: bytes) -> Partial | None:
        """Hand over sound; the text so far when it is news."""
        ...

    def settled(self, quiet: float) -> Heard | None:
        """What :meth:`finish` would give, where that is known after so many seconds of silence; else None."""
        ...

    async def finish(self) -> Heard | Failure:
        """End it and wait for what was said."""
        ...

    def abandon(self) -> None:
        """Drop it."""
        ...


class Recognition(Protocol):
    """What recognises speech: :class:`speech.recognition.pool.RecogniserPool`."""

    @property
    def can_hear(self) -> bool:
        """Whether an utterance begun now would be heard."""
        ...

    def open(self, rate: int, hints: Hints) -> Utterance:
        """Begin an utterance."""
        ...


@dataclass(frozen=True, slots=True)
class Frame:
    """20 ms of sound and what it is."""

    is_speech: bool
    completeness: Completeness
    has_words: bool = False
    """Whether a word of the utterance under way has been recognised."""
    wordless: bool = False
    """Whether a recogniser that tells words as they come has found none so far, and has heard all there was."""


@dataclass(frozen=True, slots=True)
class _Judged:
    """What was made of the text so far."""

    text: str
    completeness: Completeness
    understood: str


_NOTHING: Final = _Judged("", Completeness.OPEN, "")


class Hearing:
    """The ear of one call.

    Args:
        recognition: shared by all calls.
    """

    def __init__(self, recognition: Recognition) -> None:
        self._recognition = recognition
        self._voice = VoiceActivity(TELEPHONE_RATE)
        self._rest = b""
        self._before: deque[bytes] = deque(maxlen=_LONGEST_BEFORE_FRAMES)
        self._quiet_frames = 0
        """Frames without a voice, up to now."""
        self._silence: deque[bytes] = deque(maxlen=_PAUSE_FRAMES)
        self._given_ahead = 0
        """Frames of silence the recogniser has had before they came."""
        self._utterance: Utterance | None = None
        self._expect = Expect()
        self._text = ""
        self._judged = _NOTHING

    @property
    def can_hear(self) -> bool:
        """Whether speech can be recognised now."""
        return self._recognition.can_hear

    @property
    def is_loud(self) -> bool:
        """Whether there has been no quiet moment for a while: a street, music, a tone."""
        return self._voice.is_loud

    @property
    def words_at_pause(self) -> str | None:
        """All words of the utterance so far, where its speaker pauses and it may be over; None where it goes on.

        With them the answer can be prepared; they are what :meth:`understand` gives unless more comes.
        """
        utterance = self._utterance
        if utterance is None or not self._text or self._quiet_frames < _PAUSE_FRAMES or utterance.behind:
            return None
        if self._judged.completeness is Completeness.UNFINISHED:
            return None
        return self._judged.understood

    def understood_whole(self, words: str) -> None:
        """The words so far have an answer as they stand: unless more come, less silence ends the turn.

        That holds for what is asked; who only names something has hardly begun.
        """
        is_open = self._judged.understood == words and self._judged.completeness is Completeness.OPEN
        if is_open and turn_words().asks(words):
            self._judged = replace(self._judged, completeness=Completeness.UNDERSTOOD)

    def expect(self, expect: Expect) -> None:
        """What is likely to be said next."""
        self._expect, self._judged = expect, _NOTHING

    def take(self, pcm: bytes) -> list[bytes]:
        """Cut sound into whole frames, keeping the rest for the next time."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % FRAME_BYTES
        self._rest = pcm[whole:]
        return [pcm[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]

    def hear(self, frame: bytes) -> Frame:
        """Judge a frame, and hand it to the recogniser when an utterance is under way."""
        is_speech = any(self._voice.feed(frame))
        self._quiet_frames = 0 if is_speech else self._quiet_frames + 1
        if self._utterance is None:
            self._keep(frame)
            return Frame(is_speech, Completeness.OPEN)
        news = self._utterance.feed(self._with_silence_ahead(self._utterance, frame))
        if news is not None:
            self._text = news.text
        if not self._text:
            kept_up = self._utterance.tells_words and self._utterance.behind < KEPT_UP_SECONDS
            return Frame(is_speech, Completeness.OPEN, wordless=kept_up)
        if self._judged.text != self._text:
            # The same text stands for many frames.
            self._judged = _Judged(
                self._text, said_so_far(self._text, self._expect), understood(self._text, self._expect)
            )
        return Frame(is_speech, self._judged.completeness, has_words=True)

    def _with_silence_ahead(self, utterance: Utterance, frame: bytes) -> bytes:
        """What the recogniser gets for a frame."""
        if self._quiet_frames == 0:
            self._given_ahead = 0
            self._silence.clear()
            return frame
        self._silence.append(frame)
        if self._given_ahead:
            self._given_ahead -= 1
            return b""
        if self._quiet_frames != _PAUSE_FRAMES or not utterance.tells_words or utterance.behind > AHEAD_BEHIND_SECONDS:
            return frame
        self._given_ahead = _AHEAD_FRAMES
        return frame + b"".join(self._silence) * (_AHEAD_FRAMES // _PAUSE_FRAMES)

    def _keep(self, frame: bytes) -> None:
        """Keep a frame for an utterance that may begin: all of a sentence under way, else only the last moment."""
        self._before.append(frame)
        while self._quiet_frames > _BEFORE_FRAMES and len(self._before) > _BEFORE_FRAMES:
            self._before.popleft()

    def listen(self) -> None:
        """An utterance has begun."""
        self.forget()
        hints = Hints(self._expect.phrases, self._expect.closed)
        self._utterance = self._recognition.open(TELEPHONE_RATE, hints)
        self._utterance.feed(b"".join(self._before))
        self._before.clear()
        self._given_ahead = 0

    def forget(self) -> None:
        """Drop the utterance, if there is one."""
        if self._utterance is not None:
            self._utterance.abandon()
        self._utterance, self._text = None, ""

    async def understand(self) -> Said | Failure:
        """End the utterance; its words, none when it held none."""
        utterance, self._utterance, self._text = self._utterance, None, ""
        if utterance is None:
            return Said("")
        heard: Heard | Failure | None = utterance.settled((self._quiet_frames + self._given_ahead) * FRAME_SECONDS)
        if heard is None:
            heard = await utterance.finish()
        else:
            utterance.abandon()
        if isinstance(heard, Failure):
            return heard
        return Said(heard.phrase or heard.text, heard.confidence)


def said_so_far(text: str, expect: Expect) -> Completeness:
    """How finished words sound where something is expected."""
    if expect.closed:
        return chosen_so_far(text, expect.phrases)
    words = turn_words()
    digits = spoken_digits(text, expect.digits) if expect.digits else None
    if digits is not None and len(digits) in expect.digits:
        return Completeness.COMPLETE
    if words.hangs(text):
        return Completeness.UNFINISHED
    return Completeness.COMPLETE if not expect.digits and words.ends(text) else Completeness.OPEN


def understood(text: str, expect: Expect) -> str:
    """What words are taken for where something is expected: the phrase that is meant where one of a few is."""
    return (closest(text, expect.phrases) if expect.closed else None) or text


def chosen_so_far(text: str, phrases: tuple[str, ...]) -> Completeness:
    """How finished an answer to a closed question sounds; heard not quite rightly it is still the nearest phrase."""
    written = completeness_of(text, phrases)
    if written is Completeness.UNFINISHED and text.lower() in map(str.lower, phrases):
        # "không" may become "không phải", and is an answer already.
        return Completeness.OPEN
    if written is not Completeness.OPEN:
        return written
    return Completeness.COMPLETE if closest(text, phrases) is not None else Completeness.OPEN
