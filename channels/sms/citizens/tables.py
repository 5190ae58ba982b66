"""The tables of what a citizen has decided: consent to notices, and how messages are written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class CitizenConsent(Base):
    """One decision. Rows are only added, so that what held on which day can be proven."""

    __tablename__ = "citizens_consents"
    # The newest decision holds; an id must never be given out twice.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str] = mapped_column(Text, index=True)
    """Keyed hash of the telephone number."""
    purpose: Mapped[str] = mapped_column(Text)
    decision: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    manner: Mapped[str] = mapped_column(Text)
    """Whether a keyword or a whole sentence said it."""
    wording: Mapped[str] = mapped_column(Text)
    """Version of the sentences the citizen was told."""
    message: Mapped[str] = mapped_column(Text)
    """Id of the turn that said it: the same turn tried again is no second decision."""
    at: Mapped[datetime] = mapped_column(Moment)


class CitizenPreference(Base):
    """How one citizen wants messages written; no row means as the operator has set."""

    __tablename__ = "citizens_preferences"

    person: Mapped[str] = mapped_column(Text, primary_key=True)
    diacritics: Mapped[bool]
