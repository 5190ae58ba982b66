"""Kiosks, what came from them, and officers."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0001"
down_revision = None
branch_labels = ("centre",)
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "centre_kiosk",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("public", sa.Text, nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("blocked_at", MOMENT),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("heard_at", MOMENT),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("clock_off", sa.Float, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre_kiosk"),
        sa.UniqueConstraint("name", name="uq_centre_kiosk_name"),
    )
    op.create_table(
        "centre_enrolment_code",
        sa.Column("lookup", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("sealed_key", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("kiosk", sa.Text),
        sa.PrimaryKeyConstraint("lookup", name="pk_centre_enrolment_code"),
        sa.ForeignKeyConstraint(
            ["kiosk"], ["centre_kiosk.id"], name="fk_centre_enrolment_code_kiosk_centre_kiosk", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "centre_received",
        sa.Column("kiosk", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("readable", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "key", name="pk_centre_received"),
    )
    op.create_index("ix_centre_received_at", "centre_received", ["at"])
    op.create_table(
        "centre_pending",
        sa.Column("kiosk", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "key", name="pk_centre_pending"),
    )
    op.create_table(
        "centre_usage",
        sa.Column("kiosk", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "day", "figure", name="pk_centre_usage"),
    )
    op.create_table(
        "centre_snapshot",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre_snapshot"),
    )
    op.create_index("ix_centre_snapshot_version", "centre_snapshot", ["version"])
    op.create_table(
        "centre_snapshot_state",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("as_of", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre_snapshot_state"),
    )
    op.create_table(
        "centre_officer",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("wrong", sa.Integer, nullable=False),
        sa.Column("locked_until", MOMENT),
        sa.PrimaryKeyConstraint("name", name="pk_centre_officer"),
    )
    op.create_table(
        "centre_session",
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_centre_session"),
        sa.ForeignKeyConstraint(
            ["officer"], ["centre_officer.name"], name="fk_centre_session_officer_centre_officer", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    for table in ("session", "officer", "snapshot_state", "snapshot", "usage", "pending", "received"):
        op.drop_table(f"centre_{table}")
    op.drop_table("centre_enrolment_code")
    op.drop_table("centre_kiosk")
