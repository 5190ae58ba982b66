"""Real speech for tests: research recordings that are never part of the repository."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from speech.audio import Recording, read_wav

SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[2] / "shared"))
FOLDER = SHARED / "speech"
WHY_MISSING = f"no recordings in {FOLDER}: MOTCUA_SHARED names the folder of the research material"


@dataclass(frozen=True)
class Spoken:
    """A recording and what is said in it."""

    text: str
    sound: Recording


def recordings(of: str) -> list[Spoken]:
    """All recordings of a set: vivos, diadiem_test or wavenet_tts."""
    entries = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
    return [Spoken(one["text"], read_wav(FOLDER / one["file"])) for one in entries if one["set"] == of]


def word_errors(said: str, heard: str) -> int:
    """Words wrong, missing or too many."""
    return int(Levenshtein.distance(said.split(), heard.split()))
