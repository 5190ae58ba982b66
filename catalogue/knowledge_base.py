"""What is known beside procedures: about the service itself, the desk, the portal, swindlers, complaints.

One YAML file a topic under ``nlu_data/knowledge``: a list of entries. A running system reads a file again when it
changes; a file with a mistake is told, and its last good version goes on answering, over a restart, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from catalogue.dated_answer import DatedAnswer
from catalogue.last_good import LastGood
from catalogue.watched import RESCAN_SECONDS, ReadFile, WatchedFolder
from catalogue.yaml_files import Problem

CONTACTS: Final = "contacts"
"""Key of what a file of entries is checked with: the contacts its answers may name."""

Text = Annotated[str, Field(min_length=1)]


class KnowledgeSource(BaseModel):
    """Where an answer stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    """Law and article, decision, or page."""
    checked_on: date


class KnowledgeEntry(DatedAnswer):
    """One question that is no question about a procedure, and its answer."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(?:[._][a-z0-9]+)*$")]
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

    @field_validator("answer", "then")
    @classmethod
    def _names_contacts_there_are(cls, texts: Mapping[str, str], info: ValidationInfo) -> Mapping[str, str]:
        contacts = info.context[CONTACTS] if info.context is not None else None
        if contacts is None:
            return texts
        return {language: _filled(text, contacts) for language, text in texts.items()}

    @property
    def name(self) -> str:
        """Its id."""
        return self.id

    def details_in(self, language: str) -> tuple[str, ...]:
        """The lines that follow, in the language the answer is told in."""
        return self.details.get(self.language_of(language), ())


def topic_of(entry: str) -> str:
    """The topic an entry's id begins with: "desk" of "desk.hours"."""
    return entry.partition(".")[0]


class KnowledgeFile(BaseModel):
    """One topic."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: tuple[KnowledgeEntry, ...]

    @field_validator("entries")
    @classmethod
    def _each_once(cls, entries: tuple[KnowledgeEntry, ...]) -> tuple[KnowledgeEntry, ...]:
        seen: set[str] = set()
        for entry in entries:
            if entry.id in seen:
                raise ValueError(f"{entry.id} stands twice")
            seen.add(entry.id)
        return entries


class KnowledgeBase:
    """The entries of a folder.

    Args:
        folder: holds one file a topic; need not exist.
        contacts: numbers and addresses by name; an answer names one by a mark in braces, so that each stands in one
            place.
        last_good: folder in which the last good version of every file is kept over a restart.
        rescan_seconds: how late a changed file may be noticed.
    """

    def __init__(
        self,
        folder: Path,
        contacts: Mapping[str, str] | None = None,
        last_good: Path | None = None,
        rescan_seconds: float = RESCAN_SECONDS,
    ) -> None:
        self._watched = WatchedFolder(
            folder, KnowledgeFile, LastGood(last_good), rescan_seconds, context={CONTACTS: contacts or {}}
        )
        self._files: tuple[ReadFile[KnowledgeFile], ...] = ()
        self._entries: dict[str, KnowledgeEntry] = {}

    def entries(self) -> Mapping[str, KnowledgeEntry]:
        """Every entry by id, as the files stand now; of a file with a mistake, as it last was right."""
        files = self._watched.files()
        if files is not self._files:
            read = (file.content for file in files if file.content is not None)
            self._entries = {entry.id: entry for content in read for entry in content.entries}
            self._files = files
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
        return self._watched.signature()

    def problems(self) -> tuple[Problem, ...]:
        """Mistakes in the files; the last good version of these answers meanwhile, where there is one."""
        return tuple(problem for file in self._watched.files() for problem in file.problems)


def _filled(text: str, contacts: Mapping[str, str]) -> str:
    def value(mark: re.Match[str]) -> str:
        if mark[1] not in contacts:
            raise ValueError(f"nothing is known as {{{mark[1]}}}")
        return contacts[mark[1]]

    return re.sub(r"\{(\w+)\}", value, text)
