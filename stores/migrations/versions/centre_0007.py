"""What was counted on each day, so that no page has to count it."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0007"
down_revision = "centre_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "centre_day",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counted", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_centre_day"),
    )


def downgrade() -> None:
    op.drop_table("centre_day")
