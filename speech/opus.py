"""Speech packed for a browser: Opus in Ogg, a twelfth of what PCM weighs."""

from __future__ import annotations

import io
from typing import Final

from speech.audio import Recording

RATE: Final = 16_000
"""Hz at which speech is packed: one of the codec's own rates; what a voice has above it nobody hears in a hall."""
MIME: Final = "audio/ogg"
_COMPRESSION: Final = 0.92
"""About 24 kbit/s (measured), at which nobody tells speech from the original."""


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
