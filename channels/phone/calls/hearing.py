"""What a call hears: is there a voice, and what does it say."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

from channels.phone.calls.carrier import FRAME_BYTES, FRAME_SECONDS
from channels.phone.calls.turn_words import turn_words
from channels.phone.dialogue.carrier_protocol import Expect, Said
from language.numbers import spoken_digits
from speech.audio import TELEPHONE_RATE
from speech.listening.turn_end import Completeness, completeness_of
from speech.listening.voice_activity import VoiceActivity
from speech.recognition.pool import Failure
from speech.recognition.recogniser import Heard, Hints, Partial

BEFORE_SECONDS: Final = 0.4
"""Sound kept from before speech was noticed: noticing takes a tenth of a second, and words begin softly."""
LONGEST_BEFORE_SECONDS: Final = 4.0
"""Kept of speech that nobody listened to yet: people begin while the answer is still being looked up, or during a line
that must be heard."""
KEPT_UP_SECONDS: Final = 0.5
"""A recogniser no further behind has heard what there was to hear."""
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
        self._utterance: Utterance | None = None
        self._expect = Expect()
        self._text = ""
        self._judged = ("", Completeness.OPEN)

    @property
    def can_hear(self) -> bool:
        """Whether speech can be recognised now."""
        return self._recognition.can_hear

    def expect(self, expect: Expect) -> None:
        """What is likely to be said next."""
        self._expect = expect

    def take(self, pcm: bytes) -> list[bytes]:
        """Cut sound into whole frames, keeping the rest for the next time."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % FRAME_BYTES
        self._rest = pcm[whole:]
        return [pcm[at : at + FRAME_BYTES] for at in range(0, whole, FRAME_BYTES)]

    def hear(self, frame: bytes) -> Frame:
        """Judge a frame, and hand it to the recogniser when an utterance is under way."""
        is_speech = any(self._voice.feed(frame))
        if self._utterance is None:
            self._keep(frame, is_speech=is_speech)
            return Frame(is_speech, Completeness.OPEN)
        news = self._utterance.feed(frame)
        if news is not None:
            self._text = news.text
        if not self._text:
            kept_up = self._utterance.tells_words and self._utterance.behind < KEPT_UP_SECONDS
            return Frame(is_speech, Completeness.OPEN, wordless=kept_up)
        if self._expect.closed:
            return Frame(is_speech, completeness_of(self._text, self._expect.phrases), has_words=True)
        return Frame(is_speech, self._said_so_far(), has_words=True)

    def _said_so_far(self) -> Completeness:
        """How finished free words sound. Judged once a text: it is the same for many frames."""
        if self._judged[0] != self._text:
            words = turn_words()
            digits = spoken_digits(self._text, self._expect.digits) if self._expect.digits else None
            if digits is not None and len(digits) in self._expect.digits:
                found = Completeness.COMPLETE
            elif words.hangs(self._text):
                found = Completeness.UNFINISHED
            elif not self._expect.digits and words.ends(self._text):
                found = Completeness.COMPLETE
            else:
                found = Completeness.OPEN
            self._judged = (self._text, found)
        return self._judged[1]

    def _keep(self, frame: bytes, *, is_speech: bool) -> None:
        """Keep a frame for an utterance that may begin: all of a sentence under way, else only the last moment."""
        self._before.append(frame)
        self._quiet_frames = 0 if is_speech else self._quiet_frames + 1
        while self._quiet_frames > _BEFORE_FRAMES and len(self._before) > _BEFORE_FRAMES:
            self._before.popleft()

    def listen(self) -> None:
        """An utterance has begun."""
        self.forget()
        hints = Hints(self._expect.phrases, self._expect.closed)
        self._utterance = self._recognition.open(TELEPHONE_RATE, hints)
        self._utterance.feed(b"".join(self._before))
        self._before.clear()

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
        heard = await utterance.finish()
        if isinstance(heard, Failure):
            return heard
        return Said(heard.phrase or heard.text, heard.confidence)
