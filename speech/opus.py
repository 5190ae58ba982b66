"""Speech packed for a browser: Opus in Ogg, a twelfth of what PCM weighs."""

from __future__ import annotations

import io
from typing import Final

from speech.audio import Recording

RATE: Final = 16_000
"""Hz at which speech is packed: one of the codec's own rates; what a voice has above it nobody hears in a hall."""
MIME: Final = "audio/ogg"
_COMPRESSION: Final = 0.95
"""Some 17 kbit/s of speech (measured): RFC 7587, 3.1.1 names 16 to 20 for speech of this rate."""
_COMPRESSION_IN_A_HURRY: Final = 0.82
"""The lowest rate (53 kbit/s) at which the codec packs waves and not a model of a voice (RFC 6716, 2): 13 ms of work a
second of sound in place of 32 (measured)."""


def opus_bytes(recording: Recording, *, is_waited_for: bool = False) -> bytes:
    """The content of an Ogg file with one channel of Opus.

    Args:
        recording: of a rate the codec has, as :data:`RATE`.
        is_waited_for: somebody hears nothing until it is there: packed sooner, and three times as heavy.
    """
    # Late: the library is for who packs, and takes some megabytes.
    import soundfile

    compression = _COMPRESSION_IN_A_HURRY if is_waited_for else _COMPRESSION
    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", recording.rate, 1, format="OGG", subtype="OPUS", compression_level=compression
    ) as packed:
        packed.buffer_write(recording.pcm, dtype="int16")
    return buffer.getvalue()
