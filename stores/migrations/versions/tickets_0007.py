"""What the assistant tried before an officer was asked for."""

import sqlalchemy as sa
from alembic import op

revision = "tickets_0007"
down_revision = "tickets_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tickets", sa.Column("tried", sa.Text, nullable=True))


def downgrade() -> None:
    op.drop_column("tickets", "tried")
