"""DTMF keys become one input of the dialogue. Pure: time is what is handed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from channels.phone.dialogue.carrier_protocol import KeyEntry, Keys

MOST_KEPT: Final = 64
"""Keys of one input; whoever presses more is not entering anything."""

BURST_SECONDS: Final = 0.15
"""Keys that follow one another faster than this are hammered or sent by a machine; people take 0.2 s and more."""
SAME_KEY_SECONDS: Final = 1.0
"""A key pressed again within this time, while its first press is being answered, is impatience and no new wish."""


class KeyInput:
    """One entry.

    Args:
        entry: which keys are expected.
    """

    def __init__(self, entry: KeyEntry) -> None:
        self._entry = entry
        self._keys = ""
        self._pause = 0.0

    @property
    def has_begun(self) -> bool:
        """Whether a key of this entry was pressed."""
        return bool(self._keys)

    def press(self, burst: str) -> Keys | None:
        """Take keys pressed at once; the input when the entry is complete with them."""
        self._pause = 0.0
        for place, key in enumerate(burst):
            self._keys += key
            if self._is_whole(key):
                # Where one key is wanted a burst is one input all the same, so that it cannot run through the menus.
                rest = burst[place + 1 :] if self._entry.most == 1 else ""
                return Keys((self._keys + rest)[:MOST_KEPT])
        return None

    def wait(self, seconds: float) -> Keys | None:
        """Let time pass; the input when the pause after the last key is long enough."""
        if not self._keys:
            return None
        self._pause += seconds
        return Keys(self._keys) if self._pause >= self._entry.seconds_between - 1e-6 else None

    def _is_whole(self, key: str) -> bool:
        # A star before any digit asks to go back; no digits will follow it.
        return key == self._entry.finish or self._keys == "*" or len(self._keys) >= min(self._entry.most, MOST_KEPT)


class KeysAhead:
    """Keys pressed before their question was asked: during an answer, or a line that must be heard.

    Args:
        now: seconds of a clock that never goes back. Not seconds of sound: a carrier may send none while a key is held,
            and three keys a second would look like ten.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._bursts: list[str] = []
        self._last = ""
        self._pressed_at = now() - BURST_SECONDS

    def answering(self, keys: str) -> None:
        """These keys are being answered now."""
        self._last, self._pressed_at = keys[-1:], self._now()

    def press(self, key: str) -> None:
        """Take a key, unless it is the one being answered, pressed once more in doubt."""
        since_last, self._pressed_at = self._now() - self._pressed_at, self._now()
        if not self._bursts and key == self._last and since_last < SAME_KEY_SECONDS:
            return
        if self._bursts and since_last < BURST_SECONDS:
            self._bursts[-1] = (self._bursts[-1] + key)[:MOST_KEPT]
        elif len(self._bursts) < MOST_KEPT:
            self._bursts.append(key)

    def take(self) -> str:
        """The first keys that were pressed at once; nothing when there are none."""
        return self._bursts.pop(0) if self._bursts else ""
