"""The public side of reports with a place."""

import sqlalchemy as sa
from alembic import op

revision = "tickets_0003"
down_revision = "tickets_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_reports",
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("service", sa.Text, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("media", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("moderated", sa.Boolean, nullable=False),
        sa.Column("is_test", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_ticket_reports"),
        sa.UniqueConstraint("key", name="uq_ticket_reports_key"),
        sa.UniqueConstraint("token", name="uq_ticket_reports_token"),
    )
    op.create_index("ix_ticket_reports_requested_at", "ticket_reports", ["requested_at"])


def downgrade() -> None:
    op.drop_table("ticket_reports")
