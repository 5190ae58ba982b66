"""What the pages say to officers: room ``centre`` of the wording store."""

from __future__ import annotations

from contract.wording import wording_of
from runtime.settings import NLU_DATA


def language() -> str:
    """The language of the pages: the installation's."""
    return wording_of(NLU_DATA).languages.default


def say(key: str, **values: object) -> str:
    """One text with its marks filled in."""
    return wording_of(NLU_DATA).room("centre").text(language(), key, **values)
