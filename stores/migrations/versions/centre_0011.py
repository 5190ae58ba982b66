"""Views of the inbox officers save, and the duty of warnings for officers who give duties and are older than it."""

import sqlalchemy as sa
from alembic import op

revision = "centre_0011"
down_revision = "centre_0010"
branch_labels = None
depends_on = None

_TABLES = ("centre_officer", "centre_invitation")


def upgrade() -> None:
    op.create_table(
        "centre_view",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("officer", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_centre_view"),
        sa.UniqueConstraint("officer", "name", name="uq_centre_view_officer"),
        sa.ForeignKeyConstraint(
            ["officer"], ["centre_officer.name"], name="fk_centre_view_officer_centre_officer", ondelete="CASCADE"
        ),
    )
    # Who gives duties could give themselves this one; nobody else gets it unasked.
    for table in _TABLES:
        op.execute(
            f"UPDATE {table} SET may = may || ' warnings' "
            "WHERE ' ' || may || ' ' LIKE '% officers %' AND ' ' || may || ' ' NOT LIKE '% warnings %'"
        )


def downgrade() -> None:
    # The program before knows the duty, and who had it cannot be told from who was given it: it stays.
    op.drop_table("centre_view")
