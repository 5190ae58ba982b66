"""One-time codes: who gets one, what it opens, and what strangers can neither learn nor block."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from redis import Redis

from actions.dossiers.backend import BackendUnavailable
from actions.dossiers.lockout import Kind, Lockout
from actions.dossiers.model import code_digits
from actions.dossiers.one_time import CannotSend, CodeSent, CodeWrong, NoMoreCodes, OneTimeCodes
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier
from actions.dossiers.service import BY_CODE, DossierService, Found, Locked, SourceStore, Unavailable
from stores.sealing import Seal

SEAL = Seal(b"a secret for tests only")
CODE, OTHER, UNKNOWN = "H15.50.05.21-261120-9124", "H15.50.05.21-261123-9101", "H15.50.05.21-261120-9999"
OWNER = "person:0900000124"


class Telephones:
    """Where codes arrive."""

    def __init__(self) -> None:
        self.works = True
        self.away = False
        self.arrived: list[tuple[str, str, bool]] = []

    def mark_of(self, phone: str) -> str | None:
        return f"person:{phone}"

    def send(self, phone: str, digits: str, language: str, *, asked_for: bool) -> None:
        if self.away:
            raise BackendUnavailable("no outbox")
        self.arrived.append((phone, digits, asked_for))


class Log:
    def __init__(self) -> None:
        self.rows: list[tuple[str, str]] = []

    def add(
        self, code: str, conversation: str, channel: str, marks: Any, outcome: str, purpose: str = "status"
    ) -> None:
        self.rows.append((purpose, outcome))


@pytest.fixture
def telephones() -> Telephones:
    return Telephones()


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def by_code(
    backend: SandboxBackend, redis: Redis, clock: Any, lockout: Lockout, telephones: Telephones, log: Log
) -> DossierService:
    numbers = iter(f"{number:06}" for number in range(100_000, 999_999))
    sendings = Lockout(redis, Seal(b"a secret for codes only"), clock, kind=Kind.CODES)
    codes = OneTimeCodes(redis, SEAL, sendings, telephones, lambda: next(numbers))
    return DossierService(SourceStore(backend, codes), lockout, clock, log=log)


def send(service: DossierService, code: str = CODE, conversation: str = "a", *marks: str) -> object:
    return service.send_code(code, conversation, marks=marks, language="vi")


def test_the_code_goes_to_the_number_on_the_dossier_and_opens_it_once(
    by_code: DossierService, telephones: Telephones, log: Log
) -> None:
    assert send(by_code) == CodeSent()
    [(phone, digits, asked_for)] = telephones.arrived
    assert (phone, asked_for) == ("0900000124", False)
    assert isinstance(by_code.look_up(CODE, digits, "a"), Found)
    assert by_code.look_up(CODE, digits, "a") == CodeWrong(0)
    assert log.rows == [(BY_CODE, "CodeSent"), (BY_CODE, "Proof"), (BY_CODE, "CodeWrong")]


def test_it_opens_nothing_else_and_nowhere_else(by_code: DossierService, telephones: Telephones) -> None:
    send(by_code)
    digits = telephones.arrived[0][1]
    assert by_code.look_up(CODE, digits, "b") == CodeWrong(0)
    assert by_code.look_up(OTHER, digits, "a") == CodeWrong(0)
    assert isinstance(by_code.look_up(CODE, digits, "a"), Found)


def test_a_code_keyed_without_its_letters_is_the_same_dossier(by_code: DossierService, telephones: Telephones) -> None:
    send(by_code, code_digits(CODE))
    assert isinstance(by_code.look_up(CODE, telephones.arrived[0][1], "a"), Found)


def test_three_wrong_tries_end_a_code_and_the_next_one_holds_alone(
    by_code: DossierService, telephones: Telephones
) -> None:
    send(by_code)
    assert [by_code.look_up(CODE, "000000", "a") for _ in range(4)] == [CodeWrong(left) for left in (2, 1, 0, 0)]
    send(by_code)
    first, second = (digits for _, digits, _ in telephones.arrived)
    assert by_code.look_up(CODE, first, "a") == CodeWrong(2)
    assert isinstance(by_code.look_up(CODE, second, "a"), Found)


def test_it_is_void_after_ten_minutes(by_code: DossierService, redis: Redis) -> None:
    send(by_code)
    [key] = redis.keys("motcua:dossier:one_time:*")
    assert 590 <= redis.ttl(key) <= 600


def test_nothing_that_could_be_read_is_kept(by_code: DossierService, telephones: Telephones, redis: Redis) -> None:
    send(by_code)
    _, digits, _ = telephones.arrived[0]
    [key] = redis.keys("motcua:dossier:one_time:*")
    kept = key + b"".join(field + value for field, value in redis.hgetall(key).items())
    for secret in (digits, CODE, "0900000124"):
        assert secret.encode() not in kept


def test_an_unknown_code_is_answered_and_counted_like_a_real_one(
    by_code: DossierService, telephones: Telephones
) -> None:
    known, unknown = ([send(by_code, code, code) for _ in range(4)] for code in (CODE, UNKNOWN))
    assert known == unknown
    assert isinstance(known[3], NoMoreCodes)
    assert {phone for phone, _, _ in telephones.arrived} == {"0900000124"}
    told = [[by_code.look_up(code, "000000", code) for _ in range(4)] for code in (CODE, UNKNOWN)]
    assert told[0] == told[1]


def test_whoever_is_locked_by_wrong_digits_may_still_use_a_code(
    by_code: DossierService, telephones: Telephones
) -> None:
    for _ in range(3):
        by_code.look_up(CODE, "9876", "a")
    assert isinstance(by_code.look_up(CODE, "0124", "a"), Locked)
    send(by_code)
    assert isinstance(by_code.look_up(CODE, telephones.arrived[0][1], "a"), Found)
    assert isinstance(by_code.look_up(CODE, "0124", "a"), Found)


def test_strangers_who_ask_for_codes_do_not_shut_out_the_number_on_the_dossier(
    by_code: DossierService, telephones: Telephones
) -> None:
    strangers = [send(by_code, CODE, f"c{number}", f"person:{number}") for number in range(5)]
    assert strangers[:3] == [CodeSent()] * 3
    assert all(isinstance(answer, NoMoreCodes) for answer in strangers[3:])
    assert send(by_code, CODE, "own", OWNER) == CodeSent()
    assert telephones.arrived[-1][2]
    assert len(telephones.arrived) == 4


def test_one_number_cannot_have_codes_sent_all_around(
    by_code: DossierService, dossiers: tuple[SandboxDossier, ...]
) -> None:
    asked = [send(by_code, one.code, one.code, "person:x") for one in dossiers[:6]]
    assert asked[:5] == [CodeSent()] * 5
    assert isinstance(asked[5], NoMoreCodes)


def test_while_the_source_is_away_nothing_is_sent_and_a_code_stays_good(
    by_code: DossierService, telephones: Telephones, switch: OutageSwitch
) -> None:
    send(by_code)
    switch.turn_on()
    assert isinstance(send(by_code, CODE, "b"), Unavailable)
    digits = telephones.arrived[0][1]
    assert isinstance(by_code.look_up(CODE, digits, "a"), Unavailable)
    switch.turn_off()
    assert isinstance(by_code.look_up(CODE, digits, "a"), Found)


def test_where_no_message_goes_out_that_is_said(by_code: DossierService, telephones: Telephones) -> None:
    telephones.works = False
    assert (by_code.sends_codes, send(by_code)) == (False, CannotSend())


def test_a_message_that_cannot_be_queued_is_an_outage(by_code: DossierService, telephones: Telephones) -> None:
    telephones.away = True
    assert isinstance(send(by_code), Unavailable)


def test_a_store_that_does_not_answer_is_an_outage(
    backend: SandboxBackend, dead_redis: Redis, clock: Any, lockout: Lockout, telephones: Telephones
) -> None:
    sendings = Lockout(dead_redis, SEAL, clock, kind=Kind.CODES)
    service = DossierService(SourceStore(backend, OneTimeCodes(dead_redis, SEAL, sendings, telephones)), lockout, clock)
    assert isinstance(send(service), Unavailable)
    assert isinstance(service.look_up(CODE, "123456", "a"), Unavailable)
    assert telephones.arrived == []


def test_the_limit_opens_again(by_code: DossierService, clock: Any, telephones: Telephones) -> None:
    for _ in range(4):
        send(by_code)
    clock.now += timedelta(hours=25)
    assert send(by_code) == CodeSent()


def test_codes_are_six_digits_of_which_every_one_can_come(
    backend: SandboxBackend, redis: Redis, clock: Any, lockout: Lockout, telephones: Telephones
) -> None:
    sendings = Lockout(redis, SEAL, clock, kind=Kind.CODES)
    codes = OneTimeCodes(redis, SEAL, sendings, telephones)
    service = DossierService(SourceStore(backend, codes), lockout, clock)
    for number in range(3):
        send(service, CODE, f"c{number}")
    sent = [digits for _, digits, _ in telephones.arrived]
    assert all(len(digits) == 6 and digits.isdigit() for digits in sent)
    assert len(set(sent)) > 1
