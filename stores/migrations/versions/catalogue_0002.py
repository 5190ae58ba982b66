"""What officers propose to tell of a procedure."""

import sqlalchemy as sa
from alembic import op

revision = "catalogue_0002"
down_revision = "catalogue_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_proposal",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("begins", sa.Date, nullable=True),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("base", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("proposed_by", sa.Text, nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_proposal"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_catalogue_proposal_code", "catalogue_proposal", ["code"])
    op.create_index("ix_catalogue_proposal_state", "catalogue_proposal", ["state"])


def downgrade() -> None:
    op.drop_table("catalogue_proposal")
