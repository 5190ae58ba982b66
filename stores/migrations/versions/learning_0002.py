"""Whether answers helped."""

import sqlalchemy as sa
from alembic import op

revision = "learning_0002"
down_revision = "learning_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "learning_ratings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("helped", sa.Boolean, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_learning_ratings"),
        sa.UniqueConstraint("day", "channel", "about", "helped", name="uq_learning_ratings_day"),
    )


def downgrade() -> None:
    op.drop_table("learning_ratings")
