"""How often a living core has failed at a message."""

import sqlalchemy as sa
from alembic import op

revision = "messages_0002"
down_revision = "messages_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sms_incoming", sa.Column("faults", sa.Integer, nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("sms_incoming") as table:
        table.drop_column("faults")
