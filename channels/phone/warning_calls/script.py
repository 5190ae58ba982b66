"""What is said in a call that warns, and what its keys do. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from channels.phone.dialogue.carrier_protocol import (
    CallStarted,
    End,
    Expect,
    Input,
    KeyEntry,
    Keys,
    Line,
    Move,
    Prepared,
    Said,
)
from channels.rendering.speech import spoken
from channels.warnings.calls import DueCall
from channels.warnings.rules import warning_sentence, warning_words
from contract.turn import Channel
from language.languages import default_language

CONFIRM: Final = "1"
_NO_KEY_SECONDS: Final = 5.0
"""Silence after which the warning is said again: a telephone is taken from the ear to press a key."""


@dataclass(slots=True)
class WarningScript:
    """The dialogue of one call (:class:`channels.phone.calls.session.Dialogue`); its calls come one after the other.

    Args:
        due: who is called.
        most: times the warning is said while no key comes.
    """

    due: DueCall
    most: int
    confirmed: bool = field(default=False, init=False)
    answered: bool = field(default=False, init=False)
    _said: int = field(default=0, init=False)

    def step(self, call_id: str, given: Input, *, hears: bool) -> Move:
        """Say the warning, and again, until the key comes or it was said often enough. Nothing spoken counts."""
        self.answered = True
        if isinstance(given, Keys) and CONFIRM in given.digits:
            self.confirmed = True
            return _end("call_thanks")
        # A key asks for it; silence, an answering machine or a hand that slipped gets it no more often than is set.
        asked = isinstance(given, Keys)
        if self._said >= self.most and not (asked and self._said < 2 * self.most):
            return _end("call_no_key")
        self._said += 1
        # Heard to its end once: a key pressed before it was asked for counts when it is.
        again = not isinstance(given, CallStarted)
        warning = warning_sentence(self.due.template, self.due.values, Channel.PHONE)
        said = [_line(warning, interruptible=again), _line(_words("call_confirm"))]
        if not again:
            said.insert(0, _line(_words("call_intro"), interruptible=False))
        expect = Expect(keys=KeyEntry(most=1), speech=False, no_input_seconds=_NO_KEY_SECONDS)
        return Move(tuple(said), expect)

    def prepare(self, call_id: str, given: Said, *, hears: bool) -> Prepared | None:
        """Nothing: nobody is listened to."""
        return None

    def trouble(self, call_id: str, given: Input) -> Move:
        """The last words of a call that cannot go on."""
        return _end("call_trouble")


def _end(key: str) -> Move:
    return Move((_line(_words(key)),), then=End())


def _words(key: str) -> str:
    return warning_words().text(default_language(), key)


def _line(text: str, *, interruptible: bool = True) -> Line:
    # Places and times of a warning are public: its sound is made once for all calls.
    return Line(spoken(text, default_language()), public=True, interruptible=interruptible)
