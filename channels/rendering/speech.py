"""A reply as it is said, the same whoever carries it: a call, the API's ``speech``, a kiosk's voice."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from channels.rendering.lines import lines_of, spoken_source
from channels.rendering.pages import largest, paginate
from channels.words import words
from contract.reply import Choice, Reply
from language.number_words import Dialect
from language.reading_aloud import ready_for_voice
from language.spoken import tickets_by_digit

CHARACTERS_A_SECOND: Final = 14
"""How fast the voices speak."""

PIECE_CHARACTERS: Final = 260
"""Said in one go on the telephone: some 18 seconds, what a listener keeps in mind. A listener cannot skim."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?])(?<!TP\.)\s+")

_FEWEST_CHARACTERS: Final = 40
"""Of a first piece: a procedure's name alone is no answer."""

_LETTERS_A_DIGIT: Final = 5
_DIGIT: Final = re.compile(r"\d")

_NUMBERED: Final = re.compile(r"\((\d{1,2})\)\s")


def spoken(text: str, language: str, dialect: Dialect = Dialect.NORTH) -> str:
    """Lines of text made ready for a voice, as one passage in which every line ends as a sentence."""
    lines = filter(None, (" ".join(line.split()) for line in tickets_by_digit(text).split("\n")))
    return ready_for_voice("\n".join(map(_sentence, lines)), language, dialect)


def spoken_reply(reply: Reply) -> str:
    """The whole reply as it is said."""
    return spoken("\n".join(spoken_lines(reply)), reply.language)


def spoken_lines(reply: Reply) -> tuple[str, ...]:
    """What is said of a reply, line by line, still as text."""
    choices = dict(zip(reply.choices, spoken_choices(reply.choices, reply.language), strict=True))
    return lines_of(reply, choices.__getitem__, spoken_source)


def spoken_choices(choices: Sequence[Choice], language: str) -> tuple[str, ...]:
    """What each choice is and which key takes it; only the first says what to do with the key: nine times over it is
    what makes a list long."""
    return tuple(
        words().text(
            language,
            "choice_spoken" if place else "choice_spoken_first",
            digit=choice.key,
            label=(choice.speech or choice.label).rstrip(" ."),
        )
        for place, choice in enumerate(choices)
    )


def pieces_of(lines: Sequence[str], breath: int | None = None) -> tuple[str, ...]:
    """Lines as pieces that a listener can follow; the first is said within ``breath`` seconds where that is given.

    It is made of whole sentences, and is one sentence where that alone takes longer.
    """
    if breath is None:
        return paginate(lines, _holds) or ("",)
    sentences = [sentence for line in lines for sentence in _SENTENCE_END.split(line)]
    room = breath * CHARACTERS_A_SECOND
    count = max(1, largest(lambda some: _said("\n".join(sentences[:some])) <= room, len(sentences)))
    while count < len(sentences) and len("\n".join(sentences[:count])) < _FEWEST_CHARACTERS:
        count += 1
    return (*paginate(sentences[:count], _holds), *paginate(sentences[count:], _holds)) or ("",)


def _holds(text: str) -> bool:
    return _said(text) <= PIECE_CHARACTERS


def _said(text: str) -> int:
    """About how many characters are said: a date of ten signs is sixty letters aloud."""
    return len(text) + _LETTERS_A_DIGIT * len(_DIGIT.findall(text))


def phone_pages_of(reply: Reply, *, asking: bool = True) -> tuple[str, ...]:
    """A reply in pieces, each but the last with how to get the next; a reply with choices is one piece."""
    lines = spoken_lines(reply)
    if reply.choices:
        return ("\n".join(lines),)
    *before, last = pieces_of(lines, reply.breath)
    more = f"\n{words().text(reply.language, 'more_phone')}" if asking else ""
    return (*(piece + more for piece in before), last)


def _sentence(line: str) -> str:
    # A line may begin with "(3)", which a voice would take for the mark of a list and leave out.
    line = _NUMBERED.sub(r"\1, ", line).rstrip(" ;,")
    return line if line.endswith((".", "!", "?", ":")) else f"{line}."
