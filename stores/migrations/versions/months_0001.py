"""Text messages by month on PostgreSQL, so that old months are dropped whole. SQLite stays as it is.

A unique key of a partitioned table must hold the month; that a message is stored once is seen to by locks where it is
added.
"""

from datetime import datetime, timedelta, timezone

import sqlalchemy as sa
from alembic import op

revision = "months_0001"
down_revision = None
branch_labels = ("months",)
depends_on = "messages_0003"

VIETNAM = timezone(timedelta(hours=7))
TABLES = {
    "sms_incoming": (
        "stored_at",
        "key",
        {
            "due": "state, id",
            "person": "person, state, id",
            "twin": "twin",
            "stored_at": "stored_at",
        },
    ),
    "sms_outgoing": (
        "created_at",
        "reference",
        {
            "due": "state, route, priority, id",
            "answer_to": "answer_to",
            "person": "person",
            "provider_id": "provider_id",
            "created_at": "created_at",
        },
    ),
}
AHEAD = 2


def _month(year: int, month: int, by: int) -> datetime:
    return datetime(year + (month - 1 + by) // 12, (month - 1 + by) % 12 + 1, 1, tzinfo=VIETNAM)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, (at, key, indexes) in TABLES.items():
        before = f"{name}_before"
        newest = op.get_bind().execute(sa.text(f"SELECT max({at}) FROM {name}")).scalar() or 0.0
        last = datetime.fromtimestamp(max(newest, datetime.now(VIETNAM).timestamp()), VIETNAM)
        op.execute(f"ALTER TABLE {name} RENAME TO {before}")
        op.execute(f"ALTER TABLE {before} DROP CONSTRAINT pk_{name}, DROP CONSTRAINT uq_{name}_{key}")
        for index in indexes:
            op.execute(f"DROP INDEX ix_{name}_{index}")
        op.execute(f"CREATE TABLE {name} (LIKE {before} INCLUDING DEFAULTS) PARTITION BY RANGE ({at})")
        op.execute(f"ALTER SEQUENCE {name}_id_seq OWNED BY {name}.id")
        end = _month(last.year, last.month, 1)
        op.execute(f"ALTER TABLE {name} ATTACH PARTITION {before} FOR VALUES FROM (MINVALUE) TO ({end.timestamp()})")
        for by in range(1, AHEAD + 1):
            start, stop = _month(last.year, last.month, by), _month(last.year, last.month, by + 1)
            op.execute(
                f"CREATE TABLE {name}_{start:%Y_%m} PARTITION OF {name} "
                f"FOR VALUES FROM ({start.timestamp()}) TO ({stop.timestamp()})"
            )
        # What comes while no month is ready, or with a clock that is wrong.
        op.execute(f"CREATE TABLE {name}_other PARTITION OF {name} DEFAULT")
        op.execute(f"ALTER TABLE {name} ADD CONSTRAINT pk_{name} PRIMARY KEY (id, {at})")
        for index, columns in {**indexes, key: key}.items():
            op.execute(f"CREATE INDEX ix_{name}_{index} ON {name} ({columns})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for name, (_, key, indexes) in TABLES.items():
        op.execute(f"CREATE TABLE {name}_plain (LIKE {name} INCLUDING DEFAULTS)")
        op.execute(f"INSERT INTO {name}_plain SELECT * FROM {name}")
        op.execute(f"ALTER SEQUENCE {name}_id_seq OWNED BY {name}_plain.id")
        op.execute(f"DROP TABLE {name}")
        op.execute(f"ALTER TABLE {name}_plain RENAME TO {name}")
        op.execute(f"ALTER TABLE {name} ADD CONSTRAINT pk_{name} PRIMARY KEY (id)")
        op.execute(f"ALTER TABLE {name} ADD CONSTRAINT uq_{name}_{key} UNIQUE ({key})")
        for index, columns in indexes.items():
            op.execute(f"CREATE INDEX ix_{name}_{index} ON {name} ({columns})")
