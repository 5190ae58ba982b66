"""Keys of persons' rows in backups."""

import sqlalchemy as sa
from alembic import op

revision = "erasures_0002"
down_revision = "erasures_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "copy_keys",
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("subject", name="pk_copy_keys"),
        sa.UniqueConstraint("token", name="uq_copy_keys_token"),
    )


def downgrade() -> None:
    op.drop_table("copy_keys")
