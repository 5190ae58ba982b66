"""Whether a password is among the first that are guessed.

A list of millions does not belong into a repository. What people make when ten signs are asked for is a common word
with figures behind it, a row of keys, a date, the place's or the own name: those are taken apart here.
"""

from __future__ import annotations

import re
from itertools import pairwise

import yaml

from language import data
from language.characters import fold, lowered

_LEAST_LEFT = 6
"""Signs that must be left when everything that is guessed is taken out."""
_DATES = re.compile(r"(?:0?[1-9]|[12]\d|3[01])[./-]?(?:0?[1-9]|1[0-2])[./-]?(?:19|20)?\d\d|(?:19|20)\d\d")
_LEET = str.maketrans("@4301$5!7", "aaeoissit")


@data.cached()
def _words() -> tuple[str, ...]:
    """Words people make passwords of, the longest first."""
    content = yaml.safe_load((data.folder() / "guessable_passwords.yml").read_text(encoding="utf-8"))
    return tuple(
        sorted({"".join(fold(lowered(str(word))).split()) for word in content["words"]}, key=len, reverse=True)
    )


def is_guessable(password: str, name: str = "") -> bool:
    """Whether little is left of it without what is guessed first.

    Args:
        password: as it would be kept.
        name: of the officer, which is guessed, too.
    """
    plain = "".join(fold(lowered(password)).split())
    own = [part for part in fold(lowered(name)).split() if len(part) > 1]
    return any(_left(form, own) < _LEAST_LEFT for form in (plain, plain.translate(_LEET)))


def _left(form: str, own: list[str]) -> int:
    for word in (*own, *_words()):
        form = form.replace(word, " ")
    form = _DATES.sub(" ", form)
    kept = "".join(part for part in form.split() if not _is_row(part))
    return len(set(kept)) if len(set(kept)) < _LEAST_LEFT else len(kept)


def _is_row(part: str) -> bool:
    """Whether all signs are the same, or follow each other: 1111, 2345, abcd."""
    steps = {ord(after) - ord(before) for before, after in pairwise(part)}
    return len(part) > 1 and len(steps) == 1 and steps <= {-1, 0, 1}
