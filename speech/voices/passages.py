"""Cutting a text into passages a voice says in one go: sentences, each in the language of its words. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from language.foreign_speech import language_runs, one_line, written_out
from language.languages import default_language, installed
from language.spoken import Dialect, speakable
from speech.voices.voice import Accent, Style

LONGEST_PASSAGE = 200
"""Characters. One is synthesised in about 20 ms, kept or dropped as a whole when the caller interrupts, and stored."""
AFTER_SENTENCE, AFTER_PART = 0.35, 0.15
"""Seconds of silence at speed 1 after a sentence, and after a piece of one."""

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+")
_PART_END = re.compile(r"(?<=[,:])\s+")
_SOUNDING = re.compile(r"[^\W_]")


@dataclass(frozen=True)
class Passage:
    """What is said in one go."""

    text: str
    language: str
    """Language of the words, which inside an English sentence may be Vietnamese."""
    pause: float
    """Seconds of silence after it."""


def passages(text: str, style: Style) -> tuple[Passage, ...]:
    """Write a text out for a voice and cut it; text that holds no letter or figure gives nothing.

    Args:
        text: as shown or as prepared for speech; what is words already stays as it is.
        style: its language decides how figures are written out. One that only has recordings is no language of the
            installation: its words here are the Vietnamese ones its recordings are found by.
    """
    found: list[Passage] = []
    known = installed().get(style.language)
    if known is not None and known.speech is not None:
        for sentence in _sentences(one_line(text)):
            runs = list(language_runs(sentence, known.speech))
            for at, (is_default, run) in enumerate(runs):
                said = speakable(run, _dialect(style)) if is_default else written_out(run, known.speech)
                language = default_language() if is_default else known.tag
                found += _cut(said, language, AFTER_SENTENCE if at == len(runs) - 1 else AFTER_PART, style)
    else:
        for sentence in _sentences(speakable(text, _dialect(style))):
            found += _cut(sentence, default_language(), AFTER_SENTENCE, style)
    return tuple(found)


def chunks(sentence: str, longest: int = LONGEST_PASSAGE) -> tuple[str, ...]:
    """Cut one sentence after commas, else between words, else anywhere, into pieces of at most so many characters.

    Pieces are filled as far as they go, so that the fewest breaks are heard.
    """
    if len(sentence) <= longest:
        return (sentence,) if sentence else ()
    pieces: list[str] = []
    for part in _PART_END.split(sentence):
        units = [part] if len(part) <= longest else [piece for word in part.split() for piece in _hard(word, longest)]
        for at, unit in enumerate(units):
            # Words of a broken part stay together; a whole part joins what is before it when both fit.
            if pieces and len(pieces[-1]) + 1 + len(unit) <= longest and (at or len(units) == 1):
                pieces[-1] += f" {unit}"
            else:
                pieces.append(unit)
    return tuple(pieces)


def with_short_beginning(said: tuple[Passage, ...], longest: int) -> tuple[Passage, ...]:
    """The same with a first passage of at most so many characters, where its sentence has a comma or a colon to be cut
    behind: what comes first is waited for, and a voice that breaks off between two words sounds like a mistake."""
    if not said or len(said[0].text) <= longest:
        return said
    whole, *rest = said
    first, *_ = chunks(whole.text, longest)
    if not first.endswith((",", ":")):
        return said
    # The pause is part of the sentence, whatever the speed: the one between its parts, in proportion to its own.
    pause = min(whole.pause, whole.pause * AFTER_PART / AFTER_SENTENCE)
    return (replace(whole, text=first, pause=pause), replace(whole, text=whole.text[len(first) :].strip()), *rest)


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE_END.split(text.strip()) if _SOUNDING.search(sentence)]


def _cut(text: str, language: str, last_pause: float, style: Style) -> Iterator[Passage]:
    pieces = [piece for piece in chunks(text.strip()) if _SOUNDING.search(piece)]
    for at, piece in enumerate(pieces):
        yield Passage(piece, language, (last_pause if at == len(pieces) - 1 else AFTER_PART) / style.speed)


def _dialect(style: Style) -> Dialect:
    return Dialect.SOUTH if style.accent is Accent.SOUTH else Dialect.NORTH


def _hard(word: str, longest: int) -> list[str]:
    return [word[at : at + longest] for at in range(0, len(word), longest)]
