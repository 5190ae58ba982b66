"""The tables of campaigns: what is told, to whom it still has to be, and by which messages it was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class CampaignRow(Base):
    """One campaign."""

    __tablename__ = "sms_campaign"
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """What officers call it; citizens never see it."""
    template: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, index=True)
    """:class:`channels.sms.campaigns.campaigns.State`."""
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    begins_at: Mapped[datetime | None] = mapped_column(Moment)
    per_hour: Mapped[int]
    fed_at: Mapped[datetime | None] = mapped_column(Moment)
    """When messages were queued last: the pace is counted from there."""
    without_consent: Mapped[int]
    """Numbers of its list that had not asked for notices; nothing is kept of them."""
    segments: Mapped[int]
    """Of all its messages, as they are usually written."""


class CampaignRecipientRow(Base):
    """Somebody a campaign is for."""

    __tablename__ = "sms_campaign_recipient"
    __table_args__ = (Index("ix_sms_campaign_recipient_state", "campaign", "state", "line"),)

    campaign: Mapped[int] = mapped_column(ForeignKey("sms_campaign.id", ondelete="CASCADE"), primary_key=True)
    person: Mapped[str] = mapped_column(Text, primary_key=True, index=True)
    """Keyed hash of the number: nobody is in a campaign twice."""
    line: Mapped[int]
    """In its list."""
    sealed: Mapped[str] = mapped_column(Text)
    """Number and values of the marks; empty once the message is queued, which has both."""
    state: Mapped[str] = mapped_column(Text)
    """:class:`channels.sms.campaigns.campaigns.RecipientState`."""
    not_before: Mapped[float] = mapped_column(Float)
    """Seconds since 1970: who has had enough for a day waits for the next one."""
    queued_as: Mapped[str] = mapped_column(Text)
    """Of the messages that were queued, with blanks between."""
