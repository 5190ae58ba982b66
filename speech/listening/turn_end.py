"""When a turn begins and ends: a state machine over (time, is there speech, text so far), without clock or sound.

All times are seconds of sound, counted from what is processed, so that a test and a slow machine see the same turns.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TurnEvent(StrEnum):
    """What happened."""

    SPEECH_STARTED = "speech started"
    """Somebody speaks; what the machine says should stop (barge-in)."""
    SPEECH_ENDED = "speech ended"
    """The turn is over: finish the utterance."""
    TOO_LONG = "too long"
    """The turn was cut at its longest: finish the utterance as well."""
    NOTHING_SAID = "nothing said"
    """Nobody spoke for the whole time: ask again or offer keys."""


class Completeness(StrEnum):
    """How finished the text so far sounds, as the dialogue judges it."""

    OPEN = "open"
    """Free speech; nothing can be said about it."""
    COMPLETE = "complete"
    """An allowed phrase, or all digits that were asked for: waiting longer only annoys."""
    UNDERSTOOD = "understood"
    """A question that has an answer as it stands; some go on nevertheless."""
    UNFINISHED = "unfinished"
    """Digits are missing, or the phrase is the beginning of a longer one: people pause to look at the paper."""


@dataclass(frozen=True)
class TurnTimes:
    """Tunables, in seconds."""

    start_speech: float = 0.12
    """Speech needed before a turn begins; shorter is a click on the line. Of 106 recordings, 80 of them one or two
    syllables over the telephone, 2 were missed with this and the gap below, 4 with 0.16 and 0.08 s."""
    start_gap: float = 0.12
    """Silence allowed inside that beginning; longer starts counting afresh."""
    end_silence: float = 0.8
    """Silence that ends free speech. Villagers telling a need pause about half a second between parts."""
    end_silence_complete: float = 0.4
    """Silence that ends a turn whose text is complete."""
    end_silence_understood: float = 0.5
    """Silence that ends a turn whose text is a whole question, as far as it goes."""
    end_silence_unfinished: float = 1.6
    """Silence that ends a turn whose text wants more."""
    longest_turn: float = 20.0
    """Speech after which a turn is cut, counted from its beginning."""
    no_input: float = 6.0
    """Waiting for a turn to begin. Starts when the machine has finished speaking: see :meth:`TurnEnd.wait`."""

    def end_silence_for(self, completeness: Completeness) -> float:
        """The silence that ends a turn with such a text."""
        return {
            Completeness.OPEN: self.end_silence,
            Completeness.COMPLETE: self.end_silence_complete,
            Completeness.UNDERSTOOD: self.end_silence_understood,
            Completeness.UNFINISHED: self.end_silence_unfinished,
        }[completeness]


DEFAULT_TIMES = TurnTimes()


class TurnEnd:
    """Watches one turn; :meth:`process` gives each event once.

    Args:
        times: tunables.
        waiting: whether the time for an answer runs already; False while the machine still speaks.
    """

    def __init__(self, times: TurnTimes = DEFAULT_TIMES, *, waiting: bool = True) -> None:
        self._times = times
        self._waiting = waiting
        self.in_speech = False
        self.is_over = False
        self._speech = 0.0
        self._silence = 0.0
        self._waited = 0.0
        self._turn = 0.0

    def wait(self) -> None:
        """The machine has finished speaking: from now on the time for an answer runs."""
        self._waiting = True
        self._waited = 0.0

    def process(
        self, seconds: float, is_speech: bool, completeness: Completeness = Completeness.OPEN
    ) -> TurnEvent | None:
        """Take the next piece of sound.

        Args:
            seconds: its length.
            is_speech: what the voice activity detection says of it.
            completeness: how finished the text so far sounds.

        Returns:
            What happened in it; nothing after the turn is over.
        """
        if self.is_over:
            return None
        return self._during(seconds, is_speech, completeness) if self.in_speech else self._before(seconds, is_speech)

    def _before(self, seconds: float, is_speech: bool) -> TurnEvent | None:
        if is_speech:
            self._speech += seconds
            self._silence = 0.0
        else:
            self._silence += seconds
            if self._silence > self._times.start_gap:
                self._speech = 0.0
        if _reached(self._speech, self._times.start_speech):
            self.in_speech = True
            self._turn, self._silence = self._speech, 0.0
            return TurnEvent.SPEECH_STARTED
        if self._waiting:
            self._waited += seconds
            # Who begins to speak at the last moment is not interrupted.
            if self._speech == 0.0 and _reached(self._waited, self._times.no_input):
                return self._end(TurnEvent.NOTHING_SAID)
        return None

    def _during(self, seconds: float, is_speech: bool, completeness: Completeness) -> TurnEvent | None:
        self._turn += seconds
        self._silence = 0.0 if is_speech else self._silence + seconds
        if _reached(self._silence, self._times.end_silence_for(completeness)):
            return self._end(TurnEvent.SPEECH_ENDED)
        if _reached(self._turn, self._times.longest_turn):
            return self._end(TurnEvent.TOO_LONG)
        return None

    def _end(self, event: TurnEvent) -> TurnEvent:
        self.in_speech = False
        self.is_over = True
        return event


def completeness_of(text: str, phrases: tuple[str, ...] = (), digits: int | None = None) -> Completeness:
    """How finished a text sounds.

    Args:
        text: so far; digits as digits.
        phrases: the allowed phrases, when the choice is closed.
        digits: how many digits were asked for.
    """
    if digits is not None:
        found = sum(letter.isdigit() for letter in text)
        return Completeness.COMPLETE if found >= digits else Completeness.UNFINISHED
    said = " ".join(text.lower().split())
    written = [" ".join(phrase.lower().split()) for phrase in phrases]
    if said and any(phrase != said and phrase.startswith(said + " ") for phrase in written):
        return Completeness.UNFINISHED
    return Completeness.COMPLETE if said in written else Completeness.OPEN


def _reached(sum_of_pieces: float, limit: float) -> bool:
    """Whether a sum of many small floats has reached a limit, despite their rounding."""
    return sum_of_pieces >= limit - 1e-6
