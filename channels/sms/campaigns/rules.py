"""What campaigns may say and how much: ``nlu_data/sms/campaigns.yml``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import yaml

from channels.sms.notices.short_links import short_links
from contract.wording import wording_of
from language import data
from language.characters import fold
from language.languages import default_language

_LINK = re.compile(r"https?:|www\.|\b[\w-]+\.(?:com|net|org|info|vn|me|ly|top|xyz)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Rules:
    """The file."""

    templates: Mapping[str, tuple[str, ...]]
    """The marks of each approved sentence."""
    ids: Mapping[str, str]
    """Under which the operator has registered it, where it has."""
    person_a_day: int
    per_hour: int
    most_per_hour: int
    longest_value: int
    advertising: tuple[str, ...]
    """Without diacritics."""

    def wrong_with(self, value: str) -> str | None:
        """Why a value may not be filled in, as the key of a sentence; None for a good one."""
        return wrong_value(value, self.longest_value, self.advertising)


def wrong_value(value: str, longest: int, advertising: Sequence[str] = ()) -> str | None:
    """Why a value may not stand in a message of ours, as the key of a sentence; None for a good one."""
    if not value:
        return "value_missing"
    if len(value) > longest:
        return "value_long"
    if _LINK.search(value) or short_links().stand_in(value):
        return "value_is_link"
    words = fold(value.lower())
    return "value_is_advertising" if any(each in words for each in advertising) else None


@data.cached()
def rules() -> Rules:
    """Read once a folder of data."""
    content = yaml.safe_load((data.folder() / "sms" / "campaigns.yml").read_text(encoding="utf-8"))
    return Rules(
        templates={str(name): tuple(marks) for name, marks in content["templates"].items()},
        ids={str(name): str(id) for name, id in (content.get("ids") or {}).items()},
        person_a_day=int(content["person_a_day"]),
        per_hour=int(content["per_hour"]["usual"]),
        most_per_hour=int(content["per_hour"]["most"]),
        longest_value=int(content["longest_value"]),
        advertising=tuple(fold(words.lower()) for words in content["advertising"]),
    )


def sentence(template: str, values: Mapping[str, str]) -> str:
    """An approved sentence with its marks filled in, in the language of the installation."""
    return wording_of(data.folder()).room("replies").text(default_language(), f"campaign_{template}", **values)
