"""viet-asr: streaming Vietnamese recognition with the model inside the package.

The package is Apache-2.0, but it does not state the licence of its weights. It is therefore an extra an operator
installs knowingly, never a dependency.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from runtime.memory import let_go_of_file
from runtime.messages import Message
from speech.audio import seconds_of
from speech.errors import EngineMissing, RecognitionFailed
from speech.recognition.closest_phrase import decided
from speech.recognition.engine import Models, missing_package
from speech.recognition.recogniser import OPEN, RATE, Heard, Hints, Partial

LEAD_IN_SECONDS = 0.2
"""Faint hiss before the first sound, as a line has it. Without it wrong words of 17 VIVOS recordings over the telephone
were 28 of 160, with it 15. Digital silence instead cost short phrases: of 80 telephone recordings 62 were found, not
67. Nine synthetic sentences lost 2 of 33 words by it. Chosen on these same recordings."""
_LEAD_IN_LEVEL = 8.0
"""Deviation of the hiss in steps of 16-bit sound: about -72 dBFS."""

SETTLES_SECONDS = 0.7
"""Silence after which its text so far is the whole: in 97 of 100 turns, where it ever was in 99
(``benchmarks.turn_taking``)."""

_ONLY_ERRORS = 3
"""Its log level that leaves stderr to us."""


_LIBRARY = "libvietasr.so"

_LICENCE = Message(" (the licence of its weights is not stated)")


class VietAsrEngine:
    """See :class:`speech.recognition.engine.Engine`; its model comes with the package.

    Args:
        _settings: none of its own.
        _models: names none of its models.
    """

    def __init__(self, _settings: Any, _models: Models) -> None:
        pass

    def missing(self) -> str | None:
        """The package."""
        return missing_package("vietasr", "viet-asr", "viet-asr", _LICENCE)

    def described(self) -> str:
        """It has one model."""
        return "viet-asr"

    def load(self) -> VietAsrRecogniser:
        """Load the model."""
        return VietAsrRecogniser()


class VietAsrRecogniser:
    """The model that comes with the package.

    Raises:
        EngineMissing: when the package is missing or cannot start.
    """

    name = "viet-asr"
    sample_rate = RATE
    tells_words = True
    settles_after = SETTLES_SECONDS

    def __init__(self) -> None:
        try:
            import vietasr
            from vietasr.ffi import native
        except ImportError:
            raise EngineMissing(
                Message(
                    "recognition with viet-asr needs the Python package viet-asr: `pip install viet-asr`{licence}",
                    licence=_LICENCE,
                )
            ) from None
        except OSError as error:
            raise EngineMissing(
                Message("viet-asr is installed but its library does not load: {error}", error=error)
            ) from None
        native.lib.vietasr_set_log_level(_ONLY_ERRORS)
        try:
            self._pipeline: Any = vietasr.Pipeline.preset("transcribe")
        except RuntimeError as error:
            raise EngineMissing(Message("viet-asr does not start: {error}", error=error)) from None
        # The weights lie in the library, too, from which they were copied: 66 MB nobody reads any more.
        let_go_of_file(_LIBRARY)

    def open(self, hints: Hints = OPEN) -> _VietAsrListening:
        """Begin an utterance; it has no grammar, so closed hints are matched afterwards."""
        try:
            return _VietAsrListening(self._pipeline.stream(self.sample_rate), self.sample_rate, hints)
        except RuntimeError as error:
            raise RecognitionFailed(Message("viet-asr: {error}", error=error)) from None

    def knows(self, word: str) -> bool:
        """True: it writes syllables from pieces and has no list of words."""
        return True

    def close(self) -> None:
        """Free the model."""
        self._pipeline.close()


class _VietAsrListening:
    def __init__(self, session: Any, rate: int, hints: Hints) -> None:
        self._session = session
        self._rate = rate
        self._hints = hints
        self._seconds = 0.0
        self._last = ""
        session.accept(_lead_in(rate))

    def feed(self, pcm: bytes) -> Partial | None:
        """Take PCM; text grows about twice a second."""
        self._seconds += seconds_of(pcm, self._rate)
        self._session.accept(pcm)
        text = self._session.partial().text
        if text == self._last:
            return None
        self._last = text
        return Partial(text, self._seconds)

    def finish(self) -> Heard:
        """The whole text; this engine gives no confidence."""
        text = self._session.final().text
        self.abandon()
        return decided(Heard(text, None, self._seconds), self._hints)

    def abandon(self) -> None:
        """Free the utterance."""
        self._session.close()


@cache
def _lead_in(rate: int) -> bytes:
    # A fixed seed: the same recording is always heard alike.
    hiss = np.random.default_rng(2).normal(0, _LEAD_IN_LEVEL, int(LEAD_IN_SECONDS * rate))
    return hiss.astype("<i2").tobytes()
