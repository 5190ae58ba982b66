"""Which dossiers a kiosk may keep: those of some agencies."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0005"
down_revision = "centre_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centre_kiosk", sa.Column("agencies", sa.Text, nullable=False, server_default=""))
    op.add_column("centre_snapshot", sa.Column("agency", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("centre_snapshot", "agency")
    op.drop_column("centre_kiosk", "agencies")
