"""The access log of dossiers; the database itself refuses to change a row."""

import sqlalchemy as sa
from alembic import op

revision = "dossiers_0001"
down_revision = None
branch_labels = ("dossiers",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dossier_look_ups",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("dossier", sa.Text, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_dossier_look_ups"),
    )
    op.create_index("ix_dossier_look_ups_at", "dossier_look_ups", ["at"])
    op.create_index("ix_dossier_look_ups_dossier", "dossier_look_ups", ["dossier"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER dossier_look_ups_only_added BEFORE UPDATE ON dossier_look_ups "
            "BEGIN SELECT RAISE(ABORT, 'rows of dossier_look_ups are only added'); END"
        )
    else:
        op.execute(
            "CREATE OR REPLACE FUNCTION dossier_look_ups_only_added() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of dossier_look_ups are only added'; END $$"
        )
        op.execute(
            "CREATE TRIGGER dossier_look_ups_only_added BEFORE UPDATE ON dossier_look_ups "
            "FOR EACH ROW EXECUTE FUNCTION dossier_look_ups_only_added()"
        )


def downgrade() -> None:
    op.drop_table("dossier_look_ups")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION dossier_look_ups_only_added()")
