from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy import func, select

from channels.sms.citizens.consents import Consents, Decision, Manner
from channels.sms.citizens.preferences import Preferences
from channels.sms.citizens.tables import CitizenConsent
from channels.sms.notices.notice_rule import Hours, NoticeRule, notice_hours
from runtime.clock import VIETNAM, now
from stores.database import Database

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=VIETNAM)


class Clock:
    def __init__(self) -> None:
        self.time = NOON

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'test.db'}")
    else:
        found = Database(str(request.getfixturevalue("postgres_url")))
    found.migrate()
    yield found
    found.close()


def rows(database: Database) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(CitizenConsent)) or 0)


def test_nobody_gets_notices_who_did_not_ask(database: Database) -> None:
    assert NoticeRule(Consents(database, now)).when(["a"], NOON) == {}


def test_the_newest_decision_holds_and_older_ones_stay_as_proof(database: Database) -> None:
    clock = Clock()
    consents = Consents(database, clock)
    consents.grant("a", Manner.KEYWORD, "w1", "t1")
    clock.time += timedelta(hours=1)
    assert consents.refuse("a", Manner.SENTENCE, "w2", "t2")
    assert NoticeRule(consents).when(["a"], NOON) == {}
    consents.grant("a", Manner.KEYWORD, "w1", "t3")
    assert NoticeRule(consents).when(["a"], NOON) == {"a": NOON}
    assert consents.of("b") is None
    with database.reading() as session:
        kept = session.scalars(select(CitizenConsent).order_by(CitizenConsent.id)).all()
    assert [(row.decision, row.manner, row.wording, row.purpose, row.channel) for row in kept] == [
        ("granted", "keyword", "w1", "notices", "sms"),
        ("refused", "sentence", "w2", "notices", "sms"),
        ("granted", "keyword", "w1", "notices", "sms"),
    ]
    assert kept[0].at == NOON


def test_a_consent_given_twice_is_one(database: Database) -> None:
    consents = Consents(database, now)
    consents.grant("a", Manner.KEYWORD, "w", "t1")
    consents.grant("a", Manner.KEYWORD, "w", "t2")
    assert rows(database) == 1


def test_a_refusal_is_confirmed_again_after_a_day(database: Database) -> None:
    clock = Clock()
    consents = Consents(database, clock)
    assert consents.refuse("a", Manner.KEYWORD, "w", "t1")
    clock.time += timedelta(hours=23)
    assert not consents.refuse("a", Manner.KEYWORD, "w", "t2")
    clock.time += timedelta(hours=2)
    assert consents.refuse("a", Manner.KEYWORD, "w", "t3")


def test_an_ambiguous_word_ends_only_what_there_is(database: Database) -> None:
    consents = Consents(database, now)
    assert not consents.withdraw("a", "w", "t1")
    assert consents.of("a") is None
    consents.grant("a", Manner.KEYWORD, "w", "t2")
    assert consents.withdraw("a", "w", "t3")
    assert consents.withdraw("a", "w", "t3"), "the same turn tried again"
    assert not consents.withdraw("a", "w", "t4")


def test_erasing_leaves_nothing_but_a_refusal_in_force(database: Database) -> None:
    consents = Consents(database, now)
    consents.grant("a", Manner.KEYWORD, "w", "t1")
    consents.grant("b", Manner.KEYWORD, "w", "t2")
    assert not consents.forget("a")
    assert consents.of("a") is None
    consents.refuse("b", Manner.KEYWORD, "w", "t3")
    assert consents.forget("b")
    assert rows(database) == 1
    kept = consents.of("b")
    assert kept is not None
    assert kept.decision is Decision.REFUSED


def test_a_choice_of_style_is_kept_changed_and_erased(database: Database) -> None:
    preferences = Preferences(database)
    assert preferences.diacritics("a") is None
    preferences.choose_diacritics("a", True)
    preferences.choose_diacritics("b", False)
    assert (preferences.diacritics("a"), preferences.diacritics("b")) == (True, False)
    preferences.choose_diacritics("a", False)
    assert preferences.diacritics("a") is False
    preferences.forget("a")
    assert (preferences.diacritics("a"), preferences.diacritics("b")) == (None, False)


@pytest.mark.parametrize(
    ("now", "next_moment"),
    [
        ("2026-11-23T07:00:00+07:00", "2026-11-23T07:00:00+07:00"),
        ("2026-11-23T21:59:59+07:00", "2026-11-23T21:59:59+07:00"),
        ("2026-11-23T22:00:00+07:00", "2026-11-24T07:00:00+07:00"),
        ("2026-11-23T06:59:59+07:00", "2026-11-23T07:00:00+07:00"),
        ("2026-11-23T00:00:00+07:00", "2026-11-23T07:00:00+07:00"),
        ("2026-12-31T23:30:00+07:00", "2027-01-01T07:00:00+07:00"),
        # The machine's clock may run in any zone: 16:00 in London is 23:00 in Vietnam.
        ("2026-11-23T16:00:00+00:00", "2026-11-24T07:00:00+07:00"),
        ("2026-11-23T01:00:00+00:00", "2026-11-23T01:00:00+00:00"),
    ],
)
def test_notices_wait_for_the_morning(now: str, next_moment: str) -> None:
    assert notice_hours().next(datetime.fromisoformat(now)) == datetime.fromisoformat(next_moment)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)))
def test_a_notice_never_goes_out_at_night_nor_waits_half_a_day(naive: datetime) -> None:
    now = naive.replace(tzinfo=UTC)
    hours: Hours = notice_hours()
    moment = hours.next(now)
    assert now <= moment <= now + timedelta(hours=9)
    assert 7 <= moment.astimezone(VIETNAM).hour < 22
