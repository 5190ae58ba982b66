"""Whether the first message already tells what is wrong, or only that something is."""

from __future__ import annotations

import re

import yaml

from language import data
from language.characters import fold, lowered

_FEWEST_WORDS = 3
"""Words beside the opening from which a message counts as a report: "đường xóm hỏng"."""


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
