"""Any text of ours made ready for a voice, in whatever language it is."""

from __future__ import annotations

from language.languages import installed
from language.spoken import Dialect, speakable


def ready_for_voice(text: str, language: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Return the text on one line; in the default language with figures, codes and signs as words.

    Another language's figures are written out with its passages (:mod:`language.foreign_speech`): facts inside such a
    text are in the default language, and must be found first.
    """
    known = installed().get(language)
    return speakable(text, dialect) if known is None or known.speech is None else " ".join(text.split())
