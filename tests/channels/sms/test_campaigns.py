"""Campaigns: only to those who agreed, at a pace, in the allowed hours, never too much on one day, stopped at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from channels.rendering.segments import size
from channels.sms.campaigns.audience import PHONE, Audience, Recipient, WrongList, read_audience
from channels.sms.campaigns.campaigns import Campaigns, NotPossible, RecipientState, State
from channels.sms.campaigns.rules import rules, sentence
from channels.sms.campaigns.tables import CampaignRecipientRow, CampaignRow
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Manner
from channels.sms.citizens.rows_of_person import RowsOfPerson
from channels.sms.notices.notice_rule import notice_hours
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.number_table import NumberTable
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
NAMES = {PHONE: ("số máy",), "date": ("ngày",)}


def number(place: int) -> str:
    return f"+8490{place:07d}"


def person(place: int) -> str:
    citizen = Citizen.of(number(place), SEAL)
    assert citizen is not None
    return citizen.person


class Places:
    """An outbox, a ledger, and campaigns over both, with a clock that can be moved."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.consents = Consents(database, lambda: self.now)
        outbox = Outbox(database, SEAL, NumberTable({"": ["gsm"]}), clock=lambda: self.now.timestamp())
        self.campaigns = Campaigns(
            database,
            SEAL,
            outbox,
            self.consents,
            lambda template, values, _person: (sentence(template, values),),
            rules(),
            notice_hours(),
            lambda: self.now,
        )

    def drafted(self, count: int, name: str = "căn cước") -> int:
        for place in range(count):
            self.consents.grant(person(place), Manner.KEYWORD, "w", f"t{place}")
        people = [Recipient(number(place), {"date": "01/12/2026"}) for place in range(count)]
        return self.campaigns.draft(name, "identity_card", people, "lan", lambda text: size(text).segments)

    def queued(self, state: OutgoingState = OutgoingState.WAITING) -> int:
        with self.database.reading() as session:
            return int(session.scalar(select(func.count()).where(outgoing.c.state == state)) or 0)

    def minutes(self, count: int) -> int:
        done = 0
        for _ in range(count):
            done += self.campaigns.step()
            self.now += timedelta(minutes=1)
        return done


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    yield Places(database)
    database.close()


def test_only_those_who_agreed_are_kept_and_told(places: Places) -> None:
    places.consents.grant(person(1), Manner.KEYWORD, "w", "t")
    people = [Recipient(number(place), {"date": "01/12/2026"}) for place in (1, 2, 3)]
    made = places.campaigns.draft("căn cước", "identity_card", people, "lan", lambda text: size(text).segments)
    campaign = places.campaigns.get(made)
    assert campaign is not None
    assert (campaign.without_consent, campaign.state) == (2, State.DRAFT)
    with places.database.reading() as session:
        assert list(session.scalars(select(CampaignRecipientRow.person))) == [person(1)]
    assert "01/12/2026" in places.campaigns.samples(made)[0][0]
    with pytest.raises(NotPossible, match="campaign_nobody"):
        places.campaigns.draft("x", "identity_card", people[1:], "lan", len)


def test_it_goes_out_at_its_pace_and_each_gets_it_once(places: Places) -> None:
    made = places.drafted(50)
    assert places.campaigns.step() == 0
    places.campaigns.start(made, per_hour=600)
    assert places.campaigns.step() == 10
    # Asked again within the minute, by another worker too, nothing more is due.
    assert places.campaigns.step() == 0
    places.now += timedelta(minutes=1)
    assert places.minutes(10) == 40
    campaign = places.campaigns.get(made)
    assert campaign is not None
    assert campaign.state is State.DONE
    assert places.queued() == 50
    assert places.campaigns.report(made) == {"waiting": 50}
    with places.database.reading() as session:
        assert set(session.scalars(select(CampaignRecipientRow.sealed))) == {""}


def test_a_worker_that_was_away_does_not_send_everything_at_once(places: Places) -> None:
    made = places.drafted(100)
    places.campaigns.start(made, per_hour=600)
    places.campaigns.step()
    places.now += timedelta(hours=3)
    assert places.campaigns.step() == 20


def test_nobody_is_woken(places: Places) -> None:
    made = places.drafted(3)
    places.campaigns.start(made)
    places.now = NOW.replace(hour=23)
    assert places.campaigns.step() == 0
    places.now = NOW.replace(hour=7) + timedelta(days=1)
    assert places.campaigns.step() == 3


def test_it_begins_when_it_was_told_to(places: Places) -> None:
    made = places.drafted(3)
    places.campaigns.start(made, begins_at=NOW + timedelta(hours=2))
    assert places.minutes(60) == 0
    places.now = NOW + timedelta(hours=2)
    assert places.campaigns.step() == 3


def test_whoever_changes_their_mind_meanwhile_is_not_told(places: Places) -> None:
    made = places.drafted(3)
    places.campaigns.start(made)
    places.consents.refuse(person(1), Manner.KEYWORD, "w", "n")
    assert places.campaigns.step() == 2
    assert places.campaigns.counts(made) == {RecipientState.QUEUED: 2, RecipientState.NO_CONSENT: 1}


def test_more_than_enough_on_one_day_waits_for_the_next(places: Places) -> None:
    for name in ("một", "hai", "ba"):
        places.campaigns.start(places.drafted(1, name))
    assert places.minutes(5) == rules().person_a_day == 2
    places.now = NOW + timedelta(days=1)
    assert places.campaigns.step() == 1


def test_a_pause_queues_nothing_and_goes_on_where_it_was(places: Places) -> None:
    made = places.drafted(50)
    places.campaigns.start(made, per_hour=600)
    places.campaigns.step()
    places.campaigns.pause(made)
    places.now += timedelta(minutes=5)
    assert places.minutes(3) == 0
    with pytest.raises(NotPossible, match="campaign_not_now"):
        places.campaigns.pause(made)
    places.campaigns.start(made)
    assert places.campaigns.step() == 10
    assert places.queued() == 20


def test_stopping_takes_back_what_was_not_handed_over(places: Places) -> None:
    first, second = places.drafted(30), places.drafted(30, "hai")
    places.campaigns.start(first, per_hour=600)
    places.campaigns.step()
    places.campaigns.start(second, begins_at=NOW + timedelta(days=1))
    with places.database.writing() as session:
        one = session.scalar(select(outgoing.c.id).limit(1))
        session.execute(update(outgoing).where(outgoing.c.id == one).values(state=OutgoingState.HANDED))
    assert places.campaigns.stop_all() == 2
    assert (places.queued(), places.queued(OutgoingState.CANCELLED)) == (0, 9)
    assert places.campaigns.report(first) == {"cancelled": 9, "handed": 1}
    assert places.campaigns.counts(second) == {RecipientState.STOPPED: 30}
    assert places.minutes(3) == 0
    with pytest.raises(NotPossible, match="campaign_not_now"):
        places.campaigns.start(first)


def test_an_officer_tries_it_on_an_own_telephone_at_any_hour(places: Places) -> None:
    made = places.drafted(2)
    places.now = NOW.replace(hour=23)
    assert places.campaigns.try_on(made, "0901234567", "a")
    assert places.queued() == 1
    assert not places.campaigns.try_on(made, "không có số", "b")
    assert places.campaigns.counts(made) == {RecipientState.WAITING: 2}


def test_what_is_kept_goes_when_somebody_asks_and_with_time(places: Places) -> None:
    made = places.drafted(2)
    records, citizen = (
        RowsOfPerson(places.database, CampaignRecipientRow.person, "campaigns"),
        Citizen.of(number(1), SEAL),
    )
    assert citizen is not None
    assert records.holding(citizen).entries == 1
    records.erase(citizen)
    assert records.holding(citizen).entries == 0
    places.campaigns.start(made)
    assert places.campaigns.forget_before(NOW + timedelta(days=1)) == 0
    places.campaigns.stop(made)
    assert places.campaigns.forget_before(NOW + timedelta(days=1)) == 1
    with places.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CampaignRow)) == 0


def read(text: str, template: str = "identity_card") -> Audience:
    return read_audience(text.encode(), rules().templates[template], NAMES, rules())


@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_list_is_read_as_spreadsheets_write_it(between: str) -> None:
    found = read(f"\ufeffSố máy{between}NGÀY\r\n0900 000 123{between}01/12/2026\r\n\r\n0900000123{between}x\r\n")
    assert [(one.phone, one.values) for one in found.recipients] == [("+84900000123", {"date": "01/12/2026"})]
    assert (found.repeated, found.mistakes) == (1, ())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "audience_empty"),
        ("số máy;ngày", "audience_empty"),
        ("số máy;hạn\n0900000123;x", "audience_column_missing"),
        ("số máy;ngày;họ tên\n0900000123;x;y", "audience_column_unknown"),
        ("số máy;ngày\n" + "0900000123;x\n" * 50_001, "audience_long"),
    ],
)
def test_a_wrong_list_is_refused_whole(text: str, why: str) -> None:
    with pytest.raises(WrongList, match=why):
        read(text)


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("", "value_missing"),
        ("x" * 61, "value_long"),
        ("xem http://example.org", "value_is_link"),
        ("tại bit.ly/abc", "value_is_link"),
        ("GIAM GIA 50%", "value_is_advertising"),
        ("Ưu đãi lớn", "value_is_advertising"),
    ],
)
def test_what_must_not_be_filled_in_is_named_by_its_line(value: str, why: str) -> None:
    mistakes = read(f"số máy;ngày\n0900000123;01/12/2026\n0900000124;{value}").mistakes
    assert [(one.line, one.why, one.column) for one in mistakes] == [(3, why, "date")]
    assert [one.why for one in read("số máy;ngày\nkhông;01/12").mistakes] == ["value_no_number"]


def test_every_sentence_fits_its_marks_and_is_short() -> None:
    for template, marks in rules().templates.items():
        words = sentence(template, dict.fromkeys(marks, "Ủy ban nhân dân xã"))
        assert "{" not in words
        assert len(words.split()) <= 40
