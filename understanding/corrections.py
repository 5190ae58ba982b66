"""Takes the matter out of a correction: "không phải, ý em là tạm trú" is about temporary residence."""

from __future__ import annotations

import re

from language import data
from language.normalise import fold
from language.phrasings import either
from understanding.empty_words import names_nothing


@data.cached()
def _shapes() -> tuple[re.Pattern[str], ...]:
    opening = rf"^(?:(?:{either('correction_opening')})\s+)*"
    filler, meant = either("correction_filler"), either("says_meant")
    return (
        re.compile(
            rf"{opening}(?:{either('plain_denial')})\s+(?:\S+\s+){{1,6}}?(?:{either('instead')})\s+(?P<matter>\S.*)$"
        ),
        re.compile(rf"{opening}(?P<matter>\S+ .*\S) (?:{either('rather')}) \S.*$"),
        re.compile(
            rf"{opening}(?:(?:{either('denial')})\s+(?:(?:{filler})\s+)*)?(?:{meant})\s+(?:(?:{either('is')})\s+)?(?P<matter>\S.*)$"
        ),
        re.compile(rf"{opening}(?:{either('whole_denial')})\s+(?P<matter>\S+\s+\S.*)$"),
    )


def matter_of(normalised: str) -> str | None:
    """What a correction puts in the place of what was understood; None when the message is no correction.

    Args:
        normalised: the message as :func:`language.normalise.normalise` gives it.
    """
    folded = fold(normalised)
    for shape in _shapes():
        found = shape.match(folded)
        if found and not names_nothing(found["matter"]):
            # Folding keeps the number of letters, so places in the folded text are places in the other.
            begin, end = found.span("matter")
            return normalised[begin:end] if len(folded) == len(normalised) else found["matter"]
    return None
