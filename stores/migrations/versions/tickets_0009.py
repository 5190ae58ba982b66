"""Lists of tickets in the order of their indexes to the last column: far back nothing is read that is not shown."""

from alembic import op

revision = "tickets_0009"
down_revision = "tickets_0008"
branch_labels = None
depends_on = None

_COLUMNS = ("created_at", "changed_at")


def upgrade() -> None:
    for column in _COLUMNS:
        op.create_index(f"ix_tickets_state_{column}_number", "tickets", ["state", column, "number"])
        op.drop_index(f"ix_tickets_state_{column}", "tickets")


def downgrade() -> None:
    for column in _COLUMNS:
        op.create_index(f"ix_tickets_state_{column}", "tickets", ["state", column])
        op.drop_index(f"ix_tickets_state_{column}_number", "tickets")
