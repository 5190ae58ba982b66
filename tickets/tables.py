"""Where tickets and what officers did with them are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from language.languages import default_language
from stores.database import Base
from stores.utc_datetime import Moment


class TicketRow(Base):
    """One ticket. What could tell who asked is sealed."""

    __tablename__ = "tickets"

    number: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    kind: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(Text)
    procedure: Mapped[str | None] = mapped_column(Text)
    person: Mapped[str | None] = mapped_column(Text, index=True)
    """Keyed hash of the number, so that somebody's tickets can be shown to and erased for that person."""
    contact: Mapped[str | None] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    place: Mapped[str] = mapped_column(Text)
    tried: Mapped[str | None] = mapped_column(Text)
    """What the assistant tried before, redacted and sealed; None where it tried nothing."""
    state: Mapped[str] = mapped_column(Text, index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    changed_at: Mapped[datetime] = mapped_column(Moment, index=True)
    language: Mapped[str] = mapped_column(Text, default=default_language)
    officer: Mapped[str | None] = mapped_column(Text)
    """Who holds it."""
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    agency: Mapped[str | None] = mapped_column(Text)
    outcome: Mapped[str | None] = mapped_column(Text)
    live_until: Mapped[datetime | None] = mapped_column(Moment)
    """Until when the assistant keeps still for this person."""
    rating: Mapped[int | None] = mapped_column(Integer)
    rated_at: Mapped[datetime | None] = mapped_column(Moment, index=True)
    commune: Mapped[str | None] = mapped_column(Text)
    """Code of the commune it is about; None where that is not sure."""

    __table_args__ = (
        Index("ix_tickets_state_created_at_number", "state", "created_at", "number"),
        Index("ix_tickets_state_changed_at_number", "state", "changed_at", "number"),
        Index("ix_tickets_state_rating", "state", "rating"),
        Index("ix_tickets_officer_state", "officer", "state"),
        Index("ix_tickets_commune_state_created_at_number", "commune", "state", "created_at", "number"),
        Index("ix_tickets_state_answered_at_due_at", "state", "answered_at", "due_at"),
    )


class TicketLineRow(Base):
    """Something written in a ticket after it was made."""

    __tablename__ = "ticket_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("tickets.number", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    """Idempotency key: a form sent twice, a message answered again, is one line."""
    at: Mapped[datetime] = mapped_column(Moment)
    author: Mapped[str] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(Text)
    words: Mapped[str] = mapped_column(Text)
    """Sealed."""


class ReportRow(Base):
    """What everybody may read of a report with a place; its ticket has the same number."""

    __tablename__ = "ticket_reports"

    number: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    token: Mapped[str] = mapped_column(Text, unique=True)
    service: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    """Sealed; told with numbers and names taken out."""
    address: Mapped[str] = mapped_column(Text)
    """Sealed."""
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    attributes: Mapped[str] = mapped_column(Text)
    """JSON, sealed."""
    media: Mapped[str] = mapped_column(Text)
    """Addresses of photos, JSON."""
    requested_at: Mapped[datetime] = mapped_column(Moment, index=True)
    jurisdiction: Mapped[str] = mapped_column(Text)
    moderated: Mapped[bool]
    is_test: Mapped[bool]


class TicketEventRow(Base):
    """Who looked at or changed a ticket: reading personal data leaves a trace."""

    __tablename__ = "ticket_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("tickets.number", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    officer: Mapped[str] = mapped_column(Text)
    what: Mapped[str] = mapped_column(Text)
