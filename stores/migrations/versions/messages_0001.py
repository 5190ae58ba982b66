"""Text messages in and out."""

import sqlalchemy as sa
from alembic import op

revision = "messages_0001"
down_revision = None
branch_labels = ("messages",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sms_incoming",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("twin", sa.Text),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("media", sa.Integer, nullable=False),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.Column("stored_at", sa.Double, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", sa.Double),
        sa.Column("next_try_at", sa.Double, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("sorry_at", sa.Double),
        sa.Column("answered_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_sms_incoming"),
        sa.UniqueConstraint("key", name="uq_sms_incoming_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sms_incoming_due", "sms_incoming", ["state", "id"])
    op.create_index("ix_sms_incoming_person", "sms_incoming", ["person", "state", "id"])
    op.create_index("ix_sms_incoming_twin", "sms_incoming", ["twin"])
    op.create_index("ix_sms_incoming_stored_at", "sms_incoming", ["stored_at"])
    op.create_table(
        "sms_outgoing",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
        sa.Column("answer_to", sa.Integer),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("person", sa.Text, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("segments", sa.Integer, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("refused_by", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("attempts_in_all", sa.Integer, nullable=False),
        sa.Column("next_try_at", sa.Double, nullable=False),
        sa.Column("lease_owner", sa.Text),
        sa.Column("lease_until", sa.Double),
        sa.Column("unsure_since", sa.Double),
        sa.Column("maybe_twice", sa.Integer, nullable=False),
        sa.Column("provider_id", sa.Text),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("handed_at", sa.Double),
        sa.Column("delivered_at", sa.Double),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_outgoing"),
        sa.UniqueConstraint("reference", name="uq_sms_outgoing_reference"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sms_outgoing_due", "sms_outgoing", ["state", "route", "priority", "id"])
    op.create_index("ix_sms_outgoing_answer_to", "sms_outgoing", ["answer_to"])
    op.create_index("ix_sms_outgoing_person", "sms_outgoing", ["person"])
    op.create_index("ix_sms_outgoing_provider_id", "sms_outgoing", ["provider_id"])
    op.create_index("ix_sms_outgoing_created_at", "sms_outgoing", ["created_at"])
    op.create_table(
        "sms_rates",
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("tokens", sa.Double, nullable=False),
        sa.Column("filled_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("route", name="pk_sms_rates"),
    )
    op.create_table(
        "sms_early_receipts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("route", sa.Text, nullable=False),
        sa.Column("provider_id", sa.Text, nullable=False),
        sa.Column("delivery", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sms_early_receipts"),
    )
    op.create_index("ix_sms_early_receipts_provider_id", "sms_early_receipts", ["provider_id"])


def downgrade() -> None:
    for table in ("sms_early_receipts", "sms_rates", "sms_outgoing", "sms_incoming"):
        op.drop_table(table)
