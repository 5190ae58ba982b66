"""What a citizen has decided: consent to notices, and how messages are written."""

import sqlalchemy as sa
from alembic import op

revision = "citizens_0001"
down_revision = None
branch_labels = ("citizens",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "citizens_consents",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("manner", sa.Text, nullable=False),
        sa.Column("wording", sa.Text, nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_citizens_consents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_citizens_consents_person", "citizens_consents", ["person"])
    op.create_table(
        "citizens_preferences",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("diacritics", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_citizens_preferences"),
    )


def downgrade() -> None:
    op.drop_table("citizens_preferences")
    op.drop_table("citizens_consents")
