"""The token bucket of a route in the database: every worker spends from the same one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from channels.sms.queue.route_rate_limits import Rates
from channels.sms.queue.tables import rates


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    engine = create_engine(f"sqlite:///{tmp_path / 'rates.db'}")
    rates.create(engine)
    with Session(engine) as made:
        yield made
    engine.dispose()


BUCKETS = Rates(is_sqlite=True)


def test_a_route_nobody_has_used_yet_begins_with_a_full_bucket(session: Session) -> None:
    assert BUCKETS.tokens(session, "gsm", 100.0, 1000.0) == 25.0
    assert BUCKETS.tokens(session, "gsm", 100.0, 1000.0) == 25.0


def test_what_was_spent_comes_back_with_time_and_no_further_than_the_bucket_holds(session: Session) -> None:
    BUCKETS.tokens(session, "gsm", 100.0, 1000.0)
    BUCKETS.spend(session, "gsm", 5.0, 1000.0)
    assert BUCKETS.tokens(session, "gsm", 100.0, 1000.0) == 5.0
    assert BUCKETS.tokens(session, "gsm", 100.0, 1000.125) == 17.5
    assert BUCKETS.tokens(session, "gsm", 100.0, 1060.0) == 25.0


def test_each_route_has_a_bucket_of_its_own(session: Session) -> None:
    for route in ("gsm", "twilio"):
        BUCKETS.tokens(session, route, 100.0, 1000.0)
    BUCKETS.spend(session, "gsm", 0.0, 1000.0)
    assert BUCKETS.tokens(session, "gsm", 100.0, 1000.0) == 0.0
    assert BUCKETS.tokens(session, "twilio", 100.0, 1000.0) == 25.0


def test_what_one_worker_spent_is_gone_for_the_next(session: Session) -> None:
    BUCKETS.tokens(session, "gsm", 4.0, 1000.0)
    BUCKETS.spend(session, "gsm", 0.5, 1000.0)
    session.commit()
    with Session(session.get_bind()) as other:
        assert BUCKETS.tokens(other, "gsm", 4.0, 1000.0) == 0.5
