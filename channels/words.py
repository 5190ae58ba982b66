"""The channels' own words (``wording/``), read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from contract.wording import Wording

DEFAULT_LANGUAGE = "vi"


@cache
def words() -> Wording:
    """The texts of :mod:`channels` by language and key; an unknown language falls back to Vietnamese."""
    return Wording(Path(__file__).with_name("wording"))
