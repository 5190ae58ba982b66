"""Webhooks, digests by mail, and the duty of the catalogue for officers who give duties and are older than it."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0009"
down_revision = "centre_0008"
branch_labels = None
depends_on = None

_TABLES = ("centre_officer", "centre_invitation")


def upgrade() -> None:
    op.create_table(
        "centre_subscriber",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("rests", sa.Boolean, nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Integer),
        sa.PrimaryKeyConstraint("id", name="pk_centre_subscriber"),
    )
    op.create_table(
        "centre_push",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("subscriber", sa.Integer, nullable=False),
        sa.Column("report", sa.Text, nullable=False),
        sa.Column("is_new", sa.Boolean, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True)),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre_push"),
        sa.UniqueConstraint("subscriber", "report", name="uq_centre_push_subscriber"),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["centre_subscriber.id"],
            name="fk_centre_push_subscriber_centre_subscriber",
            ondelete="CASCADE",
        ),
    )
    op.create_table(
        "centre_digest",
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("hour", sa.Integer, nullable=False),
        sa.Column("sent_on", sa.Date),
        sa.PrimaryKeyConstraint("officer", name="pk_centre_digest"),
        sa.ForeignKeyConstraint(
            ["officer"], ["centre_officer.name"], name="fk_centre_digest_officer_centre_officer", ondelete="CASCADE"
        ),
    )
    for table in _TABLES:
        op.execute(
            f"UPDATE {table} SET may = may || ' catalogue' "
            "WHERE ' ' || may || ' ' LIKE '% officers %' AND ' ' || may || ' ' NOT LIKE '% catalogue %'"
        )


def downgrade() -> None:
    # Who had the duty before cannot be told from who was given it: it stays.
    op.drop_table("centre_digest")
    op.drop_table("centre_push")
    op.drop_table("centre_subscriber")
