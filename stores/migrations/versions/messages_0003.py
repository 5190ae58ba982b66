"""Campaigns: one sentence to many."""

import sqlalchemy as sa
from alembic import op

revision = "messages_0003"
down_revision = "messages_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_campaign",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("per_hour", sa.Integer, nullable=False),
        sa.Column("fed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("without_consent", sa.Integer, nullable=False),
        sa.Column("segments", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_campaign"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sms_campaign_state", "sms_campaign", ["state"])
    op.create_table(
        "sms_campaign_recipient",
        sa.Column("campaign", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("not_before", sa.Float, nullable=False),
        sa.Column("queued_as", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign"],
            ["sms_campaign.id"],
            name="fk_sms_campaign_recipient_campaign_sms_campaign",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("campaign", "person", name="pk_sms_campaign_recipient"),
    )
    op.create_index("ix_sms_campaign_recipient_person", "sms_campaign_recipient", ["person"])
    op.create_index("ix_sms_campaign_recipient_state", "sms_campaign_recipient", ["campaign", "state", "line"])


def downgrade() -> None:
    op.drop_table("sms_campaign_recipient")
    op.drop_table("sms_campaign")
