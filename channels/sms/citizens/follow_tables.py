"""Where it stands who wants news of which dossier."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class FollowRow(Base):
    """One dossier followed by one number; gone when it ends."""

    __tablename__ = "dossier_follows"
    __table_args__ = (UniqueConstraint("dossier", "person", name="uq_dossier_follows_dossier"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dossier: Mapped[str] = mapped_column(Text)
    """Keyed hash of the code."""
    person: Mapped[str] = mapped_column(Text, index=True)
    """Keyed hash of the number."""
    sealed: Mapped[str] = mapped_column(Text)
    """Code and number."""
    language: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    """Told last."""
    since: Mapped[datetime] = mapped_column(Moment)
    """When that state was seen first."""
    begun_at: Mapped[datetime] = mapped_column(Moment)
    next_at: Mapped[datetime] = mapped_column(Moment, index=True)
    failures: Mapped[int]
    reminded: Mapped[bool]
    """Whether it was said that this state still waits for the citizen."""
