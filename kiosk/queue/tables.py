"""What a kiosk keeps for the centre and from it."""

from __future__ import annotations

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base


class OutgoingRow(Base):
    """One entry that waits for the line, sealed to the centre."""

    __tablename__ = "kiosk_outgoing"
    # A sequence must never be given twice, not even after the newest row is gone.
    __table_args__ = {"sqlite_autoincrement": True}

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)
    wall: Mapped[float]
    """When it was asked for, by the kiosk's clock, seconds since 1970: may be years off."""
    boot: Mapped[str] = mapped_column(Text)
    ticks: Mapped[float]
    """Seconds from the start of the machine to that moment."""
    refused: Mapped[bool] = mapped_column(default=False)
    """The centre cannot read it; kept for an operator."""


class BootRow(Base):
    """What the time was, by the centre, when the machine started."""

    __tablename__ = "kiosk_boot"

    boot: Mapped[str] = mapped_column(Text, primary_key=True)
    started_at: Mapped[float]


class UsageRow(Base):
    """What was counted and has not become an entry yet."""

    __tablename__ = "kiosk_usage"

    day: Mapped[str] = mapped_column(Text, primary_key=True)
    figure: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int]


class SnapshotRow(Base):
    """A dossier's record; see :mod:`kiosk.protocol.snapshot`."""

    __tablename__ = "kiosk_snapshot"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    sealed: Mapped[str] = mapped_column(Text)


class SnapshotStateRow(Base):
    """One row: which version of the dossiers is held, and of when."""

    __tablename__ = "kiosk_snapshot_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int]
    as_of: Mapped[float]
