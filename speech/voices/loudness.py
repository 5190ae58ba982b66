"""The same loudness for recorded people and synthetic voices, and no dead air around them. Pure."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from speech.audio import samples

TARGET_DBFS = -20.0
"""Root mean square of the speaking parts: loud on a telephone, with room for the peaks of a voice."""
CEILING_DBFS = -1.0
"""No sample gets above; resampling afterwards may overshoot a little."""
MOST_GAIN_DB = 20.0
"""A recording that is weaker still is mostly noise, which would come up with it."""
_FRAME_SECONDS = 0.02
_QUIET_DBFS = -50.0
_LOUD_PERCENTILE = 95
_BELOW_SPEECH_DB = 32.0
"""Decibels below the loudest syllables at which nothing is speech: a soft final nasal is 25 below."""
_KEPT_SECONDS = 0.02
"""Left before and after the sound, so that soft first consonants are not cut."""


def levelled(pcm: bytes, rate: int) -> bytes:
    """Bring PCM to :data:`TARGET_DBFS`; silence stays silence."""
    values = samples(pcm).astype(np.float32)
    loud = _levels(values, rate)
    speaking = loud[loud > _QUIET_DBFS]
    if speaking.size == 0:
        return pcm
    now = 10 * np.log10(np.mean(10 ** (speaking / 10)))
    peak = 20 * np.log10(max(1.0, float(np.abs(values).max())) / 32768)
    gain = float(min(TARGET_DBFS - now, CEILING_DBFS - peak, MOST_GAIN_DB))
    return bytes(np.rint(values * np.float32(10 ** (gain / 20))).astype("<i2").tobytes())


def trimmed(pcm: bytes, rate: int) -> bytes:
    """Leave out what is quiet at the beginning and the end; of nothing but silence nothing is left.

    Quiet is what lies far below the speech: in an office the air conditioning is louder than :data:`_QUIET_DBFS`.
    """
    levels = _levels(samples(pcm).astype(np.float32), rate)
    if levels.size == 0:
        return b""
    quiet = max(_QUIET_DBFS, float(np.percentile(levels, _LOUD_PERCENTILE)) - _BELOW_SPEECH_DB)
    loud = np.nonzero(levels > quiet)[0]
    if loud.size == 0:
        return b""
    frame, kept = _frame(rate), round(_KEPT_SECONDS * rate)
    first, last = max(0, int(loud[0]) * frame - kept), (int(loud[-1]) + 1) * frame + kept
    return pcm[2 * first : 2 * last]


def _levels(values: npt.NDArray[np.float32], rate: int) -> npt.NDArray[np.float32]:
    """dBFS of each frame of 20 ms."""
    frame = _frame(rate)
    frames = np.pad(values, (0, -values.size % frame)).reshape(-1, frame)
    power = np.einsum("ij,ij->i", frames, frames) / np.float32(frame * 32768.0**2)
    levels: npt.NDArray[np.float32] = 10 * np.log10(np.maximum(power, np.float32(1e-12)))
    return levels


def _frame(rate: int) -> int:
    return max(1, round(_FRAME_SECONDS * rate))
