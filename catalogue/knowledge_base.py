"""What is known beside procedures: about the service itself, the desk, the portal, swindlers, complaints.

One YAML file a topic under ``nlu_data/knowledge``: a list of entries. A running system reads a file again when it
changes; a file with a mistake is told, and its last good version goes on answering.
"""

from __future__ import annotations

import re
import time
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from language.languages import default_language
from runtime import logs

RESCAN_SECONDS = 1.0
"""How late a changed file may be noticed."""

_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_log = logs.get(__name__)

Text = Annotated[str, Field(min_length=1)]


class KnowledgeSource(BaseModel):
    """Where an answer stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    """Law and article, decision, or page."""
    checked_on: date


class KnowledgeEntry(BaseModel):
    """One question that is no question about a procedure, and its answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[._][a-z0-9]+)*$")]
    answer: Mapping[str, Text]
    """By language; the first sentence answers. Vietnamese is always there."""
    details: Mapping[str, tuple[Text, ...]] = {}
    """By language; lines that follow where there is room."""
    asked_as: tuple[Text, ...] = Field(min_length=3)
    """Ways people ask."""
    source: KnowledgeSource | None = None
    """None where the entry tells of this service itself."""
    procedure: str | None = None
    """Code of the procedure that goes on from here."""
    aspect: str | None = None
    registry: Annotated[str, Field(pattern=r"^[a-z]+(\.[a-z]+)?$")] | None = None
    """The public registry that tells a person this of themselves, and the part of what it says: ``insurance.card``."""
    belongs_here: bool = True
    """Whether the matter is ours; false for what another office answers, which is only named."""

    def told(self, language: str) -> tuple[str, tuple[str, ...], str]:
        """Answer, details, and the language they are in."""
        known = language if language in self.answer else default_language()
        return self.answer[known], self.details.get(known, ()), known


def topic_of(entry: str) -> str:
    """The topic an entry's id begins with: "desk" of "desk.hours"."""
    return entry.partition(".")[0]


@dataclass(frozen=True)
class _Read:
    stamp: tuple[int, int]
    entries: tuple[KnowledgeEntry, ...]
    problem: str | None = None


class KnowledgeBase:
    """The entries of a folder.

    Args:
        folder: holds one file a topic; need not exist.
        contacts: numbers and addresses by name; an answer names one by a mark in braces, so that each stands in one
            place.
        rescan_seconds: how late a changed file may be noticed.
    """

    def __init__(
        self, folder: Path, contacts: Mapping[str, str] | None = None, rescan_seconds: float = RESCAN_SECONDS
    ) -> None:
        self._folder = folder
        self._contacts = contacts or {}
        self._rescan = rescan_seconds
        self._looked = float("-inf")
        self._files: dict[Path, _Read] = {}
        self._entries: dict[str, KnowledgeEntry] = {}

    def entries(self) -> Mapping[str, KnowledgeEntry]:
        """Every entry by id, as the files stand now."""
        now = time.monotonic()
        if now - self._looked >= self._rescan:
            self._looked = now
            self._refresh()
        return self._entries

    def get(self, entry: str) -> KnowledgeEntry | None:
        """The entry with this id."""
        return self.entries().get(entry)

    def of_registry(self, asked: str | None) -> KnowledgeEntry | None:
        """The entry that leads to what is asked of a registry, or else the first that leads to that registry."""
        wanted, leading = asked or "", [entry for entry in self.entries().values() if entry.registry is not None]
        exact = next((entry for entry in leading if entry.registry == wanted), None)
        matter = wanted.partition(".")[0]
        return exact or next((one for one in leading if (one.registry or "").partition(".")[0] == matter), None)

    def signature(self) -> int:
        """A number that changes whenever a file does."""
        self.entries()
        return zlib.crc32(repr(sorted((path.name, read.stamp) for path, read in self._files.items())).encode())

    def problems(self) -> tuple[str, ...]:
        """What is wrong with files whose last good version answers meanwhile."""
        self.entries()
        return tuple(read.problem for _, read in sorted(self._files.items()) if read.problem)

    def _refresh(self) -> None:
        stamps = {
            path: (status.st_mtime_ns, status.st_size)
            for path in sorted(self._folder.glob("*.yml"))
            for status in [path.stat()]
        }
        if stamps == {path: read.stamp for path, read in self._files.items()}:
            return
        self._files = {path: self._fresh(path, stamp) for path, stamp in stamps.items()}
        self._entries = {entry.id: entry for read in self._files.values() for entry in read.entries}

    def _fresh(self, path: Path, stamp: tuple[int, int]) -> _Read:
        before = self._files.get(path)
        if before is not None and before.stamp == stamp:
            return before
        try:
            return _Read(stamp, tuple(read_entries(path, self._contacts)))
        except (OSError, ValueError, yaml.YAMLError) as error:
            problem = f"{path.name}: {_first_line(error)}"
            _log.error("knowledge left as it was", cause=str(problem))
            return _Read(stamp, before.entries if before is not None else (), problem)


def read_entries(path: Path, contacts: Mapping[str, str]) -> Iterator[KnowledgeEntry]:
    """The entries of one file, the marks of contacts filled in.

    Raises:
        ValueError: an entry is not as it must be; names it and the field.
        yaml.YAMLError: the file is no YAML.
    """
    content = yaml.load(path.read_text(encoding="utf-8"), Loader=_FastLoader)
    seen: set[str] = set()
    for number, given in enumerate(content["entries"] if isinstance(content, dict) else [], start=1):
        name = given.get("id", number) if isinstance(given, dict) else number
        try:
            entry = KnowledgeEntry.model_validate(given)
        except ValidationError as error:
            mistake = error.errors()[0]
            raise ValueError(f"entry {name}, {'.'.join(map(str, mistake['loc']))}: {mistake['msg']}") from None
        if default_language() not in entry.answer:
            raise ValueError(f"entry {name}, answer: {default_language()} is missing")
        told = {language: _filled(entry.id, text, contacts) for language, text in entry.answer.items()}
        entry = entry.model_copy(update={"answer": told})
        if entry.id in seen:
            raise ValueError(f"entry {name}: stands twice")
        seen.add(entry.id)
        yield entry


def _filled(entry: str, text: str, contacts: Mapping[str, str]) -> str:
    def value(mark: re.Match[str]) -> str:
        if mark[1] not in contacts:
            raise ValueError(f"entry {entry}, answer: nothing is known as {{{mark[1]}}}")
        return contacts[mark[1]]

    return re.sub(r"\{(\w+)\}", value, text)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
