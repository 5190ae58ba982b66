"""What the first message of a report already tells: what is wrong, and where."""

from __future__ import annotations

import re

import yaml

from language import data
from language.characters import fold, lowered

_FEWEST_WORDS = 3
"""Words beside the opening from which a message counts as a report: "đường xóm hỏng"."""

_LONGEST_PLACE = 12
"""Words; what goes on longer tells a story and is asked about."""


@data.cached()
def _place() -> re.Pattern[str]:
    """Finds a place: a word before it, up to two words, the noun of a place, and a name or more after it."""
    content = yaml.safe_load((data.folder() / "report_openings.yml").read_text(encoding="utf-8"))
    before, nouns, ends = (
        "|".join(sorted((re.escape(fold(lowered(str(one)))) for one in content[key]), key=len, reverse=True))
        for key in ("before_a_place", "places", "place_ends")
    )
    name = rf"(?!(?:{ends})(?!\w))[^\W_]+"
    return re.compile(rf"(?<!\w)(?:{before})\s+(?P<place>(?:{name}\s+){{0,2}}?(?:{nouns})(?:[ \t]+{name})+)")


def place_told(text: str) -> str | None:
    """The place a message names, as it was written; None when it names none a stranger could find."""
    plain = fold(lowered(text))
    found = _place().search(plain)
    if found is None or len(plain) != len(text):
        return None
    place = text[found.start("place") : found.end("place")].strip()
    return place if len(place.split()) <= _LONGEST_PLACE else None


@data.cached()
def openings() -> tuple[str, ...]:
    """Phrases that only announce a report, without diacritics, the longest first."""
    path = data.folder() / "report_openings.yml"
    phrases = yaml.safe_load(path.read_text(encoding="utf-8"))["openings"]
    return tuple(sorted({fold(lowered(str(phrase))) for phrase in phrases}, key=len, reverse=True))


def told_already(text: str) -> str | None:
    """The message itself when it says what is wrong; None when it only announces that something is."""
    rest = " ".join(re.findall(r"\w+", fold(lowered(text))))
    for opening in openings():
        rest = re.sub(rf"\b{re.escape(opening)}\b", " ", rest)
    return text.strip() if len(rest.split()) >= _FEWEST_WORDS else None
