"""A registry answers the person who proves to be in it, who agreed, and in time; whatever it does, nobody else."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from redis import Redis
from registry_samples import Scripted, entry, words

from actions.dossiers.backend import BackendUnavailable
from actions.dossiers.lockout import Kind, Lockout
from actions.dossiers.one_time import CodeSent, CodeWrong, OneTimeCodes
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.service import Ambiguous, Locked, NotFoundOrMismatch, Unavailable
from actions.registries.registry import RegistryContext, RegistryEntry
from actions.registries.service import Asker, ConsentNeeded, RegistryService, Told, open_registry
from runtime.clock import VIETNAM
from stores.redis_server import RedisServer
from stores.sealing import Seal

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
SECRET = b"a secret for tests only"
CARD, LAST4 = "0000000901", "0901"
SOMEBODY = Asker("a", "sms", ("person:somebody",), "vi")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def lockout(redis: Redis) -> Lockout:
    return Lockout(redis, Seal(SECRET), lambda: NOW)


class Log:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def add(
        self, code: str, conversation: str, channel: str, marks: Sequence[str], outcome: str, purpose: str = ""
    ) -> None:
        self.rows.append((code, outcome, purpose))


class Mailbox:
    """Takes one-time codes."""

    works = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def mark_of(self, phone: str) -> str | None:
        return f"person:{phone}"

    def send(self, phone: str, digits: str, language: str, *, asked_for: bool) -> None:
        self.sent.append((phone, digits))


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def codes(redis: Redis, mailbox: Mailbox) -> OneTimeCodes:
    return OneTimeCodes(
        redis, Seal(SECRET), Lockout(redis, Seal(b"another secret, for tests"), lambda: NOW, kind=Kind.CODES), mailbox
    )


@pytest.fixture
def cards(redis: Redis, lockout: Lockout, log: Log, codes: OneTimeCodes) -> RegistryService:
    """The sandbox's."""
    context = RegistryContext(lambda: NOW, redis, Seal(SECRET), words())
    return open_registry("sandbox-insurance", context, lockout, codes, log)


def test_a_person_who_agreed_is_told_what_was_asked_and_where_to_see_it(cards: RegistryService) -> None:
    told = cards.ask(CARD, LAST4, SOMEBODY, has_agreed=True, part="card")
    assert isinstance(told, Told)
    assert told.lines[0] == "Thẻ bảo hiểm y tế dùng được đến hết ngày 23/03/2027."
    assert "VNeID" in told.lines[1]
    assert len(told.lines) == 2
    english = cards.ask(CARD, LAST4, replace(SOMEBODY, language="en"), has_agreed=True, part="months")
    assert isinstance(english, Told)
    assert english.lines[0] == "Months of social insurance you have paid: 87."
    unknown_language = cards.ask(CARD, LAST4, replace(SOMEBODY, language="hmn"), has_agreed=True, part="card")
    assert unknown_language == told
    everything = cards.ask(CARD, "8901", SOMEBODY, has_agreed=True)
    assert isinstance(everything, Told)
    assert len(everything.lines) == 4


def test_nobody_is_asked_about_who_has_not_agreed(cards: RegistryService, redis: Redis, log: Log) -> None:
    outcome = cards.ask(CARD, LAST4, SOMEBODY)
    assert outcome == ConsentNeeded("Chỉ hỏi bảo hiểm xã hội về thẻ và số tháng đóng của chính bà con.")
    assert (redis.keys("*"), log.rows) == ([], [])


def test_every_question_is_noted_and_so_is_what_was_agreed_to(cards: RegistryService, log: Log) -> None:
    cards.agreed(SOMEBODY, yes=True)
    cards.ask(CARD, LAST4, SOMEBODY, has_agreed=True)
    cards.ask(CARD, "1111", SOMEBODY, has_agreed=True)
    cards.agreed(SOMEBODY, yes=False)
    assert [outcome for _, outcome, _ in log.rows] == ["Agreed", "Told", "NotFoundOrMismatch", "Declined"]
    assert {purpose for _, _, purpose in log.rows} == {"registry sandbox-insurance"}


def test_wrong_digits_and_unknown_cards_cost_the_same_try(cards: RegistryService) -> None:
    def ask(key: str, last4: str, talk: str) -> object:
        return cards.ask(key, last4, Asker(talk), has_agreed=True)

    assert ask(CARD, "1111", "a") == NotFoundOrMismatch(2)
    assert ask("0000000999", "1111", "b") == NotFoundOrMismatch(2)
    ask(CARD, "1112", "a")
    assert isinstance(ask(CARD, "1113", "a"), Locked)
    assert isinstance(ask(CARD, LAST4, "a"), Locked)
    # Whoever guessed is locked, not whose card it is.
    assert isinstance(ask(CARD, LAST4, "c"), Told)


def test_during_an_outage_no_try_is_lost(cards: RegistryService, redis: Redis) -> None:
    switch = OutageSwitch(redis)
    switch.turn_on()
    outcomes = [cards.ask(CARD, LAST4, SOMEBODY, has_agreed=True) for _ in range(5)]
    assert all(isinstance(outcome, Unavailable) and outcome.retryable for outcome in outcomes)
    switch.turn_off()
    assert isinstance(cards.ask(CARD, LAST4, SOMEBODY, has_agreed=True), Told)


def test_nobody_waits_longer_than_a_registrys_budget_or_that_of_the_channel(lockout: Lockout) -> None:
    may_end = threading.Event()

    def hang() -> list[RegistryEntry]:
        may_end.wait(60)
        return []

    slow = Scripted(hang)
    slow.seconds = 60.0
    try:
        for registry, seconds in ((Scripted(hang), {}), (slow, {"phone": 0.2})):
            service = RegistryService("slow", registry, lockout, seconds=seconds)
            outcome = service.ask("k", "1234", Asker("a", "phone"))
            assert outcome == Unavailable("the registry 'slow' did not answer in time", retryable=True)
    finally:
        may_end.set()


def test_what_a_registry_raises_is_told_by_its_kind_alone(lockout: Lockout) -> None:
    def fail() -> list[RegistryEntry]:
        raise KeyError(CARD)

    outcome = RegistryService("odd", Scripted(fail), lockout).ask(CARD, "1234", SOMEBODY)
    assert outcome == Unavailable("the registry 'odd' failed: KeyError", retryable=False)

    def away() -> list[RegistryEntry]:
        raise BackendUnavailable("nobody answers")

    outcome = RegistryService("odd", Scripted(away), lockout).ask(CARD, "1234", SOMEBODY)
    assert outcome == Unavailable("nobody answers", retryable=True)


@pytest.mark.parametrize("proof", ["", "123", "12a4", "12345"])
def test_anything_but_four_or_six_digits_is_a_slip_and_no_try(cards: RegistryService, proof: str) -> None:
    with pytest.raises(ValueError, match="four digits"):
        cards.ask(CARD, proof, SOMEBODY, has_agreed=True)
    assert cards.ask(CARD, "1111", SOMEBODY, has_agreed=True) == NotFoundOrMismatch(2)


def test_of_several_with_the_same_digits_the_four_digits_decide(lockout: Lockout) -> None:
    several = RegistryService("two", Scripted(lambda: [entry("A.", "0001"), entry("B.", "0002")]), lockout)
    assert several.ask("k", "0002", SOMEBODY) == Told(("B.",))
    same = RegistryService("two", Scripted(lambda: [entry("A.", "0001"), entry("B.", "0001")]), lockout)
    assert same.ask("k", "0001", SOMEBODY) == Ambiguous()


def test_a_code_to_the_number_in_the_entry_opens_it_once_and_past_a_lock(
    cards: RegistryService, mailbox: Mailbox
) -> None:
    for wrong in ("1111", "1112", "1113"):
        cards.ask(CARD, wrong, SOMEBODY, has_agreed=True)
    assert isinstance(cards.ask(CARD, LAST4, SOMEBODY, has_agreed=True), Locked)
    assert cards.send_code(CARD, SOMEBODY) == CodeSent()
    ((phone, digits),) = mailbox.sent
    assert phone == "0900000901"
    # It belongs to this conversation.
    elsewhere = cards.ask(CARD, digits, Asker("b"), has_agreed=True)
    assert isinstance(elsewhere, CodeWrong)
    assert isinstance(cards.ask(CARD, digits, SOMEBODY, has_agreed=True, part="card"), Told)
    assert cards.ask(CARD, digits, SOMEBODY, has_agreed=True) == CodeWrong(0)


def test_a_code_for_nobody_is_answered_the_same(cards: RegistryService, mailbox: Mailbox) -> None:
    assert cards.send_code("0000000999", SOMEBODY) == CodeSent()
    assert mailbox.sent == []
    assert cards.ask("0000000999", "123456", SOMEBODY, has_agreed=True) == CodeWrong(2)


def test_a_part_that_cannot_read_keys_finds_none(lockout: Lockout) -> None:
    class Broken(Scripted):
        def read_key(self, text: str, today: object) -> str | None:
            raise RuntimeError(text)

    assert RegistryService("odd", Broken(list), lockout).read_key("x", NOW.date()) is None
