"""Whose turn it is in a call: a state machine over sound, keys and what was heard, without audio and without clock.

Time is seconds of the caller's sound. Whoever feeds it fills in silence where a carrier sends none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from channels.phone.calls.dtmf import KeyInput, KeysAhead
from channels.phone.dialogue.carrier_protocol import Expect, Keys, Noise, Silence
from speech.listening.turn_end import Completeness, TurnEnd, TurnEvent, TurnTimes

WORDLESS_SECONDS: Final = 4.0
"""A turn without a word for so long is music or an engine; people who speak have said ten syllables by then."""

WHOLE_SHARE: Final = 2 / 3
"""Of the silence that ends a turn, where the words are whole: 0.3 s after a yes or no, 0.5 s after a question that the
core has an answer to as far as it goes."""

BLIND_SECONDS: Final = 0.12
"""Of speech, beyond what begins a turn, that interrupts where the recogniser tells no words or is behind. Where it does
a word interrupts, and nothing else: a door, a dog, a tractor do not."""


class Order(Enum):
    """What the session does at once."""

    STOP_PLAYING = "stop playing"
    """The caller interrupts (barge-in)."""
    LISTEN = "listen"
    """An utterance has begun: the recogniser gets its sound, from shortly before now."""
    FORGET = "forget"
    """The utterance is dropped: the caller went on with keys."""
    UNDERSTAND = "understand"
    """The utterance is over: find out what was said."""
    CHECK = "check"
    """A sound without a word so far is over, and the voice goes on meanwhile: find out whether it was one after all."""


@dataclass(frozen=True, slots=True)
class Give:
    """Hand this to the dialogue."""

    given: Keys | Silence | Noise


Step = Order | Give


def times_of(expect: Expect) -> TurnTimes:
    """How patient a move is."""
    whole = WHOLE_SHARE * expect.end_silence_seconds
    return TurnTimes(
        end_silence=expect.end_silence_seconds,
        end_silence_complete=min(TurnTimes.end_silence_complete, whole),
        end_silence_understood=whole,
        no_input=expect.no_input_seconds,
    )


class TurnTaking:
    """One move of the dialogue, from its first word to what the caller makes of it.

    Every method returns what to do now, in order. After :class:`Give` or :attr:`Order.UNDERSTAND` nothing comes any
    more: the next move has its own.

    Args:
        expect: what the move listens for.
        hears: whether speech can be recognised at all.
        ahead: keys pressed before this move; those it cannot take yet are added.
    """

    def __init__(self, expect: Expect, *, hears: bool, ahead: KeysAhead) -> None:
        self._hears = hears and expect.speech
        self._times = times_of(expect)
        self._turn = TurnEnd(self._times, waiting=False)
        self._keys = KeyInput(expect.keys)
        self._ahead = ahead
        self._is_playing = True
        self._may_interrupt = False
        self._without_words = 0.0
        self._is_overheard = False
        """Whether somebody may be speaking into the voice, which goes on until a word is recognised."""
        self._overheard = 0.0
        self.is_over = False

    @property
    def in_speech(self) -> bool:
        """Whether the caller is speaking and is listened to."""
        return self._turn.in_speech

    def line(self, *, may_interrupt: bool) -> tuple[Step, ...]:
        """The next line of the move is being said."""
        self._may_interrupt = may_interrupt
        return self._release() if may_interrupt else ()

    def played(self) -> tuple[Step, ...]:
        """Everything was said and heard: the time for an answer runs."""
        if self.is_over or not self._is_playing:
            return ()
        self._is_playing, self._may_interrupt, self._is_overheard = False, True, False
        self._turn.wait()
        return self._release()

    def key(self, digit: str) -> tuple[Step, ...]:
        """A key was pressed. During a line that must be heard, and after this turn, it is kept for later."""
        if self.is_over or not self._may_interrupt:
            self._ahead.press(digit)
            return ()
        return self._take(digit)

    def sound(
        self,
        seconds: float,
        is_speech: bool,
        completeness: Completeness = Completeness.OPEN,
        *,
        has_words: bool = False,
        wordless: bool = False,
    ) -> tuple[Step, ...]:
        """A piece of the caller's sound.

        Args:
            seconds: its length.
            is_speech: whether there is a voice in it.
            completeness: how finished the text so far sounds.
            has_words: whether the recogniser has found a word.
            wordless: whether the recogniser has found no word in what it was given so far.
        """
        if self.is_over:
            return ()
        if self._keys.has_begun:
            return self._given(self._keys.wait(seconds))
        steps: tuple[Step, ...] = ()
        if self._turn.in_speech:
            self._without_words = self._without_words + seconds if wordless else 0.0
            if self._without_words >= WORDLESS_SECONDS - 1e-6:
                return self._noise()
            if self._is_overheard:
                self._overheard += seconds if is_speech else 0.0
                if has_words or (not wordless and self._overheard >= BLIND_SECONDS - 1e-6):
                    steps = self._interrupt()
        return (*steps, *self._process(seconds, is_speech and self._hears and self._may_interrupt, completeness))

    def begin_anew(self) -> None:
        """What was overheard is done with: listen for the next."""
        self._turn = TurnEnd(self._times, waiting=not self._is_playing)
        self._is_overheard, self._overheard, self._without_words = False, 0.0, 0.0

    def give_way(self) -> tuple[Step, ...]:
        """What was overheard were words: the turn is the caller's, and over."""
        self.is_over = True
        return self._interrupt()

    def _process(self, seconds: float, heeded: bool, completeness: Completeness) -> tuple[Step, ...]:
        match self._turn.process(seconds, heeded, completeness):
            case TurnEvent.SPEECH_STARTED:
                self._is_overheard, self._overheard = self._is_playing, 0.0
                return (Order.LISTEN,)
            case TurnEvent.SPEECH_ENDED | TurnEvent.TOO_LONG if self._is_overheard:
                self.begin_anew()
                return (Order.CHECK,)
            case TurnEvent.SPEECH_ENDED | TurnEvent.TOO_LONG:
                self.is_over = True
                return (Order.UNDERSTAND,)
            case TurnEvent.NOTHING_SAID:
                return self._given(Silence())
        return ()

    def _noise(self) -> tuple[Step, ...]:
        """Four seconds without a word: the voice goes on over it; where it is over the caller has to hear so."""
        if self._is_overheard:
            self.begin_anew()
            return (Order.FORGET,)
        self.is_over = True
        return (Order.FORGET, Give(Noise()))

    def _take(self, burst: str) -> tuple[Step, ...]:
        steps = [*self._interrupt()]
        if self._turn.in_speech:
            steps.append(Order.FORGET)
        # Keys are sure, so nothing that is said meanwhile counts; the turn is begun anew without speech.
        self._turn.in_speech = False
        return (*steps, *self._given(self._keys.press(burst)))

    def _interrupt(self) -> tuple[Step, ...]:
        if not self._is_playing:
            return ()
        self._is_playing = self._is_overheard = False
        self._turn.wait()
        return (Order.STOP_PLAYING,)

    def _release(self) -> tuple[Step, ...]:
        steps: list[Step] = []
        while not self.is_over and (burst := self._ahead.take()):
            steps += self._take(burst)
        return tuple(steps)

    def _given(self, given: Keys | Silence | Noise | None) -> tuple[Step, ...]:
        if given is None:
            return ()
        self.is_over = True
        return (Give(given),)
