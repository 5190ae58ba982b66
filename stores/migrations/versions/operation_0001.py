"""The row readiness writes."""

import sqlalchemy as sa
from alembic import op

revision = "operation_0001"
down_revision = None
branch_labels = ("operation",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operation_signs",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_operation_signs"),
    )


def downgrade() -> None:
    op.drop_table("operation_signs")
