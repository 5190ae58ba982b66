"""How boxes were hour by hour, what was ordered of them, and which box takes another's place."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0008"
down_revision = "centre_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "centre_kiosk_hour",
        sa.Column("kiosk", sa.Text, nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("heard", sa.Integer, nullable=False),
        sa.Column("waiting", sa.Integer, nullable=False),
        sa.Column("disk_free", sa.Integer, nullable=False),
        sa.Column("microphone", sa.Text, nullable=False),
        sa.Column("printer", sa.Text, nullable=False),
        sa.Column("bundle", sa.Integer, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kiosk", "hour", name="pk_centre_kiosk_hour"),
    )
    op.create_table(
        "centre_order",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kiosk", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.Text, nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("log", sa.Text, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_centre_order"),
    )
    op.create_index("ix_centre_order_kiosk", "centre_order", ["kiosk"])
    op.add_column("centre_enrolment_code", sa.Column("replaces", sa.Text, nullable=True))


def downgrade() -> None:
    op.drop_column("centre_enrolment_code", "replaces")
    op.drop_index("ix_centre_order_kiosk", "centre_order")
    op.drop_table("centre_order")
    op.drop_table("centre_kiosk_hour")
