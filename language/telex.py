"""Reading Telex key strokes typed while the keyboard's Vietnamese mode was off: ``giaasy`` is ``giấy``."""

from __future__ import annotations

import re
import unicodedata

from language import data
from language.syllables import TONES, lexicon, parse

_MIN_LENGTH = 3
"""Two letters ("as", "ow") are as often foreign or slips of the finger."""

_MAX_LENGTH = 11
"""The longest syllable has seven letters and at most four key strokes for marks ("nghieengf")."""

_FIRST_VOWEL = re.compile("[aeiouyăâêôơư]")
_DOUBLED = {"a": "â", "e": "ê", "o": "ô"}
# What `w` does to the vowels before it, longest cluster first.
_HORNED = {
    "uoi": "ươi", "uou": "ươu", "uo": "ươ", "ua": "ưa", "uu": "ưu", "ui": "ưi", "oa": "oă",
    "u": "ư", "o": "ơ", "a": "ă",
}  # fmt: skip


@data.cached(maxsize=5_000)
def decode(word: str) -> str | None:
    """Return the syllable that these key strokes spell, or None.

    Only syllables in common use with at least one mark are returned, so that English words and
    abbreviations stay what they are. Keys for marks may stand beside their letter or at the end
    (``dduwowcj``, ``dduocwj``).
    """
    if not _MIN_LENGTH <= len(word) <= _MAX_LENGTH:
        return None
    surprise = lexicon().surprise
    for letters, tone in _tone_readings(word):
        for toneless in _shape_readings(letters):
            syllable = parse(unicodedata.normalize("NFC", toneless + tone))
            if syllable is None:
                continue
            written = syllable.written()
            if written != word and not written.isascii() and written in surprise:
                return written
    return None


def _tone_readings(word: str) -> list[tuple[str, str]]:
    """Return (letters, tone mark) with each tone key taken out, the last one first, then with none."""
    vowel = _FIRST_VOWEL.search(word)
    if vowel is None and "w" not in word:
        return []
    start = vowel.end() if vowel else 1
    keys = [at for at in range(len(word) - 1, start - 1, -1) if word[at] in TONES]
    return [(word[:at] + word[at + 1 :], TONES[word[at]]) for at in keys] + [(word, "")]


def _shape_readings(letters: str) -> list[str]:
    """Return the ways to read doubled letters and `w` as vowel shapes and `đ`."""
    if letters.startswith("dd"):
        letters = "đ" + letters[2:]
    elif letters.startswith("d") and letters.endswith("d") and len(letters) > 2:
        letters = "đ" + letters[1:-1]
    readings = []
    for vowel, shaped in _DOUBLED.items():
        if vowel * 2 in letters:
            letters = letters.replace(vowel * 2, shaped, 1)
        elif letters.count(vowel) == 2:
            first, last = letters.index(vowel), letters.rindex(vowel)
            readings.append(letters[:first] + shaped + letters[first + 1 : last] + letters[last + 1 :])
    readings.insert(0, letters)
    return [_with_horns(reading) if "w" in reading else reading for reading in readings]


def _with_horns(letters: str) -> str:
    bare = letters.replace("w", "")
    start = 2 if bare.startswith("qu") else 0
    for cluster, horned in _HORNED.items():
        at = bare.find(cluster, start)
        if at >= 0:
            return bare[:at] + horned + bare[at + len(cluster) :]
    return "ư" + letters[1:] if letters.startswith("w") else bare
