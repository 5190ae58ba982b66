"""Where the voice process is asked for the words of a recording, and how large that may be.

Apart from what answers there: whoever asks need not load what decodes sound.
"""

from __future__ import annotations

from typing import Final

PATH: Final = "/transcribe"
LARGEST_BYTES: Final = 2_000_000
"""Of a file: a minute of any coding a telephone sends, uncompressed ones aside."""
