"""The kiosk's own words (room ``kiosk`` of the wording store), read once."""

from __future__ import annotations

from contract.wording import Wording, wording_of
from language import data


def words() -> Wording:
    """The texts by language and key; an unknown language falls back to Vietnamese."""
    return wording_of(data.folder()).room("kiosk")


def portal() -> str:
    """Address of the national public-service portal, for what has no address of its own."""
    return wording_of(data.folder()).contacts["portal"]
