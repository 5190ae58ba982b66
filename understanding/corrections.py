"""Takes the matter out of a correction: "không phải, ý em là tạm trú" is about temporary residence."""

from __future__ import annotations

import re

from language.normalise import fold
from understanding.empty_words import names_nothing

_SPEAKER = r"(?:em|toi|tui|minh|con|chau|anh|chi|bac|co|chu|ba|ong)"
_OPENING = r"(?:(?:a|ay|da|o|u|vang|thoi)\s+)*"
_DENIAL = r"(?:khong phai(?: the| vay| cai do| viec do| roi)?|khong dung|khong|nham(?: roi)?|sai(?: roi)?|lon roi)"
_INTENT = rf"(?:y {_SPEAKER} la|y la|y {_SPEAKER} muon|{_SPEAKER} hoi|{_SPEAKER} muon hoi|{_SPEAKER} noi|la hoi)"

_CORRECTION = re.compile(rf"^{_OPENING}(?:{_DENIAL}\s+(?:(?:a|dau|ma)\s+)*)?{_INTENT}\s+(?:la\s+)?(?P<matter>\S.*)$")
_REPLACED = re.compile(rf"^{_OPENING}(?:khong phai|khong)\s+(?:\S+\s+){{1,6}}?ma (?:la|chi)\s+(?P<matter>\S.*)$")
_RATHER = re.compile(rf"^{_OPENING}(?P<matter>\S+ .*\S) chu (?:khong|k|ko) phai(?: la)? \S.*$")
_LONG_DENIAL = re.compile(rf"^{_OPENING}(?:khong phai|nham roi|sai roi|nham)\s+(?P<matter>\S+\s+\S.*)$")


def matter_of(normalised: str) -> str | None:
    """What a correction puts in the place of what was understood; None when the message is no correction.

    Args:
        normalised: the message as :func:`language.normalise.normalise` gives it.
    """
    folded = fold(normalised)
    for shape in (_REPLACED, _RATHER, _CORRECTION, _LONG_DENIAL):
        found = shape.match(folded)
        if found and not names_nothing(found["matter"]):
            # Folding keeps the number of letters, so places in the folded text are places in the other.
            return normalised[found.start("matter") :] if len(folded) == len(normalised) else found["matter"]
    return None
