"""The list of what is done, the latest first, without sorting all of it."""

from alembic import op

revision = "tickets_0004"
down_revision = "tickets_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_state_changed_at", "tickets", ["state", "changed_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_state_changed_at", "tickets")
