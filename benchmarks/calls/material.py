"""What the callers of the benchmark say."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np

from benchmarks.processes import ROOT
from speech.audio import TELEPHONE_RATE, read_wav, resampled

SHARED = Path(os.environ.get("MOTCUA_SHARED", ROOT.parent / "shared")) / "speech"


def utterances() -> tuple[list[bytes], str]:
    """Sentences as 8 kHz sound, and what they are."""
    manifest = SHARED / "manifest.json"
    if not manifest.exists():
        return [_hum(2.5)], "a hum: MOTCUA_SHARED names no recordings"
    entries = [one for one in json.loads(manifest.read_text(encoding="utf-8")) if one["set"] == "vivos"]
    sounds = [read_wav(SHARED / one["file"]) for one in entries]
    return [resampled(sound.pcm, sound.rate, TELEPHONE_RATE) for sound in sounds], f"{len(sounds)} recorded sentences"


def _hum(seconds: float) -> bytes:
    at = np.arange(round(seconds * TELEPHONE_RATE)) / TELEPHONE_RATE
    overtones = ((1, 0.5), (2, 0.4), (3, 0.3), (5, 0.6), (6, 0.5), (8, 0.4), (9, 0.3), (18, 0.2))
    sound = sum(strength * np.sin(2 * np.pi * 140 * overtone * at) for overtone, strength in overtones)
    return bytes((sound * 4000).astype("<i2").tobytes())
