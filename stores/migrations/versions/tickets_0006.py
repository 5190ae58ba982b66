"""How citizens liked what was done about their ticket."""

import sqlalchemy as sa
from alembic import op

revision = "tickets_0006"
down_revision = "tickets_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("rating", sa.Integer))
    op.add_column("tickets", sa.Column("rated_at", sa.DateTime(timezone=True)))
    op.create_index("ix_tickets_rated_at", "tickets", ["rated_at"])


def downgrade() -> None:
    op.drop_index("ix_tickets_rated_at", "tickets")
    op.drop_column("tickets", "rated_at")
    op.drop_column("tickets", "rating")
