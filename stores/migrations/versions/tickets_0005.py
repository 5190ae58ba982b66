"""What is overdue is counted from an index alone."""

from alembic import op

revision = "tickets_0005"
down_revision = "tickets_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_state_answered_at_due_at", "tickets", ["state", "answered_at", "due_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_state_answered_at_due_at", "tickets")
