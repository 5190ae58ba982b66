"""Where utterances wait for a label, and where it is counted whether answers helped."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base


class LearningUtterance(Base):
    """One row for everything that reads the same once normalised."""

    __tablename__ = "learning_utterances"
    # An id somebody has on the screen must never come to mean another utterance.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Text, unique=True)
    """SHA-256 of the normalised text; stays when a dropped utterance's text is erased."""
    text: Mapped[str] = mapped_column(Text)
    normalised: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    intent: Mapped[str] = mapped_column(Text)
    candidates: Mapped[str] = mapped_column(Text)
    """JSON list of code and chance."""
    answered: Mapped[str] = mapped_column(Text)
    first_day: Mapped[date]
    last_day: Mapped[date]
    times: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    label: Mapped[str] = mapped_column(Text)


class LearningRating(Base):
    """How often answers about one thing helped, or did not, on one day by one channel."""

    __tablename__ = "learning_ratings"
    __table_args__ = (UniqueConstraint("day", "channel", "about", "helped", name="uq_learning_ratings_day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    channel: Mapped[str] = mapped_column(Text)
    about: Mapped[str] = mapped_column(Text)
    """Code of a procedure, id of an entry, or nothing."""
    helped: Mapped[bool]
    times: Mapped[int]
