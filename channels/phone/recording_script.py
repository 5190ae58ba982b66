"""What is worth recording first: the sentences, numbers and names callers hear most, made from the wording."""

from __future__ import annotations

from enum import StrEnum

from channels.phone.dialogue.dialogue_data import dialogue_data
from speech.prompts.phrase_matching import words_of
from speech.prompts.script import Line, pieces, script
from speech.voices.voice import Style

_NAMES = ("asked_most_", "field_", "procedure_")


class Group(StrEnum):
    """Parts of the script, in the order in which they are worth recording."""

    MENUS = "menus"
    """What the telephone says by itself, as it stands in its wording: the greeting and the menus come first."""
    NUMBERS = "numbers"
    """Digits, months, money and the words around them."""
    NAMES = "names"
    """What the procedures asked most are called."""


def most_heard(style: Style) -> dict[Group, tuple[Line, ...]]:
    """Some 250 lines, a quarter of an hour of speech. A line that belongs to two groups stands in the first."""
    wording = dialogue_data().wording
    texts = wording.texts(style.language)
    names = [text for key, text in texts.items() if key.startswith(_NAMES)]
    groups = {
        Group.MENUS: [text for key, text in texts.items() if not key.startswith(_NAMES)],
        Group.NUMBERS: pieces(style.language),
        Group.NAMES: names,
    }
    found: dict[Group, tuple[Line, ...]] = {}
    told: set[tuple[str, ...]] = set()
    for group, said in groups.items():
        lines = tuple(line for line in script(said, style) if words_of(line.text) not in told)
        told.update(words_of(line.text) for line in lines)
        found[group] = lines
    return found
