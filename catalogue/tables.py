"""Where imported procedures are kept. Hand-written ones stay files."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class ImportedRecord(Base):
    """One procedure as one published list tells it.

    Two lists may tell of the same procedure; each keeps its own row, so that the answer does not depend on
    which was imported first. The columns beside ``body`` are what the search index needs, so that it never
    reads the bodies.
    """

    __tablename__ = "catalogue_record"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    province: Mapped[str] = mapped_column(Text, primary_key=True)
    """Two-digit province code; empty for the national record."""
    format: Mapped[str] = mapped_column(Text, primary_key=True)
    """Name of the record format; see :mod:`catalogue.importers`."""
    rank: Mapped[int]
    """Of two lists of the same day, the higher one is told."""
    checked_on: Mapped[date]
    content_hash: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    """Name of the file it came from, without its folder."""
    official_name: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    levels: Mapped[str] = mapped_column(Text)
    """JSON list."""
    subjects: Mapped[str] = mapped_column(Text)
    """JSON list."""
    replaced_by: Mapped[str] = mapped_column(Text)
    """JSON list."""
    body: Mapped[str] = mapped_column(Text)
    """The whole procedure as JSON."""


class ImportedNotice(Base):
    """Something a list says about a code without describing the procedure; see :mod:`catalogue.notices`."""

    __tablename__ = "catalogue_notice"

    kind: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    body: Mapped[str] = mapped_column(Text)
    """The notice as JSON."""


class CatalogueState(Base):
    """One row; its version grows with every import that changed something."""

    __tablename__ = "catalogue_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]


class ProposalRow(Base):
    """A record as somebody wants it told, and what became of that; see :mod:`catalogue.proposals`."""

    __tablename__ = "catalogue_proposal"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(Text, index=True)
    province: Mapped[str] = mapped_column(Text)
    """Two-digit province code; empty for the national record."""
    begins: Mapped[date | None]
    """First day it is to be told; None: at once."""
    record: Mapped[str] = mapped_column(Text)
    """The whole procedure as JSON."""
    base: Mapped[str] = mapped_column(Text)
    """The record it was made from, as JSON; empty for a new procedure."""
    reason: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, index=True)
    """:class:`catalogue.proposals.State`."""
    proposed_by: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_by: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    """Why it was refused."""
