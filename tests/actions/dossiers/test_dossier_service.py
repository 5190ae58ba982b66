"""What a look-up answers, and what it never tells."""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from redis import Redis

from actions.dossiers.backend import BackendRejected, BackendUnavailable, DossierBackend, ProvableDossier
from actions.dossiers.lockout import Lockout
from actions.dossiers.model import DossierStatus, code_digits
from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier
from actions.dossiers.service import (
    Ambiguous,
    DossierService,
    Found,
    Locked,
    NotFoundOrMismatch,
    SourceStore,
    Unavailable,
)
from stores.sealing import Seal

SECRET = b"a secret for tests only"
CODE = "H15.50.05.21-261120-9124"
"""Being processed, one day late."""
UNKNOWN = "H15.50.05.21-261120-9999"
WRONG = "9876"


class Watched:
    """Passes questions on, notes them, and fails on demand."""

    def __init__(self, inner: DossierBackend) -> None:
        self.inner = inner
        self.asked: list[str] = []
        self.failure: Exception | None = None

    def _note(self, question: str) -> None:
        self.asked.append(question)
        if self.failure:
            raise self.failure

    def find(self, code: str) -> ProvableDossier | None:
        self._note("find")
        return self.inner.find(code)

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        self._note("codes_with_digits")
        return self.inner.codes_with_digits(digits)


@pytest.fixture
def watched(backend: SandboxBackend) -> Watched:
    return Watched(backend)


@pytest.fixture
def watched_service(watched: Watched, lockout: Lockout, clock: Any) -> DossierService:
    return DossierService(SourceStore(watched), lockout, clock)


@pytest.fixture
def last4(dossiers: tuple[SandboxDossier, ...]) -> str:
    return next(dossier.person.phone[-4:] for dossier in dossiers if dossier.code == CODE)


def test_code_and_last_digits_of_the_phone_find_the_dossier(service: DossierService, last4: str, clock: Any) -> None:
    outcome = service.look_up(CODE, last4, "a")

    assert isinstance(outcome, Found)
    assert outcome.view.status is DossierStatus.PROCESSING
    assert outcome.view.procedure_name == "Đăng ký khai sinh"
    assert outcome.view.received_on == date(2026, 11, 20)
    assert outcome.view.appointment_on == date(2026, 11, 22)
    assert outcome.view.overdue_days == 1
    assert outcome.view.updated_at == clock() - timedelta(hours=5)


def test_every_sandbox_dossier_is_found_by_phone_and_by_identity_number(
    service: DossierService, dossiers: tuple[SandboxDossier, ...]
) -> None:
    for dossier in dossiers:
        for number in (dossier.person.phone, dossier.person.identity):
            assert isinstance(service.look_up(dossier.code, number[-4:], "a"), Found), dossier.code


def test_a_code_keyed_as_digits_is_found(service: DossierService, last4: str) -> None:
    assert isinstance(service.look_up(code_digits(CODE), last4, "a"), Found)


class Twins(Watched):
    """Two dossiers with the same digits in their codes."""

    same_person = False

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        return [f"G{CODE[1:]}", CODE]

    def find(self, code: str) -> ProvableDossier | None:
        found = super().find(CODE)
        assert found is not None
        return found if code == CODE or self.same_person else dataclasses.replace(found, endings=("4321",))


def test_of_two_codes_with_the_keyed_digits_the_four_digits_decide(
    backend: SandboxBackend, lockout: Lockout, clock: Any, last4: str
) -> None:
    service = DossierService(SourceStore(Twins(backend)), lockout, clock)

    assert isinstance(service.look_up(code_digits(CODE), last4, "a"), Found)
    assert service.look_up(code_digits(CODE), WRONG, "a") == NotFoundOrMismatch(2)


def test_whoever_belongs_to_both_is_asked_for_the_whole_code_and_loses_no_try(
    backend: SandboxBackend, lockout: Lockout, clock: Any, last4: str
) -> None:
    twins = Twins(backend)
    twins.same_person = True
    service = DossierService(SourceStore(twins), lockout, clock)

    assert [service.look_up(code_digits(CODE), last4, "a") for _ in range(5)] == [Ambiguous()] * 5
    assert isinstance(service.look_up(CODE, last4, "a"), Found)


@pytest.mark.parametrize("code", [CODE, UNKNOWN, code_digits(CODE), code_digits(UNKNOWN)])
def test_an_unknown_code_and_wrong_digits_cannot_be_told_apart(
    watched_service: DossierService, watched: Watched, clock: Any, code: str
) -> None:
    opens = clock() + timedelta(minutes=15)

    outcomes = [watched_service.look_up(code, WRONG, "a") for _ in range(4)]

    assert outcomes == [NotFoundOrMismatch(2), NotFoundOrMismatch(1), Locked(opens), Locked(opens)]
    once = ["find"]
    assert watched.asked == (["codes_with_digits", *once] if code.isdigit() else once) * 3


def test_the_right_digits_do_not_help_while_locked(
    watched_service: DossierService, watched: Watched, last4: str
) -> None:
    for _ in range(3):
        watched_service.look_up(CODE, WRONG, "a")
    watched.asked.clear()

    assert isinstance(watched_service.look_up(CODE, last4, "a"), Locked)
    assert watched.asked == []
    # A lock binds who guessed, not the owner.
    assert isinstance(watched_service.look_up(CODE, last4, "somebody else"), Found)


def test_after_the_lock_the_right_digits_work_again(service: DossierService, clock: Any, last4: str) -> None:
    for _ in range(3):
        service.look_up(CODE, WRONG, "a")

    clock.forward(minutes=15)

    assert isinstance(service.look_up(CODE, last4, "a"), Found)


def test_a_right_answer_gives_all_tries_back(service: DossierService, last4: str) -> None:
    for _ in range(2):
        service.look_up(CODE, WRONG, "a")
    service.look_up(CODE, last4, "a")

    assert service.look_up(CODE, WRONG, "a") == NotFoundOrMismatch(2)


def test_looking_up_many_times_rightly_never_locks(service: DossierService, last4: str) -> None:
    assert all(isinstance(service.look_up(CODE, last4, "a"), Found) for _ in range(10))


def test_a_flood_of_guesses_at_once_gets_nine_comparisons(watched_service: DossierService, watched: Watched) -> None:
    with ThreadPoolExecutor(16) as pool:
        guesses = pool.map(lambda n: watched_service.look_up(CODE, f"{n:04}", f"c{n}"), range(9000, 9048))
        outcomes = list(guesses)

    assert watched.asked.count("find") == 9
    assert sum(isinstance(outcome, Locked) for outcome in outcomes) == 40


@pytest.mark.parametrize(
    ("failure", "retryable"),
    [(BackendUnavailable("HTTP 502"), True), (BackendRejected("the account is not allowed"), False)],
)
def test_a_failing_back_end_costs_no_try(
    watched_service: DossierService, watched: Watched, failure: Exception, retryable: bool
) -> None:
    watched.failure = failure
    for _ in range(5):
        assert watched_service.look_up(CODE, WRONG, "a") == Unavailable(str(failure), retryable)

    watched.failure = None
    assert watched_service.look_up(CODE, WRONG, "a") == NotFoundOrMismatch(2)


def test_the_outage_switch_is_seen_at_once_and_the_same_question_works_afterwards(
    service: DossierService, store_socket: str, last4: str
) -> None:
    operator = OutageSwitch(Redis(unix_socket_path=store_socket))

    operator.turn_on()
    assert isinstance(service.look_up(CODE, last4, "a"), Unavailable)
    operator.turn_off()
    assert isinstance(service.look_up(CODE, last4, "a"), Found)


def test_a_source_that_fails_in_its_own_way_takes_no_try_and_its_words_go_nowhere(
    service: DossierService, watched: Watched, lockout: Lockout, clock: Any, last4: str
) -> None:
    watched.failure = KeyError(CODE)
    outcome = DossierService(SourceStore(watched), lockout, clock).look_up(CODE, last4, "a")
    assert outcome == Unavailable("the dossier source failed: KeyError", retryable=False)
    assert service.look_up(CODE, WRONG, "a") == NotFoundOrMismatch(2)


def test_without_the_store_nothing_is_looked_up(watched: Watched, dead_redis: Redis, clock: Any, last4: str) -> None:
    service = DossierService(SourceStore(watched), Lockout(dead_redis, Seal(SECRET), clock), clock)

    outcome = service.look_up(CODE, last4, "a")

    assert isinstance(outcome, Unavailable)
    assert outcome.retryable
    assert watched.asked == []


@pytest.mark.parametrize("last4", ["", "123", "12345", "12a4", "１２３４", "12 4", "1234\n"])
def test_anything_but_four_digits_is_a_slip_and_not_a_try(service: DossierService, last4: str) -> None:
    with pytest.raises(ValueError, match="four digits") as caught:
        service.look_up(CODE, last4, "a")

    assert not last4 or last4 not in str(caught.value)
    assert service.look_up(CODE, WRONG, "a") == NotFoundOrMismatch(2)


def test_what_leaves_the_service_has_no_place_for_a_person(
    service: DossierService, dossiers: tuple[SandboxDossier, ...], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for dossier in dossiers:
        person = dossier.person
        outcome = service.look_up(dossier.code, person.phone[-4:], "a")
        assert isinstance(outcome, Found)
        told = " ".join(str(value) for value in dataclasses.astuple(outcome)) + caplog.text
        for private in (person.applicant, person.phone, person.identity, person.address, dossier.code):
            assert private not in told


def test_names_and_numbers_an_officer_typed_are_taken_out(
    backend: SandboxBackend, lockout: Lockout, clock: Any
) -> None:
    class Talkative(Watched):
        def find(self, code: str) -> ProvableDossier | None:
            found = super().find(code)
            assert found is not None
            note = "Ông Nguyễn Văn Mẫu nộp thêm sổ hộ khẩu, gọi 0900 000 199"
            return dataclasses.replace(found, dossier=dataclasses.replace(found.dossier, supplement=note))

    outcome = DossierService(SourceStore(Talkative(backend)), lockout, clock).look_up(
        "H15.50.05.21-261121-9129", "0129", "a"
    )

    assert isinstance(outcome, Found)
    assert outcome.view.supplement == "Ông (tên được ẩn) nộp thêm sổ hộ khẩu, gọi (số được ẩn)"


def test_a_slip_in_ones_own_code_is_answered_with_the_code(service: DossierService, last4: str) -> None:
    slip = CODE[:-1] + "5"
    assert isinstance(service.look_up(CODE, last4, "a", marks=["person:own"]), Found)
    own = service.look_up(slip, last4, "b", marks=["person:own"])
    stranger = service.look_up(slip, last4, "c", marks=["person:other"])
    assert isinstance(own, NotFoundOrMismatch)
    assert isinstance(stranger, NotFoundOrMismatch)
    assert (own.own, stranger.own) == (CODE, None)
