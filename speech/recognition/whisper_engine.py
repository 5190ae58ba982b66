"""Whisper through faster-whisper: not a stream, slower and less exact than the others in Vietnamese, but everywhere."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from language.languages import default_language
from runtime.messages import Message
from speech.audio import BYTES_PER_SAMPLE, samples, seconds_of
from speech.errors import EngineMissing, RecognitionFailed
from speech.recognition.closest_phrase import decided
from speech.recognition.engine import Models, missing_package
from speech.recognition.recogniser import OPEN, RATE, Heard, Hints, Partial

LONGEST_SECONDS = 30.0
"""Whisper's window; a turn is shorter, and what follows is not kept."""

_NO_SPEECH = 0.6
"""Chance of silence from which a segment is dropped: Whisper writes sentences it was trained on into silence."""


class WhisperEngine:
    """See :class:`speech.recognition.engine.Engine`.

    Args:
        _settings: none of its own.
        models: names the model.
    """

    def __init__(self, _settings: Any, models: Models) -> None:
        self._model = models.whisper

    def missing(self) -> str | None:
        """The package; whether it has the model only its library knows."""
        return missing_package("faster_whisper", "faster-whisper", "whisper")

    def described(self) -> str:
        """With the model's name."""
        return Message("whisper with the model {model}", model=self._model)

    def load(self) -> WhisperRecogniser:
        """Load the model."""
        return WhisperRecogniser(self._model)


class WhisperRecogniser:
    """A loaded Whisper model, in 8-bit integers on one thread.

    Args:
        model: folder of a CTranslate2 model, or the name of one in the cache of faster-whisper.

    Raises:
        EngineMissing: when the package or the model is missing.
    """

    name = "whisper"
    sample_rate = RATE

    def __init__(self, model: str) -> None:
        try:
            from faster_whisper import WhisperModel
        except ImportError:
            raise EngineMissing(
                Message(
                    "recognition with whisper needs the Python package faster-whisper: `pip install faster-whisper`"
                )
            ) from None
        if "/" in model and not Path(model).is_dir():
            raise EngineMissing(Message("{model} is no folder with a Whisper model for faster-whisper", model=model))
        try:
            self._model: Any = WhisperModel(
                model, device="cpu", compute_type="int8", cpu_threads=1, local_files_only=True
            )
        except Exception as error:
            raise EngineMissing(
                Message(
                    "Whisper model {model} is not on this machine ({error}); on a connected one: `python -c "
                    "\"import faster_whisper; faster_whisper.download_model('{model}')\"`",
                    model=model,
                    error=error,
                )
            ) from None

    def open(self, hints: Hints = OPEN) -> _WhisperListening:
        """Begin an utterance; hints are given to the model as text it might expect."""
        return _WhisperListening(self._model, self.sample_rate, hints)

    def knows(self, word: str) -> bool:
        """True: it writes letters, not words of a list."""
        return True

    def close(self) -> None:
        """Free the model."""
        self._model = None


class _WhisperListening:
    def __init__(self, model: Any, rate: int, hints: Hints) -> None:
        self._model = model
        self._rate = rate
        self._hints = hints
        self._pcm = bytearray()
        self._seconds = 0.0

    def feed(self, pcm: bytes) -> Partial | None:
        """Keep PCM for the end; there is no text before."""
        self._seconds += seconds_of(pcm, self._rate)
        room = int(LONGEST_SECONDS * self._rate) * BYTES_PER_SAMPLE - len(self._pcm)
        self._pcm += pcm[: max(0, room)]
        return None

    def finish(self) -> Heard:
        """Recognise everything that was fed."""
        values = samples(bytes(self._pcm)).astype(np.float32) / 32768
        self.abandon()
        if values.size == 0:
            return decided(Heard("", None, self._seconds), self._hints)
        expected = ", ".join(self._hints.phrases) or None
        try:
            found, _ = self._model.transcribe(
                values,
                language=default_language(),
                beam_size=1,
                condition_on_previous_text=False,
                without_timestamps=True,
                initial_prompt=expected,
            )
            segments = [one for one in found if one.no_speech_prob < _NO_SPEECH]
        except RuntimeError as error:
            raise RecognitionFailed(Message("whisper: {error}", error=error)) from None
        text = " ".join(one.text.strip() for one in segments)
        sure = math.exp(sum(one.avg_logprob for one in segments) / len(segments)) if segments else None
        return decided(Heard(text, sure, self._seconds), self._hints)

    def abandon(self) -> None:
        """Free the sound."""
        self._pcm = bytearray()
