"""Warnings of danger: to those of a commune who asked, at any hour, by text and call, until they end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from channels.sms.campaigns.campaigns import NotPossible
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import WARNINGS, Consents, Manner
from channels.sms.notices.notice_rule import NoticeRule
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.queued import Room
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.number_table import NumberTable
from channels.sms.routes.route import Limits
from channels.warnings.calls import DueCall, WarningCalls
from channels.warnings.given import Reach, State, Warnings
from channels.warnings.register import Entry, WarningRegister
from channels.warnings.rules import Outcome, warning_rules, warning_sentence
from channels.warnings.tables import WarningRecipientRow
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")
NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=VIETNAM)
VALUES = {"place": "xã Ví Dụ", "time": "5 giờ"}
ROOM = Room("gsm", Limits(per_second=1000.0, window=1000, longest=480, idempotent=False), 1000)


def number(place: int) -> str:
    return f"+8490{place:07d}"


def person(place: int) -> str:
    citizen = Citizen.of(number(place), SEAL)
    assert citizen is not None
    return citizen.person


class Places:
    """A register, an outbox, warnings and their calls, with a clock that can be moved."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NIGHT
        self.consents = Consents(database, lambda: self.now)
        self.register = WarningRegister(database, SEAL, self.consents, lambda: self.now)
        table = NumberTable({"": ["gsm"]})
        self.outbox = Outbox(database, SEAL, table, NoticeRule(self.consents), clock=lambda: self.now.timestamp())
        self.upkeep = OutboxUpkeep(database, SEAL, table, clock=lambda: self.now.timestamp())
        rules = warning_rules()
        self.warnings = Warnings(
            database,
            SEAL,
            self.outbox,
            self.register,
            lambda template, values, _person: (warning_sentence(template, values),),
            rules,
            lambda: self.now,
        )
        self.calls = WarningCalls(database, SEAL, self.consents, rules.calls, lambda: self.now)

    def enter(self, count: int, commune: str = "xã Ví Dụ", first: int = 0) -> None:
        entries = [Entry(number(place), commune, f"CB-{place}") for place in range(first, first + count)]
        self.register.take(entries, "lan", "w")

    def given(self, *communes: str, by_call: bool = True) -> int:
        ends = self.now + timedelta(hours=6)
        found = self.warnings.draft("storm", VALUES, communes or ("xã Ví Dụ",), ends, "lan", by_call=by_call)
        self.warnings.give(found, "lan")
        return found

    def sent(self) -> int:
        return len(self.outbox.exchange("worker", (), [ROOM]).claimed)

    def called(self, outcome: Outcome, *, answered: bool = False, most: int = 100) -> list[DueCall]:
        due = self.calls.claim("voice", most)
        for one in due:
            self.calls.settle(one, outcome, answered=answered, owner="voice")
        return due

    def texts(self, state: OutgoingState) -> None:
        with self.database.writing() as session:
            session.execute(update(outgoing).values(state=state))

    def kept_numbers(self) -> int:
        with self.database.reading() as session:
            return sum(bool(sealed) for sealed in session.scalars(select(WarningRecipientRow.sealed)))


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    yield Places(database)
    database.close()


def test_those_of_the_commune_who_asked_are_written_to_and_called_at_night(places: Places) -> None:
    places.enter(3)
    places.enter(2, "xã Khác", first=10)
    warning = places.given()
    assert places.warnings.step() == 3
    assert places.warnings.step() == 0
    assert places.sent() == 3
    called = places.called(Outcome.CONFIRMED, answered=True)
    assert sorted(one.phone for one in called) == [number(place) for place in range(3)]
    assert places.warnings.report(warning).communes == {"xã Ví Dụ": Reach(people=3, confirmed=3)}
    places.now += timedelta(hours=1)
    assert places.called(Outcome.CONFIRMED) == []
    assert places.kept_numbers() == 0


def test_consent_to_notices_is_none_to_warnings_and_the_other_way(places: Places) -> None:
    places.consents.grant(person(1), Manner.KEYWORD, "w", "t")
    places.enter(1, first=2)
    assert places.consents.granted([person(1), person(2)], WARNINGS) == {person(2)}
    assert places.consents.granted([person(1), person(2)]) == {person(1)}


def test_who_wants_no_messages_any_more_is_neither_written_to_nor_called(places: Places) -> None:
    places.enter(3)
    # Refused notices before asking to be warned: the later word counts, and so does the one after that.
    places.consents.refuse(person(0), Manner.KEYWORD, "w", "a")
    places.enter(1)
    warning = places.given()
    places.warnings.step()
    assert places.consents.refuse(person(0), Manner.KEYWORD, "w", "b")
    places.consents.refuse_all([person(1)], Manner.PROVIDER, "provider")
    assert places.sent() == 1
    assert [one.phone for one in places.called(Outcome.CONFIRMED)] == [number(2)]
    assert places.warnings.report(warning).whole == Reach(people=3, confirmed=1, unreached=2)
    assert places.register.drop_refused() == 2
    assert places.register.communes() == {"xã Ví Dụ": 1}


def test_who_is_busy_or_presses_no_key_is_called_again_after_a_pause_and_not_for_ever(places: Places) -> None:
    places.enter(1)
    warning = places.given()
    assert len(places.called(Outcome.BUSY)) == 1
    assert places.called(Outcome.BUSY) == []
    places.now += timedelta(minutes=3)
    assert len(places.called(Outcome.NO_KEY, answered=True)) == 1
    assert places.warnings.report(warning).whole.called == 1
    tries = 2
    for _ in range(6):
        places.now += timedelta(minutes=10)
        tries += len(places.called(Outcome.NO_ANSWER))
    assert tries == warning_rules().calls.tries


def test_a_number_that_is_none_is_not_called_again(places: Places) -> None:
    places.enter(1)
    warning = places.given()
    places.called(Outcome.NO_NUMBER)
    places.now += timedelta(hours=1)
    assert places.called(Outcome.BUSY) == []
    places.warnings.step()
    places.texts(OutgoingState.FAILED)
    assert places.warnings.report(warning).whole == Reach(people=1, unreached=1)


def test_who_was_being_called_by_a_process_that_is_gone_is_called_again(places: Places) -> None:
    places.enter(1)
    places.given()
    (due,) = places.calls.claim("killed", 5)
    assert places.calls.claim("voice", 5) == []
    places.now += timedelta(minutes=6)
    (again,) = places.calls.claim("voice", 5)
    assert again.phone == due.phone
    # The one that was thought to be gone comes back late, and changes nothing but for the key.
    places.calls.settle(due, Outcome.NO_ANSWER, answered=False, owner="killed")
    assert places.calls.claim("voice", 5) == []
    places.calls.settle(due, Outcome.CONFIRMED, answered=True, owner="killed")
    places.now += timedelta(minutes=6)
    assert places.calls.claim("voice", 5) == []


def test_a_cancelled_warning_calls_nobody_and_takes_its_messages_back(places: Places) -> None:
    places.enter(3)
    warning = places.given()
    places.warnings.step()
    (due,) = places.calls.claim("voice", 1)
    assert places.calls.goes_on(warning)
    places.warnings.cancel(warning)
    assert not places.calls.goes_on(warning)
    assert places.sent() == 0
    assert places.calls.claim("voice", 5) == []
    places.calls.settle(due, Outcome.NO_KEY, answered=True, owner="voice")
    assert places.called(Outcome.BUSY) == []
    assert places.kept_numbers() == 0
    with pytest.raises(NotPossible):
        places.warnings.give(warning, "lan")
    assert places.warnings.report(warning).whole == Reach(people=3, called=1, unreached=2)


def test_what_was_being_handed_over_when_it_was_cancelled_is_not_tried_again(places: Places) -> None:
    places.enter(1)
    warning = places.given(by_call=False)
    places.warnings.step()
    assert places.sent() == 1
    places.warnings.cancel(warning)
    places.upkeep.release(0.0, ["gsm"], ["worker"])
    places.now += timedelta(minutes=1)
    assert places.sent() == 0
    places.upkeep.expire()
    assert places.warnings.report(warning).whole.unreached == 1


def test_a_warning_whose_sentence_is_gone_keeps_no_other_from_people(places: Places) -> None:
    places.enter(2)
    ends = places.now + timedelta(hours=6)
    gone = places.warnings.draft("no_such_sentence", VALUES, ("xã Ví Dụ",), ends, "lan", by_call=False)
    places.warnings.give(gone, "lan")
    places.given(by_call=False)
    assert places.warnings.step() == 2
    assert places.sent() == 2


def test_the_emergency_switch_ends_everything(places: Places) -> None:
    places.enter(2)
    first, second = places.given(), places.given()
    places.warnings.step()
    assert places.warnings.cancel_all() == 2
    assert [places.warnings.get(each).state for each in (first, second)] == [State.CANCELLED] * 2  # type: ignore[union-attr]
    assert places.sent() == 0


def test_a_warning_ends_by_itself_and_nothing_of_it_comes_later(places: Places) -> None:
    places.enter(2)
    warning = places.given()
    places.warnings.step()
    places.now += timedelta(hours=6)
    assert places.sent() == 0
    assert places.calls.claim("voice", 5) == []
    places.warnings.step()
    found = places.warnings.get(warning)
    assert found is not None
    assert found.state is State.ENDED
    places.upkeep.expire()
    # An operator who sends everything again that failed must not bring back last week's storm.
    assert places.upkeep.retry() == 0
    assert places.kept_numbers() == 0


def test_it_must_hold_for_a_while_and_not_for_ever_and_somebody_must_be_there(places: Places) -> None:
    places.enter(1)
    for ends in (NIGHT, NIGHT + timedelta(days=30)):
        with pytest.raises(NotPossible, match="warning_no_end"):
            places.warnings.draft("storm", VALUES, ["xã Ví Dụ"], ends, "lan", by_call=True)
    with pytest.raises(NotPossible, match="warning_nobody"):
        places.warnings.draft("storm", VALUES, ["xã Lạ"], NIGHT + timedelta(hours=1), "lan", by_call=True)


def test_the_report_tells_communes_apart(places: Places) -> None:
    places.enter(2)
    places.enter(1, "xã Khác", first=10)
    warning = places.given("xã Ví Dụ", "xã Khác", by_call=False)
    assert places.warnings.report(warning).whole.underway == 3
    places.warnings.step()
    places.sent()
    places.texts(OutgoingState.DELIVERED)
    assert places.warnings.report(warning).communes == {
        "xã Khác": Reach(people=1, written=1),
        "xã Ví Dụ": Reach(people=2, written=2),
    }
    assert places.warnings.reach().written == 3


def test_who_moves_stands_in_one_commune(places: Places) -> None:
    places.enter(1)
    places.enter(1, "xã Khác")
    assert places.register.communes() == {"xã Khác": 1}
    assert places.register.commune_of(person(0)) == "xã Khác"
    assert len([entry for entry in places.consents.ledger(person(0)) if entry.purpose == WARNINGS]) == 1
