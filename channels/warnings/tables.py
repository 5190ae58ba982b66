"""The tables of warnings: who is warned where, what is warned of, and whom it reached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class WarnedRow(Base):
    """Somebody who asked to be warned of danger in a commune; a number stands in one commune."""

    __tablename__ = "warning_register"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    """Keyed hash of the number."""
    commune: Mapped[str] = mapped_column(Text, index=True)
    """As officers write it; a place of thousands."""
    sealed: Mapped[str] = mapped_column(Text)
    """The number."""
    paper: Mapped[str] = mapped_column(Text)
    """Officer, and number of the signed paper."""
    since: Mapped[datetime] = mapped_column(Moment)


class WarningRow(Base):
    """One warning."""

    __tablename__ = "warning_given"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    template: Mapped[str] = mapped_column(Text)
    marks: Mapped[str] = mapped_column(Text)
    """Values of the sentence's marks, as JSON: places and times, no person."""
    communes: Mapped[str] = mapped_column(Text)
    """Names, as JSON."""
    state: Mapped[str] = mapped_column(Text, index=True)
    """:class:`channels.warnings.given.State`."""
    by_call: Mapped[bool]
    made_by: Mapped[str] = mapped_column(Text)
    given_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    given_at: Mapped[datetime | None] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class WarningRecipientRow(Base):
    """Somebody a warning is for."""

    __tablename__ = "warning_recipient"
    __table_args__ = (
        Index("ix_warning_recipient_text", "warning", "queued_as"),
        Index("ix_warning_recipient_call", "call_state", "next_call_at"),
    )

    warning: Mapped[int] = mapped_column(ForeignKey("warning_given.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    commune: Mapped[str] = mapped_column(Text)
    sealed: Mapped[str] = mapped_column(Text)
    """The number, while it still has to be written to or called."""
    queued_as: Mapped[str] = mapped_column(Text)
    """Of its text messages, with blanks between; empty before they are queued."""
    last_text: Mapped[str] = mapped_column(Text)
    """The last of them: who has that one has the whole warning."""
    call_state: Mapped[str] = mapped_column(Text)
    """:class:`channels.warnings.calls.CallState`."""
    answered: Mapped[bool]
    """Whether some call was taken."""
    tries: Mapped[int]
    next_call_at: Mapped[float] = mapped_column(Float)
    """Seconds since 1970."""
    call_owner: Mapped[str] = mapped_column(Text)
    """The process that calls now."""
    call_until: Mapped[float] = mapped_column(Float)
    """Until when it may; after that it is gone."""
    last_outcome: Mapped[str] = mapped_column(Text)
