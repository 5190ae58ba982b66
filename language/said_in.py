"""In which language a message is: by its words, since people write and say what they like, whatever was chosen before.

A language other than the default names its words in ``nlu_data/wording/<tag>/words.yml``. Vietnamese typed without
diacritics shares many short words with English ("can", "to", "do"), so those prove nothing by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from language import data
from language.characters import fold, lowered
from language.languages import ForeignWords, default_language, installed
from language.syllables import lexicon

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")

TELLS = 2
"""What a word of grammar counts; a word that names something counts one. People mix the latter in: "check giùm"."""
MARKED = 2
"""What a word with diacritics counts for the default language."""


def said_in(text: str) -> str | None:
    """The tag of the language a text is in; None where its words do not tell: "ok", "2", a code."""
    if len(text) > _LONGEST:
        text = text[:_LONGEST]
    return _said_in(text)


def foreign_words(text: str) -> ForeignWords | None:
    """What is known of the language a text is in; None where it is the default one or cannot be told."""
    tag = said_in(text)
    return installed()[tag].words if tag is not None else None


_LONGEST = 600
"""Characters that are looked at; the rest of a longer message is hardly in another language."""


@data.cached(maxsize=2_000)
def _said_in(text: str) -> str | None:
    known = [(tag, language.words) for tag, language in installed().items() if language.words is not None]
    words = [word.replace("’", "'") for word in _WORD.findall(lowered(text))]
    for tag, foreign in known:
        tells, names, native = _counted(words, foreign)
        if TELLS * tells + names > native and (tells or not native):
            return tag
    native = sum(_is_native(word) for word in words if not any(word in foreign.neutral for _, foreign in known))
    return default_language() if native else None


def _counted(words: Sequence[str], foreign: ForeignWords) -> tuple[int, int, int]:
    """Words of grammar, words that name something, and what speaks for the default language."""
    tells = sum(pair in foreign.pairs for pair in pairwise(words))
    names = native = 0
    for word in words:
        if word in foreign.neutral:
            continue
        own = _is_native(word)
        if word in foreign.grammar:
            # What looks like a syllable proves nothing, one way or the other.
            tells += not own
        elif word in foreign.names:
            names += not own
        elif own:
            native += MARKED if word != fold(word) else 1
    return tells, names, native


def _is_native(word: str) -> bool:
    """Whether a word is one of the default language, as it is or typed without diacritics."""
    return word != fold(word) or word in lexicon().folded_surprise
