"""Invitations, since when officers are signed in, and the duty to give duties for those who had every duty."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0003"
down_revision = "centre_0002"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "centre_invitation",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("may", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_centre_invitation"),
    )
    op.add_column("centre_session", sa.Column("began_at", MOMENT))
    # Who might do everything there was goes on so; else nobody could give duties.
    op.execute("UPDATE centre_officer SET may = 'kiosks officers tickets' WHERE may = 'kiosks tickets'")


def downgrade() -> None:
    op.execute("UPDATE centre_officer SET may = 'kiosks tickets' WHERE may LIKE '%officers%'")
    op.drop_column("centre_session", "began_at")
    op.drop_table("centre_invitation")
