"""First answers are counted by the day they were given on, and the inbox of a commune is listed: from an index each."""

from alembic import op

revision = "tickets_0011"
down_revision = "tickets_0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_answered_at", "tickets", ["answered_at"])
    op.create_index(
        "ix_tickets_commune_state_created_at_number", "tickets", ["commune", "state", "created_at", "number"]
    )
    op.drop_index("ix_tickets_commune_kind_state", "tickets")


def downgrade() -> None:
    op.create_index("ix_tickets_commune_kind_state", "tickets", ["commune", "kind", "state"])
    op.drop_index("ix_tickets_commune_state_created_at_number", "tickets")
    op.drop_index("ix_tickets_answered_at", "tickets")
