"""Where imported procedures are kept. Hand-written ones stay files."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base


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
