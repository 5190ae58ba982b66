"""Which commune a kiosk stands in, for the map and for tickets made at it."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0010"
down_revision = "centre_0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centre_kiosk", sa.Column("commune", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("centre_kiosk", "commune")
