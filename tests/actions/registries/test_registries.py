"""A registry answers the person who proves to be in it, who agreed, and in time; whatever it does, nobody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

import pytest
from redis import Redis

from actions.dossiers.backend import BackendUnavailable, SourceContext
from actions.dossiers.lockout import Lockout
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.service import Locked, NotFoundOrMismatch, Unavailable
from actions.registries.service import ConsentNeeded, RegistryService, Told, open_registry
from runtime.clock import VIETNAM
from stores.redis_server import RedisServer
from stores.sealing import Seal

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=VIETNAM)
SECRET = b"a secret for tests only"
CARD, LAST4 = "DN4000000000901", "0901"


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


@pytest.fixture
def cards(redis: Redis, lockout: Lockout) -> RegistryService:
    """The sandbox's."""
    return open_registry("sandbox-health-card", SourceContext(lambda: NOW, redis, Seal(SECRET)), lockout)


class Scripted:
    """Answers what a test says."""

    purpose = {"vi": "Thử."}
    needs_consent = False
    seconds = 0.2

    def __init__(self, answer: Callable[[], Mapping[str, str] | None]) -> None:
        self.answer = answer

    def ask(self, key: str, last4: str) -> Mapping[str, str] | None:
        return self.answer()


def test_a_card_is_told_to_whoever_agreed(cards: RegistryService) -> None:
    assert cards.ask(CARD, LAST4, "a", has_agreed=True) == Told("Thẻ bảo hiểm y tế dùng được đến hết ngày 23/03/2027.")
    english = cards.ask(f" {CARD.lower()} ", LAST4, "a", has_agreed=True, language="en")
    assert english == Told("The health-insurance card is valid until the end of 23/03/2027.")
    unknown_language = cards.ask(CARD, LAST4, "a", has_agreed=True, language="hmn")
    assert unknown_language == Told("Thẻ bảo hiểm y tế dùng được đến hết ngày 23/03/2027.")


def test_an_expired_card_is_told_with_where_to_go(cards: RegistryService) -> None:
    told = cards.ask("GD4000000000902", "0902", "a", has_agreed=True)
    assert isinstance(told, Told)
    assert "hết hạn từ ngày 12/11/2026" in told.text
    assert "bảo hiểm xã hội" in told.text


def test_nobody_is_asked_about_who_has_not_agreed(cards: RegistryService, redis: Redis) -> None:
    outcome = cards.ask(CARD, LAST4, "a")
    assert outcome == ConsentNeeded("Tra thẻ bảo hiểm y tế của chính bà con còn hạn đến ngày nào.")
    assert redis.keys("*") == []


def test_wrong_digits_and_unknown_cards_cost_the_same_try(cards: RegistryService) -> None:
    assert cards.ask(CARD, "1111", "a", has_agreed=True) == NotFoundOrMismatch(2)
    assert cards.ask("DN4000000000999", "1111", "b", has_agreed=True) == NotFoundOrMismatch(2)
    cards.ask(CARD, "1112", "a", has_agreed=True)
    assert isinstance(cards.ask(CARD, "1113", "a", has_agreed=True), Locked)
    assert isinstance(cards.ask(CARD, LAST4, "a", has_agreed=True), Locked)
    # Whoever guessed is locked, not whose card it is.
    assert isinstance(cards.ask(CARD, LAST4, "c", has_agreed=True), Told)


def test_during_an_outage_no_try_is_lost(cards: RegistryService, redis: Redis) -> None:
    switch = OutageSwitch(redis)
    switch.turn_on()
    outcomes = [cards.ask(CARD, LAST4, "a", has_agreed=True) for _ in range(5)]
    assert all(isinstance(outcome, Unavailable) and outcome.retryable for outcome in outcomes)
    switch.turn_off()
    assert isinstance(cards.ask(CARD, LAST4, "a", has_agreed=True), Told)


def test_nobody_waits_longer_than_a_registrys_budget(lockout: Lockout) -> None:
    may_end = threading.Event()

    def hang() -> None:
        may_end.wait(60)

    try:
        outcome = RegistryService("slow", Scripted(hang), lockout).ask("k", "1234", "a")
    finally:
        may_end.set()
    assert outcome == Unavailable("the registry 'slow' did not answer in time", retryable=True)


def test_what_a_registry_raises_is_told_by_its_kind_alone(lockout: Lockout) -> None:
    def fail() -> None:
        raise KeyError(CARD)

    outcome = RegistryService("odd", Scripted(fail), lockout).ask(CARD, "1234", "a")
    assert outcome == Unavailable("the registry 'odd' failed: KeyError", retryable=False)

    def away() -> None:
        raise BackendUnavailable("nobody answers")

    assert RegistryService("odd", Scripted(away), lockout).ask(CARD, "1234", "a") == Unavailable("nobody answers", True)


@pytest.mark.parametrize("last4", ["", "123", "12a4"])
def test_anything_but_four_digits_is_a_slip_and_no_try(cards: RegistryService, last4: str) -> None:
    with pytest.raises(ValueError, match="four digits"):
        cards.ask(CARD, last4, "a", has_agreed=True)
    assert cards.ask(CARD, "1111", "a", has_agreed=True) == NotFoundOrMismatch(2)
