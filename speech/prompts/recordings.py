"""Reading the folder of recordings: ``<folder>/<language>/<accent>/index.yml`` beside its WAV files.

``any`` instead of an accent holds recordings for all of them. A file that cannot be used is left out and named, so
that one bad recording does not silence the line; the synthetic voice says that sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from runtime.messages import Message
from speech.audio import Recording, level, read_wav, samples
from speech.errors import BadAudio, Fault
from speech.prompts.phrase_matching import Breath, Phrasebook
from speech.voices.loudness import levelled, trimmed
from speech.voices.passages import passages
from speech.voices.voice import Accent, Style

INDEX = "index.yml"
ANY = "any"
LOWEST_RATE = 8000
"""Hz; less than a telephone line carries."""
QUIETEST_DBFS = -40.0
LONGEST_SECONDS = 60.0
MOST_CLIPPED = 0.001
"""Share of samples at full scale from which a recording sounds broken."""


@dataclass(frozen=True)
class Entry:
    """One line of an index."""

    file: Path
    text: str
    language: str
    accent: str
    recording: Recording | None
    problem: str = ""
    """Why it is not played; empty for a file that is merely not there yet."""


class Prompts:
    """The recordings there are.

    Args:
        entries: from :func:`read_folder`.
    """

    def __init__(self, entries: tuple[Entry, ...] = ()) -> None:
        self.entries = entries
        books: dict[tuple[str, str], dict[str, Recording]] = {}
        for entry in entries:
            if entry.recording is not None:
                books.setdefault((entry.language, entry.accent), {})[entry.text] = entry.recording
        self._books: dict[tuple[str, str], Phrasebook] = {}
        for language, accent in books:
            shared = books.get((language, ANY), {})
            self._books[language, accent] = Phrasebook({**shared, **books[language, accent]})

    @property
    def problems(self) -> tuple[str, ...]:
        """What an operator should mend, one line each."""
        return tuple(
            Message("{file}: {problem}", file=entry.file, problem=entry.problem)
            for entry in self.entries
            if entry.problem
        )

    def pieces(self, text: str, style: Style) -> tuple[str | Recording | Breath, ...]:
        """A passage in order: recordings where there are any for this language and accent, words for the rest."""
        book = self._books.get((style.language, style.accent)) or self._books.get((style.language, ANY))
        return book.pieces(text) if book is not None else (text,)


def read_folder(folder: Path) -> Prompts:
    """Read every index and check every recording; a folder that is not there holds none."""
    found: list[Entry] = []
    for index in sorted(folder.glob(f"*/*/{INDEX}")):
        language, accent = index.parent.parent.name, index.parent.name
        if accent not in {ANY, *Accent}:
            problem = Message("an accent is one of {accents} or {any}", accents=", ".join(Accent), any=ANY)
            found.append(Entry(index, "", language, accent, None, problem))
            continue
        try:
            lines = _lines(index)
        except (OSError, ValueError, yaml.YAMLError) as error:
            found.append(
                Entry(index, "", language, accent, None, Message("not an index of recordings: {error}", error=error))
            )
            continue
        found += [_entry(index.parent / file, text, language, accent) for file, text in lines.items()]
    return Prompts(tuple(found))


def one_passage(text: str, language: str, accent: str) -> str:
    """The text as it is looked up when it is to be said.

    Raises ValueError when it is none or several passages, since no passage to say would ever equal it.
    """
    style = Style(language, Accent(accent) if accent != ANY else Accent.NORTH)
    found = passages(text, style)
    if len(found) != 1:
        raise ValueError(Message("must be one sentence of at most 200 characters, is {count}", count=len(found)))
    return found[0].text


def _lines(index: Path) -> Mapping[str, str]:
    content = yaml.safe_load(index.read_text(encoding="utf-8"))
    lines = content.get("recordings") if isinstance(content, dict) else None
    if not isinstance(lines, dict) or not all(isinstance(part, str) for line in lines.items() for part in line):
        raise ValueError(Message("`recordings:` must hold lines `file.wav: sentence`"))
    return lines


def _entry(file: Path, text: str, language: str, accent: str) -> Entry:
    try:
        said = one_passage(text, language, accent)
    except ValueError as error:
        return Entry(file, text, language, accent, None, Message("the sentence {error}", error=error))
    if not file.resolve().is_relative_to(file.parent.parent.resolve()) or file.suffix.lower() != ".wav":
        return Entry(file, said, language, accent, None, Message("must be a .wav file in the folder of its index"))
    if not file.exists():
        return Entry(file, said, language, accent, None)
    try:
        return Entry(file, said, language, accent, usable(read_wav(file)))
    except BadAudio as error:
        return Entry(file, said, language, accent, None, str(error))


def usable(recording: Recording) -> Recording:
    """Check a recording, leave out the quiet around it and bring it to the common loudness.

    Raises:
        BadAudio: saying what is wrong with it.
    """
    if recording.rate < LOWEST_RATE:
        raise BadAudio(
            Message("{rate} samples a second; at least {lowest} are needed", rate=recording.rate, lowest=LOWEST_RATE),
            Fault.COARSE,
        )
    if recording.seconds > LONGEST_SECONDS:
        raise BadAudio(
            Message(
                "{seconds:.0f} seconds long; at most {longest:.0f}", seconds=recording.seconds, longest=LONGEST_SECONDS
            ),
            Fault.LONG,
        )
    if (loud := level(recording.pcm)) < QUIETEST_DBFS:
        raise BadAudio(
            Message(
                "too quiet: {loud:.0f} dBFS, at least {quietest:.0f} is needed; record closer",
                loud=loud,
                quietest=QUIETEST_DBFS,
            ),
            Fault.QUIET,
        )
    values = samples(recording.pcm)
    if np.count_nonzero((values == 32767) | (values == -32768)) > MOST_CLIPPED * values.size:
        raise BadAudio(Message("overdriven: many samples at full scale; record with less gain"), Fault.LOUD)
    sound = levelled(trimmed(recording.pcm, recording.rate), recording.rate)
    return Recording(sound, recording.rate)
