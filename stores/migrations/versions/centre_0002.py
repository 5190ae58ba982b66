"""Copies of a kiosk, kiosks taken off the list, what officers may do, and texts that wait for tomorrow."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0002"
down_revision = "centre_0001"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("centre_kiosk", sa.Column("boots", sa.Text, nullable=False, server_default=""))
    op.add_column("centre_kiosk", sa.Column("copied_at", MOMENT))
    op.add_column("centre_kiosk", sa.Column("retired_at", MOMENT))
    op.add_column("centre_officer", sa.Column("may", sa.Text, nullable=False, server_default="kiosks tickets"))
    op.add_column("centre_pending", sa.Column("kind", sa.Text, nullable=False, server_default="status"))


def downgrade() -> None:
    op.drop_column("centre_pending", "kind")
    op.drop_column("centre_officer", "may")
    for name in ("retired_at", "copied_at", "boots"):
        op.drop_column("centre_kiosk", name)
