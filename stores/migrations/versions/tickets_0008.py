"""Which commune a ticket is about, for duplicates, figures and the inbox."""

import sqlalchemy as sa
from alembic import op

revision = "tickets_0008"
down_revision = "tickets_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("commune", sa.Text, nullable=True))
    op.create_index("ix_tickets_commune_kind_state", "tickets", ["commune", "kind", "state"])


def downgrade() -> None:
    op.drop_index("ix_tickets_commune_kind_state", "tickets")
    op.drop_column("tickets", "commune")
