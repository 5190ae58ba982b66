"""Officers whose accounts an OpenID provider keeps."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0006"
down_revision = "centre_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("centre_officer", sa.Column("subject", sa.Text, nullable=True))
    op.create_index("ix_centre_officer_subject", "centre_officer", ["subject"], unique=True)


def downgrade() -> None:
    op.drop_index("ix_centre_officer_subject", "centre_officer")
    op.drop_column("centre_officer", "subject")
