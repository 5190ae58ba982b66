"""How many segments each route has handed over in a day."""

import sqlalchemy as sa
from alembic import op

revision = "routes_0001"
down_revision = None
branch_labels = ("routes",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_route_days",
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("segments", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("route", name="pk_sms_route_days"),
    )


def downgrade() -> None:
    op.drop_table("sms_route_days")
