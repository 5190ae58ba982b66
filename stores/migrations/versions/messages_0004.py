"""Warnings of danger: who is warned where, and whom a warning reached."""

import sqlalchemy as sa
from alembic import op

revision = "messages_0004"
down_revision = "messages_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "warning_register",
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("paper", sa.Text, nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_warning_register"),
    )
    op.create_index("ix_warning_register_commune", "warning_register", ["commune"])
    op.create_table(
        "warning_given",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("marks", sa.Text, nullable=False),
        sa.Column("communes", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("by_call", sa.Boolean, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("given_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_warning_given"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_warning_given_state", "warning_given", ["state"])
    op.create_table(
        "warning_recipient",
        sa.Column("warning", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("commune", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("queued_as", sa.Text, nullable=False),
        sa.Column("last_text", sa.Text, nullable=False),
        sa.Column("call_state", sa.Text, nullable=False),
        sa.Column("answered", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("next_call_at", sa.Float, nullable=False),
        sa.Column("call_owner", sa.Text, nullable=False),
        sa.Column("call_until", sa.Float, nullable=False),
        sa.Column("last_outcome", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["warning"],
            ["warning_given.id"],
            name="fk_warning_recipient_warning_warning_given",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("warning", "person", name="pk_warning_recipient"),
    )
    op.create_index("ix_warning_recipient_person", "warning_recipient", ["person"])
    op.create_index("ix_warning_recipient_text", "warning_recipient", ["warning", "queued_as"])
    op.create_index("ix_warning_recipient_call", "warning_recipient", ["call_state", "next_call_at"])


def downgrade() -> None:
    op.drop_table("warning_recipient")
    op.drop_table("warning_given")
    op.drop_table("warning_register")
