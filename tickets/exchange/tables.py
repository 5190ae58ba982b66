"""Where exchanged cases, their messages and papers, partner agencies and our own keys are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class PartnerRow(Base):
    """An agency cases are exchanged with."""

    __tablename__ = "exchange_partners"

    code: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    """Of its API; empty: by files alone."""
    keys: Mapped[str] = mapped_column(Text)
    """Public keys, one a line; the newest first."""
    is_on: Mapped[bool]
    changed_at: Mapped[datetime] = mapped_column(Moment)


class OwnKeyRow(Base):
    """A key pair of this agency."""

    __tablename__ = "exchange_own_keys"

    public: Mapped[str] = mapped_column(Text, primary_key=True)
    private: Mapped[str] = mapped_column(Text)
    """Sealed."""
    made_at: Mapped[datetime] = mapped_column(Moment)


class CaseRow(Base):
    """An exchanged case."""

    __tablename__ = "exchange_cases"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    """Idempotency key: a form sent twice is one case."""
    partner: Mapped[str] = mapped_column(Text, index=True)
    side: Mapped[str] = mapped_column(Text)
    """Ours."""
    ticket: Mapped[str | None] = mapped_column(Text, index=True)
    subject: Mapped[str] = mapped_column(Text)
    """Sealed."""
    words: Mapped[str] = mapped_column(Text)
    """Sealed."""
    procedure: Mapped[str | None] = mapped_column(Text)
    dossier: Mapped[str] = mapped_column(Text)
    """Sealed; empty where there is none."""
    working_days: Mapped[int] = mapped_column(Integer)
    progress: Mapped[str | None] = mapped_column(Text)
    back: Mapped[str | None] = mapped_column(Text)
    received_at: Mapped[datetime | None] = mapped_column(Moment)
    awaiting_since: Mapped[datetime | None] = mapped_column(Moment)
    paused: Mapped[str] = mapped_column(Text)
    """JSON: pairs of days."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    last_out: Mapped[int] = mapped_column(Integer)
    """Number of our last message."""
    last_in: Mapped[int] = mapped_column(Integer)
    """Number of theirs that was taken last."""
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    """When everything in it was erased here."""
    erased_there_at: Mapped[datetime | None] = mapped_column(Moment)
    """When the other side said that it is erased there."""

    __table_args__ = (Index("ix_exchange_cases_side_ended_at", "side", "ended_at"),)


class MessageRow(Base):
    """A message about a case, in or out."""

    __tablename__ = "exchange_messages"
    __table_args__ = (
        UniqueConstraint("case_id", "side", "number", name="uq_exchange_messages_case_id"),
        Index("ix_exchange_messages_done_at_next_at", "done_at", "next_at"),
    )

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("exchange_cases.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(Text)
    """Whose message it is."""
    number: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(Text)
    state: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    officer: Mapped[str] = mapped_column(Text)
    """Who of ours did it; empty where the other side, or the machine, did."""
    body: Mapped[str] = mapped_column(Text)
    """Sealed; empty once erased."""
    signature: Mapped[str] = mapped_column(Text)
    """Of theirs: time and signature, the proof of what they said; empty where an officer entered it from edXML."""
    tries: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    """When ours is tried next; None: it goes by file."""
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    """When ours was taken over there, or theirs here."""
    trouble: Mapped[str] = mapped_column(Text)
    """Why ours was not taken."""


class PaperRow(Base):
    """A paper of a case. Its content is a file, sealed with a key that stands here alone."""

    __tablename__ = "exchange_papers"

    case_id: Mapped[str] = mapped_column(Text, primary_key=True)
    sha256: Mapped[str] = mapped_column(Text, primary_key=True)
    partner: Mapped[str] = mapped_column(Text, index=True)
    side: Mapped[str] = mapped_column(Text)
    """Whose it is."""
    message: Mapped[str] = mapped_column(Text)
    """Which message brought it; empty while only the paper has come."""
    name: Mapped[str] = mapped_column(Text)
    """Sealed."""
    type: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    file: Mapped[str] = mapped_column(Text)
    """Random; names the file."""
    key: Mapped[str] = mapped_column(Text)
    """What the file is sealed with; itself sealed."""
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    is_there: Mapped[bool]
    """Whether ours has reached the other side."""
