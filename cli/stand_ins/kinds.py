"""What a stand-in can stand for; apart, so that the command line knows it without loading a server."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

ACCOUNT: Final = "stand-in"
"""Name and password of every stand-in: there is nothing behind it to protect."""


class As(StrEnum):
    """Which system."""

    NATIONAL = "national"
    LGSP = "lgsp"
    PROVINCE = "province"
    REGISTRIES = "registries"
    """Population, insurance, land, business and vehicles, a service each."""
