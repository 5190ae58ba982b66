"""Phrases somebody labelled with a procedure, as files a running system reads again when they change.

One file a procedure, ``<code>.yml``::

    code: "1.001193"
    phrases:
      - text: "làm giấy sinh cho cháu"
        learned_on: 2026-11-23

They lie in ``learned/`` of the data folder; a maintainer may move them to ``nlu_data/learned/``.
"""

from __future__ import annotations

import logging
import threading
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from language.normalise import normalise
from understanding.corrections import matter_of
from understanding.features import Utterance

LEARNED = "learned"
"""Name of the folder, in the data folder and in ``nlu_data``."""

RESCAN_SECONDS = 1.0
"""How late a file edited by hand may be noticed; one written by ``motcua learn label`` is noticed at once."""

logger = logging.getLogger(__name__)

_Stamps = Mapping[Path, tuple[int, int]]
"""Time of change in nanoseconds and size in bytes, by file."""


class LearnedText(BaseModel):
    """One phrase in a file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    learned_on: date


class LearnedFile(BaseModel):
    """What people said for one procedure."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    phrases: tuple[LearnedText, ...]


@dataclass(frozen=True)
class LearnedPhrase:
    """One phrase, ready to be compared with a message."""

    code: str
    text: str
    utterance: Utterance


@dataclass(frozen=True)
class _Contents:
    phrases: tuple[LearnedPhrase, ...] = ()
    written: Mapping[str, str] | None = None
    """Code by normalised phrase."""
    folded: Mapping[str, str | None] | None = None
    """Code by phrase without diacritics; None where several procedures share it."""


class LearnedPhrases:
    """The phrases of some folders; a damaged file is left out and logged, the others go on being understood.

    Args:
        folders: as of :func:`learned_folders`; they need not exist.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._changed: tuple[int, ...] = ()
        self._stamps: _Stamps = {}
        self._contents = _Contents()

    def signature(self) -> int:
        """A number that changes whenever a phrase does."""
        self._current()
        stamps = sorted((str(path), stamp) for path, stamp in self._stamps.items())
        return zlib.crc32(repr(stamps).encode())

    def phrases(self) -> tuple[LearnedPhrase, ...]:
        """Every phrase as the files stand now."""
        return self._current().phrases

    def code_for(self, utterance: Utterance) -> str | None:
        """The procedure a message was labelled with word for word.

        A message without diacritics also matches the phrase with diacritics, unless two procedures share it.
        """
        contents = self._current()
        if not contents.written or not contents.folded:
            return None
        code = contents.written.get(utterance.normalised)
        if code is None and not utterance.has_diacritics:
            code = contents.folded.get(utterance.folded)
        return code

    def _current(self) -> _Contents:
        changed = tuple(_changed(folder) for folder in self._folders)
        now = time.monotonic()
        # A new file changes its folder, which costs a microsecond to see; one edited in place does not.
        if changed == self._changed and now - self._looked < RESCAN_SECONDS:
            return self._contents
        with self._lock:
            stamps = {path: _stamp(path) for folder in self._folders for path in learned_files(folder)}
            if stamps != self._stamps:
                self._contents = _indexed([found for path in stamps if (found := _read(path)) is not None])
                self._stamps = stamps
            self._changed, self._looked = changed, now
        return self._contents


def learned_folders(nlu_data: Path, data: Path) -> tuple[Path, Path]:
    """Where phrases are read from.

    Args:
        nlu_data: the project's own training data.
        data: the data folder of the installation; labels are written there.
    """
    return nlu_data / LEARNED, data / LEARNED


def learned_files(folder: Path) -> list[Path]:
    """The files of phrases in a folder; an absent folder has none."""
    return sorted(folder.glob("*.yml"))


def as_understood(text: str) -> Utterance:
    """A text in the form a message has when it is understood."""
    said = normalise(text)
    return Utterance.of(matter_of(said) or said)


def _indexed(files: Iterable[LearnedFile]) -> _Contents:
    phrases = tuple(
        LearnedPhrase(file.code, phrase.text, as_understood(phrase.text)) for file in files for phrase in file.phrases
    )
    folded: dict[str, str | None] = {}
    for phrase in phrases:
        words = phrase.utterance.folded
        folded[words] = phrase.code if folded.get(words, phrase.code) == phrase.code else None
    return _Contents(phrases, {phrase.utterance.normalised: phrase.code for phrase in phrases}, folded)


def _read(path: Path) -> LearnedFile | None:
    try:
        return LearnedFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        logger.error("learned phrases left out: %s: %s", path.name, error)
        return None


def _changed(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except OSError:
        return 0


def _stamp(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
        return status.st_mtime_ns, status.st_size
    except OSError:
        return 0, 0
