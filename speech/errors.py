"""What can go wrong with speech. A channel catches :class:`SpeechError` and goes on with keys or text."""

from __future__ import annotations

from enum import StrEnum


class SpeechError(Exception):
    """Anything this room cannot do; the message is for the operator and says what to do about it."""


class Fault(StrEnum):
    """What is wrong with sound, for whoever tells the person who recorded it."""

    UNREADABLE = "unreadable"
    """No WAV file of 16-bit mono PCM."""
    QUIET = "quiet"
    LOUD = "loud"
    """Overdriven."""
    LONG = "long"
    EMPTY = "empty"
    """Nothing is said in it."""
    COARSE = "coarse"
    """Fewer samples a second than a telephone line carries."""


class BadAudio(SpeechError):
    """Sound that cannot be used: not a WAV file, not 16-bit mono PCM, or not what it should be.

    Args:
        message: for the operator.
        fault: what is wrong.
    """

    def __init__(self, message: str, fault: Fault = Fault.UNREADABLE) -> None:
        super().__init__(message)
        self.fault = fault


class EngineMissing(SpeechError):
    """An engine, a voice or a model that is not installed; the message names what to install and how."""


class RecognitionFailed(SpeechError):
    """A recogniser stopped in the middle; what was said so far is lost and the citizen has to be asked again."""


class VoiceFailed(SpeechError):
    """A voice gave no sound for a text."""
