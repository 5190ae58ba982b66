"""DTMF keys in the sound itself, for exchanges that tell of them in no other way (ITU-T Q.23, Q.24). Pure."""

from __future__ import annotations

from typing import Final

import numpy as np

from speech.audio import TELEPHONE_RATE, samples

LOW: Final = (697.0, 770.0, 852.0, 941.0)
HIGH: Final = (1209.0, 1336.0, 1477.0, 1633.0)
"""Hz of the rows and columns of a keypad."""
KEYPAD: Final = ("123A", "456B", "789C", "*0#D")

BLOCK: Final = 205
"""Samples looked at together, 25.6 ms: neighbouring tones are 73 Hz apart, and a key is held for 40 ms at least."""
STEP: Final = 80
"""Samples from block to block, 10 ms."""
ALIKE: Final = 2
"""Blocks in a row that must hold the key, 36 ms of sound: a syllable hardly holds two exact tones for so long."""
RELEASED: Final = 3
"""Blocks in a row without it after which it was let go."""
LEAST_LEVEL: Final = 150.0
"""Root mean square of the quietest tones taken, -47 dBFS."""
PURE: Final = 0.85
"""Share of the power that must be in the two tones. A voice has power beside them."""
MOST_TWIST: Final = 6.3
"""How many times stronger one tone may be than the other: 8 dB."""
AHEAD: Final = 6.3
"""How many times stronger a tone must be than the next of its group: 8 dB."""

OFF: Final = (-0.016, -0.008, 0.0, 0.008, 0.016)
"""How far from its place a tone is looked for: telephones are up to 1.5 % off, from 3.5 % on it is no key."""

_TIMES: Final = np.arange(BLOCK) / TELEPHONE_RATE
_LOOKED_FOR: Final = np.array([tone * (1 + off) for tone in LOW + HIGH for off in OFF])
_WAVES: Final = np.exp(-2j * np.pi * np.outer(_LOOKED_FOR, _TIMES))


class ToneKeys:
    """Finds the keys in the sound of one call. Sound comes in pieces of any length."""

    def __init__(self) -> None:
        self._sound = np.zeros(0)
        self._last: str | None = None
        self._alike = 0
        self._held: str | None = None
        self._without = 0

    @property
    def is_held(self) -> bool:
        """Whether a key is held now, or looks so: nobody speaks meanwhile."""
        return self._held is not None or self._last is not None

    def hear(self, pcm: bytes) -> str:
        """Take 8 kHz PCM; the keys that were pressed in it, each once however long it is held."""
        self._sound = np.concatenate((self._sound, samples(pcm).astype(np.float64)))
        pressed = ""
        while len(self._sound) >= BLOCK:
            pressed += self._look(_key_in(self._sound[:BLOCK]))
            self._sound = self._sound[STEP:]
        return pressed

    def _look(self, key: str | None) -> str:
        self._alike = self._alike + 1 if key is not None and key == self._last else int(key is not None)
        self._last = key
        if self._held is not None:
            self._without = self._without + 1 if key != self._held else 0
            if self._without < RELEASED:
                return ""
            self._held = None
        if key is None or self._alike < ALIKE:
            return ""
        self._held, self._without = key, 0
        return key


def _key_in(block: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str | None:
    """The key whose two tones a block consists of."""
    power = float(np.mean(block**2))
    if power < LEAST_LEVEL**2:
        return None
    strengths = (2 * np.abs(_WAVES @ block) ** 2 / BLOCK**2).reshape(-1, len(OFF)).max(axis=1)
    low, high = strengths[: len(LOW)], strengths[len(LOW) :]
    row, column = int(np.argmax(low)), int(np.argmax(high))
    both = (float(low[row]), float(high[column]))
    if sum(both) < PURE * power or max(both) > MOST_TWIST * min(both):
        return None
    for group, strongest in ((low, row), (high, column)):
        if AHEAD * float(np.max(np.delete(group, strongest))) > float(group[strongest]):
            return None
    return KEYPAD[row][column]
