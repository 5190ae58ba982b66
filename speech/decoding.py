"""Recordings people send as files: voice notes and voicemail, in whatever coding a telephone made them."""

from __future__ import annotations

import io
from typing import Final

import numpy as np

from runtime.messages import Message
from speech.audio import BYTES_PER_SAMPLE, Recording
from speech.errors import BadAudio, Fault
from speech.recognition.recogniser import RATE

LONGEST_SECONDS: Final = 90.0
"""A question is told in less; more would keep a recogniser from those who call."""
_CODINGS: Final = frozenset({"OGG", "MP3", "WAV", "WAVEX", "FLAC", "AIFF", "AU"})
"""What telephones and exchanges record in, of what libsndfile reads."""
_MOBILE: Final = {b"#!AMR": "amr", b"ftyp": "mov"}
"""What mobile telephones record in, by a mark within the first bytes: AMR (RFC 4867), alone or in 3GP, and AAC in
MPEG-4. The names are FFmpeg's, which is let to read nothing else."""
_MARKED_WITHIN: Final = 12


def decoded(data: bytes) -> Recording:
    """The first channel of a recording of any usual coding: Opus or Vorbis in Ogg, MP3, WAV, FLAC, AIFF, AU; with the
    Python package ``av`` also AMR and AAC, as mobile telephones make them.

    Raises:
        BadAudio: it is no such file (``Fault.UNREADABLE``), longer than :data:`LONGEST_SECONDS` (``LONG``) or without a
            sample (``EMPTY``).
    """
    container = next((name for mark, name in _MOBILE.items() if mark in data[:_MARKED_WITHIN]), None)
    return _by_libsndfile(data) if container is None else _by_ffmpeg(data, container)


def _by_libsndfile(data: bytes) -> Recording:
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
    return _within_limits(np.ascontiguousarray(frames[:, 0]).astype("<i2").tobytes(), rate)


def _by_ffmpeg(data: bytes, container: str) -> Recording:
    try:
        import av
    except ImportError:
        raise BadAudio(
            Message("recordings of mobile telephones need the Python package av: `pip install av`")
        ) from None
    pieces: list[bytes] = []
    rate, longest = RATE, int(LONGEST_SECONDS * RATE) * BYTES_PER_SAMPLE
    try:
        with av.open(io.BytesIO(data), format=container) as file:
            narrowed = av.AudioResampler(format="s16", layout="mono", rate=rate)
            size = 0
            for frame in file.decode(audio=0):
                for part in narrowed.resample(frame):
                    pieces.append(part.to_ndarray().astype("<i2").tobytes())
                    size += len(pieces[-1])
                if size > longest:
                    break
    except (av.FFmpegError, ValueError, IndexError, MemoryError) as error:
        raise BadAudio(Message("no recording that can be read: {kind}", kind=type(error).__name__)) from None
    return _within_limits(b"".join(pieces), rate)


def _within_limits(pcm: bytes, rate: int) -> Recording:
    sound = Recording(pcm, rate)
    if sound.seconds > LONGEST_SECONDS:
        raise BadAudio(Message("longer than {longest:g} s", longest=LONGEST_SECONDS), Fault.LONG)
    if not pcm:
        raise BadAudio(Message("nothing in it"), Fault.EMPTY)
    return sound
