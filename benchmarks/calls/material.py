"""What the callers of the benchmark say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from benchmarks.processes import ROOT
from speech.audio import TELEPHONE_RATE, level, read_wav, resampled

FRAME_BYTES = 320
LOUD_DB = 10.0
"""Below the loudness of the sentence; what is softer is a breath or the room."""
SHARED = Path(os.environ.get("MOTCUA_SHARED", ROOT.parent / "shared")) / "speech"


def utterances() -> tuple[list[bytes], str]:
    """Sentences as 8 kHz sound, and what they are."""
    manifest = SHARED / "manifest.json"
    if not manifest.exists():
        return [_hum(2.5)], "a hum: MOTCUA_SHARED names no recordings"
    entries = [one for one in json.loads(manifest.read_text(encoding="utf-8")) if one["set"] == "vivos"]
    sounds = [read_wav(SHARED / one["file"]) for one in entries]
    spoken = [spoken_part(resampled(sound.pcm, sound.rate, TELEPHONE_RATE)) for sound in sounds]
    return spoken, f"{len(sounds)} recorded sentences"


def spoken_part(pcm: bytes) -> bytes:
    """From the first loud syllable to the last: times are counted from what anybody would call the beginning."""
    frames = [pcm[at : at + FRAME_BYTES] for at in range(0, len(pcm), FRAME_BYTES)]
    louder_half = sorted(frames, key=level)[len(frames) // 2 :]
    loud = [place for place, frame in enumerate(frames) if level(frame) > level(b"".join(louder_half)) - LOUD_DB]
    return b"".join(frames[loud[0] : loud[-1] + 1])


def _hum(seconds: float) -> bytes:
    at = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    overtones = ((1, 0.5), (2, 0.4), (3, 0.3), (5, 0.6), (6, 0.5), (8, 0.4), (9, 0.3), (18, 0.2))
    sound = sum(strength * np.sin(2 * np.pi * 140 * overtone * at) for overtone, strength in overtones)
    return bytes((sound * 4000).astype("<i2").tobytes())
