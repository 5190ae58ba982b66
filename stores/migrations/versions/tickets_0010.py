"""Tickets their citizens were unhappy with are counted at every look at the inbox: from an index alone."""

from alembic import op

revision = "tickets_0010"
down_revision = "tickets_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_state_rating", "tickets", ["state", "rating"])


def downgrade() -> None:
    op.drop_index("ix_tickets_state_rating", "tickets")
