"""Imported procedures, notices about codes, and the version that tells processes to load them again."""

import sqlalchemy as sa
from alembic import op

revision = "catalogue_0001"
down_revision = None
branch_labels = ("catalogue",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_record",
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("province", sa.Text, nullable=False),
        sa.Column("format", sa.Text, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("checked_on", sa.Date, nullable=False),
        sa.Column("content_hash", sa.Text, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("official_name", sa.Text, nullable=False),
        sa.Column("agency", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("levels", sa.Text, nullable=False),
        sa.Column("subjects", sa.Text, nullable=False),
        sa.Column("replaced_by", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("code", "province", "format", name="pk_catalogue_record"),
    )
    op.create_table(
        "catalogue_notice",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_catalogue_notice"),
    )
    state = op.create_table(
        "catalogue_state",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_catalogue_state"),
    )
    op.bulk_insert(state, [{"id": 1, "version": 1}])


def downgrade() -> None:
    op.drop_table("catalogue_state")
    op.drop_table("catalogue_notice")
    op.drop_table("catalogue_record")
