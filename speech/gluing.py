"""Pieces of sound joined so that nobody hears where: recordings beside one another and beside a voice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from speech.audio import samples

SEAM_SECONDS: Final = 0.012
"""Two pieces overlap so long, one fading while the other grows: longer than a period of a deep voice, which would click
when cut, and shorter than the quiet that trimming leaves at their ends, so that no sound is lost."""
EDGE_SECONDS: Final = 0.004
"""In which the whole begins and ends, since digital silence lies around it."""


def glued(pieces: Sequence[bytes], rate: int) -> bytes:
    """One piece of PCM of several at the same rate in Hz, which should be trimmed and levelled before.

    The seams fade with equal power: the two sounds have nothing to do with each other, and fading them in a straight
    line would leave a dip of 3 dB in every seam.
    """
    seam = round(SEAM_SECONDS * rate)
    whole = np.zeros(0, dtype=np.float32)
    for piece in pieces:
        sound = samples(piece).astype(np.float32)
        over = min(seam, whole.size, sound.size)
        if over:
            turn = (np.arange(over, dtype=np.float32) + np.float32(0.5)) * np.float32(np.pi / 2 / over)
            sound[:over] = whole[whole.size - over :] * np.cos(turn) + sound[:over] * np.sin(turn)
        whole = np.concatenate([whole[: whole.size - over], sound])
    return _pcm(_faded(whole, round(EDGE_SECONDS * rate)))


def _faded(sound: npt.NDArray[np.float32], edge: int) -> npt.NDArray[np.float32]:
    edge = min(edge, sound.size // 2)
    if edge:
        ramp = np.arange(1, edge + 1, dtype=np.float32) / np.float32(edge)
        sound[:edge] *= ramp
        sound[sound.size - edge :] *= ramp[::-1]
    return sound


def _pcm(sound: npt.NDArray[np.float32]) -> bytes:
    return bytes(np.clip(np.rint(sound), -32768, 32767).astype("<i2").tobytes())
