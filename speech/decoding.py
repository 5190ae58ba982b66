"""Recordings people send as files: voice notes and voicemail, in whatever coding a telephone made them."""

from __future__ import annotations

import io
from typing import Final

import numpy as np

from runtime.messages import Message
from speech.audio import Recording
from speech.errors import BadAudio, Fault

LONGEST_SECONDS: Final = 90.0
"""A question is told in less; more would keep a recogniser from those who call."""
_CODINGS: Final = frozenset({"OGG", "MP3", "WAV", "WAVEX", "FLAC", "AIFF", "AU"})
"""What telephones and exchanges record in, of what libsndfile reads; AMR it does not."""


def decoded(data: bytes) -> Recording:
    """The first channel of a recording of any usual coding: Opus or Vorbis in Ogg, MP3, WAV, FLAC, AIFF, AU.

    Raises:
        BadAudio: it is no such file (``Fault.UNREADABLE``), longer than :data:`LONGEST_SECONDS` (``LONG``) or without a
            sample (``EMPTY``).
    """
    # Late: the library takes some megabytes, and few processes get recordings.
    import soundfile

    try:
        with soundfile.SoundFile(io.BytesIO(data)) as file:
            if file.format not in _CODINGS:
                raise BadAudio(Message("a file of {format}", format=file.format))
            # A header may promise anything: never more is read than is taken.
            most = int(LONGEST_SECONDS * file.samplerate)
            frames = file.read(most + 1, dtype="int16", always_2d=True)
            rate = int(file.samplerate)
    except (soundfile.SoundFileError, RuntimeError, ValueError, TypeError) as error:
        raise BadAudio(Message("no recording that can be read: {kind}", kind=type(error).__name__)) from None
    if len(frames) > most:
        raise BadAudio(Message("longer than {longest:g} s", longest=LONGEST_SECONDS), Fault.LONG)
    if len(frames) == 0:
        raise BadAudio(Message("nothing in it"), Fault.EMPTY)
    return Recording(np.ascontiguousarray(frames[:, 0]).astype("<i2").tobytes(), rate)
