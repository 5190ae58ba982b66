"""What waits on a kiosk for the line, and the dossiers it may tell of without one."""

import sqlalchemy as sa
from alembic import op

revision = "kiosk_0001"
down_revision = None
branch_labels = ("kiosk",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kiosk_outgoing",
        sa.Column("sequence", sa.Integer, nullable=False, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("wall", sa.Double, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("ticks", sa.Double, nullable=False),
        sa.Column("refused", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_kiosk_outgoing"),
        sa.UniqueConstraint("key", name="uq_kiosk_outgoing_key"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "kiosk_boot",
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("boot", name="pk_kiosk_boot"),
    )
    op.create_table(
        "kiosk_usage",
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("figure", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "figure", name="pk_kiosk_usage"),
    )
    op.create_table(
        "kiosk_snapshot",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kiosk_snapshot"),
    )
    op.create_table(
        "kiosk_snapshot_state",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("as_of", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_kiosk_snapshot_state"),
    )


def downgrade() -> None:
    for table in ("snapshot_state", "snapshot", "usage", "boot", "outgoing"):
        op.drop_table(f"kiosk_{table}")
