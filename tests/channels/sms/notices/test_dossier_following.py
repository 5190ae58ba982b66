"""News of a dossier: from the number on it, one message a change, gone at the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from actions.dossiers.backend import BackendUnavailable, ProvableDossier
from actions.dossiers.follow import Began, Question
from actions.dossiers.model import Dossier, DossierStatus
from actions.dossiers.service import NotFoundOrMismatch, Unavailable
from actions.dossiers.service import Outcome as LookedUp
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Decision, Manner
from channels.sms.citizens.follow_tables import FollowRow
from channels.sms.notices.following import Following
from channels.sms.notices.notifying import Notice, Outcome
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

CODE, PHONE = "H15.50.05.21-261120-9124", "0900000124"
SEAL = Seal(b"a secret for tests only")
OWNER = Citizen.of(PHONE, SEAL)
START = datetime(2026, 11, 16, 9, 0, tzinfo=VIETNAM)


class Town:
    """A source, a clock and what was sent."""

    def __init__(self, database: Database) -> None:
        self.now = START
        self.dossier: ProvableDossier | None = ProvableDossier(
            Dossier(
                code=CODE,
                procedure_code="1.001193",
                procedure_name="Đăng ký khai sinh",
                status=DossierStatus.PROCESSING,
                received_on=START.date(),
                appointment_on=None,
                finished_on=None,
                supplement=None,
                office=None,
                updated_at=START,
            ),
            ("0124",),
            PHONE,
        )
        self.away = False
        self.asked = 0
        self.sent: list[Notice] = []
        self.texted: dict[str, str] = {}
        self.looked_up: list[tuple[object, ...]] = []
        self.outcome: LookedUp = Unavailable("away", retryable=True)
        self.database = database
        self.consents = Consents(database, lambda: self.now)
        self.following = Following(
            database,
            SEAL,
            self,
            self.consents,
            self,  # type: ignore[arg-type]
            lambda dossier, language, reminder: f"{dossier.status:d} {language} {reminder}",
            self,
            lambda outcome, language: f"{type(outcome).__name__} {language}",
            lambda session, person: self.texted.get(person),
            lambda: self.now,
        )

    def find(self, code: str) -> ProvableDossier | None:
        assert code == CODE
        self.asked += 1
        if self.away:
            raise BackendUnavailable("away")
        return self.dossier

    def codes_with_digits(self, digits: str) -> tuple[str, ...]:
        return ()

    def look_up(
        self, code: str, last4: str, conversation: str, *, channel: str = "", marks: Sequence[str] = ()
    ) -> LookedUp:
        self.looked_up.append((code, last4, conversation, channel, tuple(marks)))
        return self.outcome

    def send(self, notice: Notice) -> Outcome:
        self.sent.append(notice)
        return Outcome.QUEUED

    def begin(self, *marks: str) -> Began:
        return self.following.begin(CODE, marks, "vi", "turn-1")

    def becomes(self, status: DossierStatus) -> None:
        assert self.dossier is not None
        self.dossier = replace(self.dossier, dossier=replace(self.dossier.dossier, status=status))

    def later(self, **time: float) -> int:
        self.now += timedelta(**time)
        return self.following.step()

    def followed(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(FollowRow)) or 0


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    database = Database(f"sqlite:///{tmp_path}/f.db")
    database.migrate()
    yield Town(database)
    database.close()


@pytest.fixture
def mine() -> str:
    assert OWNER is not None
    return f"person:{OWNER.person}"


def test_each_change_is_told_once_and_the_end_ends_it(town: Town, mine: str) -> None:
    assert town.begin(mine) is Began.BEGUN
    assert town.later(minutes=30) == 0
    assert town.later(hours=2) == 0
    town.becomes(DossierStatus.PAYMENT_DUE)
    assert [town.later(hours=2) for _ in range(3)] == [1, 0, 0]
    town.becomes(DossierStatus.READY)
    assert town.later(hours=2) == 1
    assert [notice.text for notice in town.sent] == ["6 vi False", "9 vi False"]
    assert {notice.phone for notice in town.sent} == {"+84900000124"}
    assert town.followed() == 0
    assert town.later(days=2) == 0


def test_only_the_number_on_the_dossier_can_begin_it(town: Town, mine: str) -> None:
    assert town.begin() is Began.OTHER_NUMBER
    assert town.begin("person:somebody", "place:box-1") is Began.OTHER_NUMBER
    assert town.followed() == 0
    assert town.dossier is not None
    town.dossier = replace(town.dossier, phone=None)
    assert town.begin(mine) is Began.OTHER_NUMBER


def test_consent_is_recorded_and_a_refusal_ends_it(town: Town, mine: str) -> None:
    assert OWNER is not None
    town.begin(mine)
    consent = town.consents.of(OWNER.person)
    assert consent is not None
    assert consent.decision is Decision.GRANTED
    town.consents.refuse(OWNER.person, Manner.KEYWORD, "w", "turn-2")
    town.becomes(DossierStatus.READY)
    assert town.later(hours=2) == 0
    assert town.followed() == 0
    assert town.begin(mine) is Began.OVER
    town.becomes(DossierStatus.PROCESSING)
    assert town.begin(mine) is Began.REFUSED


def test_a_source_that_is_away_is_asked_ever_more_seldom_and_nothing_is_missed(town: Town, mine: str) -> None:
    town.begin(mine)
    town.away = True
    for _ in range(24 * 6):
        town.later(minutes=10)
    assert 5 <= town.asked <= 12
    town.away = False
    town.becomes(DossierStatus.READY)
    assert town.later(hours=7) == 1


def test_an_old_answer_of_a_source_that_is_away_is_no_news(town: Town, mine: str) -> None:
    town.begin(mine)
    assert town.dossier is not None
    town.becomes(DossierStatus.READY)
    town.dossier = replace(town.dossier, as_of=START)
    assert town.later(hours=2) == 0
    assert town.followed() == 1


def test_who_is_awaited_is_reminded_once_after_five_working_days(town: Town, mine: str) -> None:
    town.begin(mine)
    town.becomes(DossierStatus.SUPPLEMENT_NEEDED)
    assert town.later(hours=2) == 1
    assert sum(town.later(days=1) for _ in range(20)) == 1
    assert [notice.text for notice in town.sent] == ["5 vi False", "5 vi True"]
    assert len({notice.key for notice in town.sent}) == 2


def test_it_does_not_begin_while_nobody_can_say_whose_it_is(town: Town, mine: str) -> None:
    town.away = True
    assert town.begin(mine) is Began.NOT_NOW
    assert town.followed() == 0


def test_asked_for_twice_it_is_followed_once_and_not_for_ever(town: Town, mine: str) -> None:
    town.begin(mine)
    town.begin(mine)
    assert town.followed() == 1
    for _ in range(14):
        town.later(days=30)
    assert town.followed() == 0
    assert town.sent == []


def test_who_has_everything_erased_is_followed_no_longer(town: Town, mine: str) -> None:
    assert OWNER is not None
    town.begin(mine)
    town.consents.forget(OWNER.person)
    assert town.followed() == 0


def test_nothing_in_the_table_tells_code_or_number(town: Town, mine: str) -> None:
    town.begin(mine)
    with town.database.reading() as session:
        row = session.scalars(select(FollowRow)).one()
        told = f"{row.dossier} {row.person} {row.sealed}"
    for secret in (CODE, "9124", "900000124"):
        assert secret not in told


@pytest.fixture
def question(town: Town, mine: str) -> Question:
    assert OWNER is not None
    town.texted[OWNER.person] = OWNER.phone
    return Question(CODE, "0124", "c1", "sms", (mine,))


def test_what_could_not_be_looked_up_is_told_once_when_it_can_be(town: Town, question: Question) -> None:
    assert town.following.can_wait(question.marks)
    assert town.following.wait(question, "vi", "turn-1") is Began.WAITING
    assert town.later(minutes=1) == 0
    assert town.later(minutes=2) == 0
    assert town.looked_up == [(CODE, "0124", "c1", "sms", question.marks)]
    town.outcome = NotFoundOrMismatch(2)
    assert town.later(hours=1) == 1
    assert [(notice.phone, notice.text) for notice in town.sent] == [("+84900000124", "NotFoundOrMismatch vi")]
    assert town.followed() == 0
    assert town.later(hours=8) == 0


def test_after_two_days_it_is_said_that_nothing_came_of_it(town: Town, question: Question) -> None:
    town.following.wait(question, "en", "turn-1")
    assert [town.later(hours=7) for _ in range(6)] == [0] * 6
    assert town.later(hours=7) == 1
    assert [notice.text for notice in town.sent] == ["Unavailable en"]
    assert town.followed() == 0


def test_a_source_that_is_away_is_asked_ever_more_seldom(town: Town, question: Question) -> None:
    town.following.wait(question, "vi", "turn-1")
    for _ in range(24 * 60):
        town.later(minutes=1)
    assert 4 <= len(town.looked_up) <= 12


def test_whose_number_is_not_known_cannot_be_told(town: Town, question: Question) -> None:
    town.texted.clear()
    assert not town.following.can_wait(question.marks)
    assert town.following.wait(question, "vi", "turn-1") is Began.OTHER_NUMBER
    assert not town.following.can_wait(("place:box-1",))


def test_whoever_refused_messages_is_not_told(town: Town, question: Question) -> None:
    assert OWNER is not None
    town.consents.refuse(OWNER.person, Manner.KEYWORD, "w", "t")
    assert town.following.wait(question, "vi", "turn-1") is Began.REFUSED
    assert town.followed() == 0


def test_a_refusal_ends_a_look_up_that_waits(town: Town, question: Question) -> None:
    assert OWNER is not None
    town.following.wait(question, "vi", "turn-1")
    town.consents.refuse(OWNER.person, Manner.KEYWORD, "w", "t")
    assert town.later(hours=1) == 0
    assert (town.looked_up, town.followed()) == ([], 0)


def test_digits_and_number_lie_sealed(town: Town, question: Question) -> None:
    town.following.wait(question, "vi", "turn-1")
    with town.database.reading() as session:
        row = session.scalars(select(FollowRow)).one()
    for secret in (CODE, "900000124", '"0124"'):
        assert secret not in " ".join([row.sealed, row.dossier, row.person])
