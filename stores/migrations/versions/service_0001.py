"""What is out of service."""

import sqlalchemy as sa
from alembic import op

revision = "service_0001"
down_revision = None
branch_labels = ("service",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "out_of_service",
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("sentence", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("officer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("scope", name="pk_out_of_service"),
    )


def downgrade() -> None:
    op.drop_table("out_of_service")
