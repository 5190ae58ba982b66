"""What lists say about codes without describing a procedure, and how that changes what is told about it.

Notices are kept apart from the records and applied when a record is read, so that the order of imports is of
no consequence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from catalogue.field_changes import FieldChange
from catalogue.flags import NAME_ONLY
from catalogue.record import AskedAs, Level, Origin, Procedure

SUPERSEDED_PERHAPS = "probably_superseded_or_abolished_2026-27"
"""Flag of a record that an uncertain source calls replaced or abolished."""


class _Notice(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Superseded(_Notice):
    """Codes that changed, or are said to change.

    Only a certain notice with new codes sends a citizen to another procedure. An uncertain one makes the
    records it names doubtful. One that names no code is for officers.
    """

    kind: Literal["superseded"] = "superseded"
    old: tuple[str, ...] = ()
    new: tuple[str, ...] = ()
    what: str
    certain: bool
    certainty: str
    """How the source says it knows."""
    field: str | None = None
    """The portal's field it speaks about as a whole, e.g. "Hộ tịch"."""
    starts_on: date | None = None
    """The day the change takes effect, where the source says so."""

    @property
    def key(self) -> str:
        """What tells it from other notices of its kind."""
        return f"{' '.join(self.old)}|{' '.join(self.new)}|{self.what}"


class Rejected(_Notice):
    """A code whose published page belongs to another procedure; no imported record of this code is used."""

    kind: Literal["rejected"] = "rejected"
    code: str
    page_code: str | None = None
    """The code the page really belongs to."""
    page_title: str | None = None

    @property
    def key(self) -> str:
        """What tells it from other notices of its kind."""
        return self.code


class Supplement(_Notice):
    """What people call a procedure and where they do it since the two-tier reform."""

    kind: Literal["supplement"] = "supplement"
    code: str
    short_name: str | None = None
    phrases: tuple[str, ...] = ()
    where: str | None = None
    flags: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What tells it from other notices of its kind."""
        return self.code


class Named(_Notice):
    """A procedure of which a list tells the name alone, and whose it is."""

    kind: Literal["named"] = "named"
    code: str
    name: str
    agency: str
    """The ministry that publishes it."""
    office: str
    """Who takes the dossier, as the list calls it."""
    field: str
    listed_on: date

    @property
    def key(self) -> str:
        """What tells it from other notices of its kind."""
        return self.code

    def as_procedure(self) -> Procedure:
        """What may be told of it: its name and whose it is."""
        return Procedure(
            code=self.code,
            official_name=self.name,
            short_name=self.name,
            agency=self.agency,
            field=self.field or self.agency,
            levels=(Level.OTHER,),
            advises=self.office,
            checked_on=self.listed_on,
            flags=(NAME_ONLY,),
            origin=Origin.IMPORTED,
        )


class Changed(_Notice):
    """What an import changed in a record that was imported before."""

    kind: Literal["changed"] = "changed"
    code: str
    province: str = ""
    format: str
    before_checked_on: date
    after_checked_on: date
    changes: tuple[FieldChange, ...]

    @property
    def key(self) -> str:
        """What tells it from other notices of its kind."""
        return f"{self.code}|{self.province}|{self.format}"


AnyNotice = Superseded | Rejected | Supplement | Named | Changed
Notice = Annotated[AnyNotice, Field(discriminator="kind")]

NOTICE: TypeAdapter[AnyNotice] = TypeAdapter(Notice)
"""Reads a notice back from JSON."""


@dataclass(frozen=True)
class NoticeBoard:
    """Every notice, found by code."""

    rejected: dict[str, Rejected] = field(default_factory=dict)
    supplements: dict[str, Supplement] = field(default_factory=dict)
    named: dict[str, Named] = field(default_factory=dict)
    """Procedures of which only the name is known."""
    superseded: tuple[Superseded, ...] = ()
    changed: dict[tuple[str, str, str], Changed] = field(default_factory=dict)
    """By code, province and format: what the last import changed."""
    _replacements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _doubtful: frozenset[str] = frozenset()

    @classmethod
    def of(cls, notices: Iterable[AnyNotice]) -> NoticeBoard:
        """Sort notices by what they concern."""
        every = tuple(notices)
        superseded = tuple(notice for notice in every if isinstance(notice, Superseded))
        replacements: dict[str, tuple[str, ...]] = {}
        doubtful: set[str] = set()
        for notice in superseded:
            for code in notice.old:
                if notice.certain and notice.new:
                    replacements[code] = _union(replacements.get(code, ()), notice.new)
                else:
                    doubtful.add(code)
        return cls(
            rejected={notice.code: notice for notice in every if isinstance(notice, Rejected)},
            supplements={notice.code: notice for notice in every if isinstance(notice, Supplement)},
            named={notice.code: notice for notice in every if isinstance(notice, Named)},
            superseded=superseded,
            changed={
                (notice.code, notice.province, notice.format): notice for notice in every if isinstance(notice, Changed)
            },
            _replacements=replacements,
            _doubtful=frozenset(doubtful),
        )

    def replaced_by(self, code: str) -> tuple[str, ...]:
        """The codes that have certainly taken the place of ``code``."""
        supplement = self.supplements.get(code)
        return _union(self._replacements.get(code, ()), supplement.replaced_by if supplement else ())

    def flags(self, code: str) -> tuple[str, ...]:
        """Flags the notices add to a record."""
        supplement = self.supplements.get(code)
        return _union(supplement.flags if supplement else (), (SUPERSEDED_PERHAPS,) if code in self._doubtful else ())

    def short_name(self, code: str) -> str | None:
        """What a neighbour would call the procedure, where a list says so."""
        supplement = self.supplements.get(code)
        return supplement.short_name if supplement else None

    def asked_as(self, code: str) -> AskedAs:
        """What people say when they mean the procedure."""
        supplement = self.supplements.get(code)
        return AskedAs(plain=supplement.phrases) if supplement else AskedAs()

    def apply(self, procedure: Procedure) -> Procedure:
        """An imported record with everything the notices know about its code."""
        code = procedure.code
        supplement = self.supplements.get(code)
        return procedure.model_copy(
            update={
                "short_name": self.short_name(code) or procedure.short_name,
                "asked_as": self.asked_as(code) if supplement else procedure.asked_as,
                "where": (supplement.where if supplement else None) or procedure.where,
                "replaced_by": _union(procedure.replaced_by, self.replaced_by(code)),
                "flags": _union(procedure.flags, self.flags(code)),
            }
        )


def _union(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(first + second))
