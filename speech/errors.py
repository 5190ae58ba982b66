"""What can go wrong with speech. A channel catches :class:`SpeechError` and goes on with keys or text."""

from __future__ import annotations


class SpeechError(Exception):
    """Anything this room cannot do; the message is for the operator and says what to do about it."""


class BadAudio(SpeechError):
    """Sound that cannot be used: not a WAV file, or not 16-bit mono PCM."""


class EngineMissing(SpeechError):
    """An engine, a voice or a model that is not installed; the message names what to install and how."""


class RecognitionFailed(SpeechError):
    """A recogniser stopped in the middle; what was said so far is lost and the citizen has to be asked again."""


class VoiceFailed(SpeechError):
    """A voice gave no sound for a text."""
