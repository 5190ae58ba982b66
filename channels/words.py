"""The channels' own words (room ``channels`` of the wording store), read once."""

from __future__ import annotations

from contract.wording import Wording, wording_of
from language import data


def words() -> Wording:
    """The texts of :mod:`channels` by language and key; an unknown language falls back to Vietnamese."""
    return wording_of(data.folder()).room("channels")
