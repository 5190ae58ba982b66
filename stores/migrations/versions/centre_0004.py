"""A second factor of officers; columns nobody reads any more go."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0004"
down_revision = "centre_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centre_officer", sa.Column("totp", sa.Text))
    op.add_column("centre_officer", sa.Column("totp_used", sa.BigInteger))
    op.add_column("centre_officer", sa.Column("recovery", sa.Text, nullable=False, server_default=""))
    op.drop_column("centre_officer", "wrong")
    op.drop_column("centre_officer", "locked_until")


def downgrade() -> None:
    op.add_column("centre_officer", sa.Column("locked_until", sa.DateTime(timezone=True)))
    op.add_column("centre_officer", sa.Column("wrong", sa.Integer, nullable=False, server_default="0"))
    op.drop_column("centre_officer", "recovery")
    op.drop_column("centre_officer", "totp_used")
    op.drop_column("centre_officer", "totp")
