"""Ids of boxes and of what is ordered of them."""

from __future__ import annotations

import secrets
from typing import Final

_LETTERS: Final = "abcdefghjkmnpqrstvwxyz"
"""No digits: logs take rows of digits for personal numbers and hide them."""


def new_id() -> str:
    """Twelve letters nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))
