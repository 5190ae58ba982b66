"""Cases exchanged with other agencies."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "exchange_0001"
down_revision = None
branch_labels = ("exchange",)
depends_on = None


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text, nullable=nullable)


def number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer, nullable=False)


def upgrade() -> None:
    op.create_table(
        "exchange_partners",
        text("code"),
        text("name"),
        text("url"),
        text("keys"),
        sa.Column("is_on", sa.Boolean, nullable=False),
        moment("changed_at"),
        sa.PrimaryKeyConstraint("code", name="pk_exchange_partners"),
    )
    op.create_table(
        "exchange_own_keys",
        text("public"),
        text("private"),
        moment("made_at"),
        sa.PrimaryKeyConstraint("public", name="pk_exchange_own_keys"),
    )
    op.create_table(
        "exchange_cases",
        text("id"),
        text("key"),
        text("partner"),
        text("side"),
        text("ticket", nullable=True),
        text("subject"),
        text("words"),
        text("procedure", nullable=True),
        text("dossier"),
        number("working_days"),
        text("progress", nullable=True),
        text("back", nullable=True),
        moment("received_at", nullable=True),
        moment("awaiting_since", nullable=True),
        text("paused"),
        moment("made_at"),
        moment("changed_at"),
        moment("ended_at", nullable=True),
        number("last_out"),
        number("last_in"),
        moment("erased_at", nullable=True),
        moment("erased_there_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_cases"),
        sa.UniqueConstraint("key", name="uq_exchange_cases_key"),
    )
    for name in ("partner", "ticket", "changed_at"):
        op.create_index(f"ix_exchange_cases_{name}", "exchange_cases", [name])
    op.create_index("ix_exchange_cases_side_ended_at", "exchange_cases", ["side", "ended_at"])
    op.create_table(
        "exchange_messages",
        text("id"),
        text("case_id"),
        text("side"),
        number("number"),
        text("kind"),
        text("state", nullable=True),
        moment("at"),
        text("officer"),
        text("body"),
        text("signature"),
        number("tries"),
        moment("next_at", nullable=True),
        moment("done_at", nullable=True),
        text("trouble"),
        sa.PrimaryKeyConstraint("id", name="pk_exchange_messages"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["exchange_cases.id"], name="fk_exchange_messages_case_id_exchange_cases", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("case_id", "side", "number", name="uq_exchange_messages_case_id"),
    )
    op.create_index("ix_exchange_messages_done_at_next_at", "exchange_messages", ["done_at", "next_at"])
    op.create_table(
        "exchange_papers",
        text("case_id"),
        text("sha256"),
        text("partner"),
        text("side"),
        text("message"),
        text("name"),
        text("type"),
        number("size"),
        text("file"),
        text("key"),
        moment("at"),
        sa.Column("is_there", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "sha256", name="pk_exchange_papers"),
    )
    for name in ("partner", "at"):
        op.create_index(f"ix_exchange_papers_{name}", "exchange_papers", [name])


def downgrade() -> None:
    for name in ("papers", "messages", "cases", "own_keys", "partners"):
        op.drop_table(f"exchange_{name}")
