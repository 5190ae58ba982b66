"""Keys become one input of the dialogue. Pure: time is what is handed in."""

from __future__ import annotations

from typing import Final

from channels.phone.dialogue.moves import KeyEntry, Keys

MOST_KEPT: Final = 64
"""Keys of one input; whoever presses more is not entering anything."""

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

    def press(self, keys: str) -> Keys | None:
        """Take keys; the input when the entry is complete with them."""
        for place, key in enumerate(keys):
            self._pause = 0.0
            self._keys += key
            if self._is_whole(key):
                # What was keyed ahead of an entry belongs to it: one input, however many and fast.
                rest = keys[place + 1 :] if self._entry.most == 1 else ""
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
    """Keys pressed while an answer is on its way: they belong to the next question."""

    def __init__(self) -> None:
        self._keys = ""
        self._last = ""
        self._since_last = 0.0

    def answering(self, keys: str) -> None:
        """These keys are being answered now."""
        self._keys, self._last, self._since_last = "", keys[-1:], 0.0

    def press(self, key: str) -> None:
        """Take a key, unless it is the one being answered, pressed once more in doubt."""
        if not self._keys and key == self._last and self._since_last < SAME_KEY_SECONDS:
            self._since_last = 0.0
            return
        self._keys = (self._keys + key)[:MOST_KEPT]

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self._since_last += seconds

    def take(self) -> str:
        """What was pressed; it is gone afterwards."""
        keys, self._keys = self._keys, ""
        return keys
