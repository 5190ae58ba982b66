"""On which dossiers sources disagree."""

import sqlalchemy as sa
from alembic import op

revision = "dossiers_0003"
down_revision = "dossiers_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_disagreements",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_disagreements"),
        sa.UniqueConstraint("dossier", name="uq_dossier_disagreements_dossier"),
    )
    op.create_index("ix_dossier_disagreements_seen_at", "dossier_disagreements", ["seen_at"])


def downgrade() -> None:
    op.drop_table("dossier_disagreements")
