"""What of a message is personal, packed into one sealed column: who, and what was said."""

from __future__ import annotations

import json
from dataclasses import dataclass

from stores.sealing import Seal

ERASED = ""
"""Stands in the column when the content has been erased."""


@dataclass(frozen=True, slots=True)
class Content:
    """Numbers and text of one message, in or out."""

    citizen: str
    """The citizen's number, in E.164; what is no number stands as the provider wrote it."""
    ours: str | None
    """Our number or short code."""
    text: str
    voice: str = ""
    """Address at the provider of a recording that came with it."""

    def sealed(self, seal: Seal) -> str:
        """Encrypted, as it is stored."""
        return seal.close(
            json.dumps([self.citizen, self.ours, self.text, *filter(None, [self.voice])], ensure_ascii=False)
        )

    @classmethod
    def opened(cls, sealed: str, seal: Seal) -> Content:
        """Read back.

        Raises:
            stores.sealing.SealBroken: erased, changed, or sealed with another key.
        """
        citizen, ours, text, *voice = json.loads(seal.open(sealed))
        return cls(citizen, ours, text, *voice[:1])
