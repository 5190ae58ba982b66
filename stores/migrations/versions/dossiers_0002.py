"""Who wants news of which dossier."""

import sqlalchemy as sa
from alembic import op

revision = "dossiers_0002"
down_revision = "dossiers_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_follows",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("dossier", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("reminded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_follows"),
        sa.UniqueConstraint("dossier", "person", name="uq_dossier_follows_dossier"),
    )
    op.create_index("ix_dossier_follows_person", "dossier_follows", ["person"])
    op.create_index("ix_dossier_follows_next_at", "dossier_follows", ["next_at"])


def downgrade() -> None:
    op.drop_table("dossier_follows")
