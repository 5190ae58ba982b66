"""What the centre keeps of its kiosks and officers."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Float, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from stores.database import Base
from stores.utc_datetime import Moment


class KioskRow(Base):
    """One enrolled box, and how it was when it was last heard."""

    __tablename__ = "centre_kiosk"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text, unique=True)
    public: Mapped[str] = mapped_column(Text)
    """Its public keys."""
    enrolled_at: Mapped[datetime] = mapped_column(Moment)
    blocked_at: Mapped[datetime | None] = mapped_column(Moment)
    sequence: Mapped[int] = mapped_column(BigInteger)
    """The last request of it that was taken; see :mod:`kiosk.protocol.signing`."""
    heard_at: Mapped[datetime | None] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(Text)
    """:class:`kiosk.protocol.messages.State` as JSON."""
    clock_off: Mapped[float] = mapped_column(Float)
    """Seconds its clock was ahead when it was heard."""
    boots: Mapped[str] = mapped_column(Text, default="", server_default="")
    """The last runs of its machine, the newest at the end, by the beginnings of their ids."""
    copied_at: Mapped[datetime | None] = mapped_column(Moment)
    """When two machines were last found to speak as this kiosk."""
    retired_at: Mapped[datetime | None] = mapped_column(Moment)
    agencies: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Beginnings of the agency codes whose dossiers it may keep, with blanks between; empty: all of the source's."""
    """When it was taken off the list; it stays shut out, and its name is free."""
    commune: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Code of the commune it stands in; empty: nobody said."""


class HourRow(Base):
    """How a box was in an hour in which it was heard; see :mod:`centre.health_history`."""

    __tablename__ = "centre_kiosk_hour"

    kiosk: Mapped[str] = mapped_column(Text, primary_key=True)
    hour: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    heard: Mapped[int]
    """How often."""
    waiting: Mapped[int]
    disk_free: Mapped[int]
    """Megabytes."""
    microphone: Mapped[str] = mapped_column(Text)
    printer: Mapped[str] = mapped_column(Text)
    bundle: Mapped[int]
    boot: Mapped[str] = mapped_column(Text)


class OrderRow(Base):
    """What an officer has ordered of a box; see :mod:`centre.orders`."""

    __tablename__ = "centre_order"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kiosk: Mapped[str] = mapped_column(Text, index=True)
    kind: Mapped[str] = mapped_column(Text)
    officer: Mapped[str] = mapped_column(Text)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    outcome: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    log: Mapped[str | None] = mapped_column(Text)
    """Lines of the box's log, sealed."""


class EnrolmentCodeRow(Base):
    """A one-time code; the code itself is nowhere, what both sides prove with is sealed."""

    __tablename__ = "centre_enrolment_code"

    lookup: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    sealed_key: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    kiosk: Mapped[str | None] = mapped_column(ForeignKey("centre_kiosk.id", ondelete="CASCADE"))
    """Who has used it: that box may ask again, when the answer did not reach it, and nobody else."""
    replaces: Mapped[str | None] = mapped_column(Text)
    """Id of the kiosk whose name and place the new box takes over."""


class ReceivedRow(Base):
    """An entry that is done."""

    __tablename__ = "centre_received"

    kiosk: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    readable: Mapped[bool]


class PendingRow(Base):
    """A look-up whose back end was away, too, or a message beyond what a kiosk may send in a day."""

    __tablename__ = "centre_pending"

    kiosk: Mapped[str] = mapped_column(Text, primary_key=True)
    key: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text, server_default="status")
    sealed: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(Moment)


class UsageRow(Base):
    """What was counted at a kiosk on a day."""

    __tablename__ = "centre_usage"

    kiosk: Mapped[str] = mapped_column(Text, primary_key=True)
    day: Mapped[str] = mapped_column(Text, primary_key=True)
    figure: Mapped[str] = mapped_column(Text, primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


class SnapshotRow(Base):
    """A dossier's record for kiosks; see :mod:`kiosk.protocol.snapshot`."""

    __tablename__ = "centre_snapshot"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger, index=True)
    """At which it changed last."""
    sealed: Mapped[str] = mapped_column(Text)
    """Empty: gone."""
    agency: Mapped[str] = mapped_column(Text, default="", server_default="")
    """Whose dossier it is, as its code begins: by it the snapshot is cut for each kiosk."""


class SnapshotStateRow(Base):
    """One row: the version, and when the back end was asked."""

    __tablename__ = "centre_snapshot_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)
    as_of: Mapped[datetime] = mapped_column(Moment)


class DayRow(Base):
    """What was counted on a day; see :mod:`centre.figures`."""

    __tablename__ = "centre_day"

    day: Mapped[date] = mapped_column(primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(Moment)
    counted: Mapped[str] = mapped_column(Text)
    """:class:`centre.figures.Day` as JSON."""


class OfficerRow(Base):
    """Somebody who may sign in."""

    __tablename__ = "centre_officer"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    password: Mapped[str] = mapped_column(Text)
    """Hashed with scrypt."""
    may: Mapped[str] = mapped_column(Text, server_default="kiosks tickets")
    """:class:`centre.officers.Duty` names, with spaces between."""
    totp: Mapped[str | None] = mapped_column(Text)
    """Secret of the second factor, sealed; None where there is none."""
    totp_used: Mapped[int | None] = mapped_column(BigInteger)
    """The last step of thirty seconds a code was taken of."""
    recovery: Mapped[str] = mapped_column(Text, server_default="")
    """Keyed hashes of recovery codes that were not used, with spaces between."""
    subject: Mapped[str | None] = mapped_column(Text, unique=True, index=True)
    """Keyed hash of issuer and subject, of an account kept by the OpenID provider; None for one kept here."""


class SessionRow(Base):
    """A sign-in; of its token only the keyed hash is kept."""

    __tablename__ = "centre_session"

    token: Mapped[str] = mapped_column(Text, primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("centre_officer.name", ondelete="CASCADE"))
    began_at: Mapped[datetime | None] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)


class SubscriberRow(Base):
    """Whom signed webhooks tell of changed reports."""

    __tablename__ = "centre_subscriber"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    """What signs, sealed."""
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Moment)
    noticed_at: Mapped[datetime] = mapped_column(Moment)
    """Up to when changes of reports were noticed."""
    rests: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    status: Mapped[int | None]
    """Of the last try."""


class DigestRow(Base):
    """An officer who wants to hear by mail what waits."""

    __tablename__ = "centre_digest"

    officer: Mapped[str] = mapped_column(ForeignKey("centre_officer.name", ondelete="CASCADE"), primary_key=True)
    address: Mapped[str] = mapped_column(Text)
    """Sealed."""
    hour: Mapped[int]
    """From when on, in Vietnam."""
    sent_on: Mapped[date | None]


class ViewRow(Base):
    """A view of the inbox an officer has saved; see :mod:`centre.views`."""

    __tablename__ = "centre_view"
    __table_args__ = (UniqueConstraint("officer", "name", name="uq_centre_view_officer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(ForeignKey("centre_officer.name", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    """Keyed hash of officer and name; of a version before this one the name itself."""
    address: Mapped[str] = mapped_column(Text)
    """The name, and what the inbox is narrowed to: JSON, sealed."""


class PushRow(Base):
    """A report whose change a subscriber has not taken yet."""

    __tablename__ = "centre_push"
    __table_args__ = (UniqueConstraint("subscriber", "report", name="uq_centre_push_subscriber"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subscriber: Mapped[int] = mapped_column(ForeignKey("centre_subscriber.id", ondelete="CASCADE"))
    report: Mapped[str] = mapped_column(Text)
    """Its number."""
    is_new: Mapped[bool]
    tries: Mapped[int]
    first_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was first sent and not taken."""
    due_at: Mapped[datetime] = mapped_column(Moment)


class InvitationRow(Base):
    """A one-time link with which somebody becomes an officer; of its key only the keyed hash is kept."""

    __tablename__ = "centre_invitation"

    key: Mapped[str] = mapped_column(Text, primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    """Who it is for; empty for the first officer, who chooses a name."""
    may: Mapped[str] = mapped_column(Text)
    """:class:`centre.officers.Duty` names, with spaces between."""
    expires_at: Mapped[datetime] = mapped_column(Moment)
