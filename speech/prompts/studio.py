"""Recording sentences one by one: what is there, what is missing, and a new take in the place of the old one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runtime.messages import Message
from speech.audio import Recording, read_wav, resampled, wav_bytes
from speech.errors import BadAudio, Fault
from speech.prompts.recordings import ANY, read_folder, usable
from speech.prompts.script import Line, list_in_index
from speech.voices.voice import Accent, Style

KEPT_RATE: Final = 16000
"""Hz of what is kept: a kiosk plays no more, and 200 sentences weigh some ten megabytes in a bundle."""
SHORTEST_SECONDS: Final = 0.15
"""Of a take: what is shorter is a click. The shortest word recorded is "ba"."""
ACCENTS: Final = (ANY, *map(str, Accent))


@dataclass(frozen=True, slots=True)
class Take:
    """A sentence of the script and how it stands with its recording."""

    line: Line
    seconds: float | None
    """Of the recording; None while there is none, or none that can be played."""
    problem: str = ""
    """Why the recording that is there is not played."""


class Studio:
    """The recordings in one folder.

    Args:
        folder: of all recordings: ``<folder>/<language>/<accent>/``.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def takes(self, language: str, accent: str, lines: Sequence[Line]) -> tuple[Take, ...]:
        """How it stands with each line, in order."""
        entries = {(entry.language, entry.accent, entry.text): entry for entry in read_folder(self._folder).entries}
        found = []
        for line in lines:
            entry = entries.get((language, accent, line.text))
            recorded = entry.recording if entry is not None else None
            found.append(Take(line, recorded.seconds if recorded is not None else None, entry.problem if entry else ""))
        return tuple(found)

    def keep(self, language: str, accent: str, line: Line, wav: bytes) -> Recording:
        """Trim and level a take and put it in the place of the one before.

        Raises:
            BadAudio: it cannot be used; the one before stays.
        """
        ready = usable(read_wav(wav))
        if ready.seconds < SHORTEST_SECONDS:
            raise BadAudio(Message("no speech is in it"), Fault.EMPTY)
        if ready.rate > KEPT_RATE:
            ready = Recording(resampled(ready.pcm, ready.rate, KEPT_RATE), KEPT_RATE)
        file = self._file(language, accent, line)
        file.parent.mkdir(parents=True, exist_ok=True)
        half = file.with_name(f".{secrets.token_hex(4)}.part")
        try:
            half.write_bytes(wav_bytes(ready))
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
        list_in_index(file.parent, [line])
        return ready

    def sound(self, language: str, accent: str, line: Line) -> bytes | None:
        """The recording as a WAV file; None where there is none."""
        try:
            return self._file(language, accent, line).read_bytes()
        except FileNotFoundError:
            return None

    def remove(self, language: str, accent: str, line: Line) -> None:
        """Leave the sentence to the synthetic voice again."""
        file = self._file(language, accent, line)
        file.unlink(missing_ok=True)
        if file.parent.is_dir():
            list_in_index(file.parent, [])

    def _file(self, language: str, accent: str, line: Line) -> Path:
        if accent not in ACCENTS:
            raise ValueError(Message("an accent is one of {accents}", accents=", ".join(ACCENTS)))
        return self._folder / language / accent / line.file


def style_of(language: str, accent: str) -> Style:
    """How sentences are written out for recordings of an accent, or of all of them."""
    return Style(language, Accent(accent) if accent != ANY else Accent.NORTH)
