"""Who holds a ticket, what was promised, what was written in it, and how it ended."""

import sqlalchemy as sa
from alembic import op

from language.languages import default_language

revision = "tickets_0002"
down_revision = "tickets_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("tickets", sa.Column("language", sa.Text, nullable=False, server_default=default_language()))
    for name in ("officer", "agency", "outcome"):
        op.add_column("tickets", sa.Column(name, sa.Text))
    for name in ("due_at", "answered_at", "live_until"):
        op.add_column("tickets", sa.Column(name, MOMENT))
    op.create_index("ix_tickets_changed_at", "tickets", ["changed_at"])
    op.create_index("ix_tickets_state_created_at", "tickets", ["state", "created_at"])
    op.create_index("ix_tickets_officer_state", "tickets", ["officer", "state"])
    op.create_table(
        "ticket_lines",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("number", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ticket_lines"),
        sa.UniqueConstraint("key", name="uq_ticket_lines_key"),
        sa.ForeignKeyConstraint(
            ["number"], ["tickets.number"], name="fk_ticket_lines_number_tickets", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_ticket_lines_number", "ticket_lines", ["number"])


def downgrade() -> None:
    op.drop_table("ticket_lines")
    op.drop_index("ix_tickets_officer_state", "tickets")
    op.drop_index("ix_tickets_state_created_at", "tickets")
    op.drop_index("ix_tickets_changed_at", "tickets")
    for name in ("live_until", "answered_at", "due_at", "outcome", "agency", "officer", "language"):
        op.drop_column("tickets", name)
