"""Each source against a stand-in of its system, in every mood: the right dossier, or an honest failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from actions.backends.answers import newest
from actions.backends.routing import Routed
from actions.dossiers.backend import BackendError, BackendRejected, BackendUnavailable, ProvableDossier, proves
from actions.dossiers.model import DossierStatus
from actions.dossiers.sandbox import read_sandbox
from cli.stand_ins.kinds import As
from cli.stand_ins.moods import Mood, MoodWanted

if TYPE_CHECKING:
    from conftest import Served

DOSSIER = next(one for one in read_sandbox() if one.code == "H15.50.05.21-261120-9124")
CODE, LAST4 = DOSSIER.code, DOSSIER.person.phone[-4:]
UNKNOWN = "H15.50.05.21-261120-9999"
Part = Callable[[As], dict[str, Any]]
Make = Callable[..., Routed]
OF_DOSSIERS = tuple(kind for kind in As if kind is not As.REGISTRIES)
each_kind = pytest.mark.parametrize("kind", OF_DOSSIERS)


@pytest.fixture
def one(part: Part, routed: Make) -> Callable[[As], Routed]:
    """A source alone."""
    return lambda kind: routed(sources={"a": part(kind)}, otherwise=["a"])


@each_kind
def test_every_dossier_is_found_and_proven_by_its_own_numbers(kind: As, one: Callable[[As], Routed]) -> None:
    source = one(kind)
    for dossier in read_sandbox()[::4]:
        found = source.find(dossier.code)
        assert found is not None
        assert found.dossier.code == dossier.code
        assert found.dossier.status is dossier.status
        assert found.dossier.procedure_name == dossier.procedure_name
        assert found.dossier.office == dossier.office
        assert proves(found, dossier.person.phone[-4:])
        assert proves(found, dossier.person.identity[-4:])
        assert not proves(found, "0000")
    assert source.find(UNKNOWN) is None


@each_kind
def test_a_token_that_ends_is_replaced_within_the_same_question(
    kind: As, one: Callable[[As], Routed], served: Served
) -> None:
    source = one(kind)
    assert source.find(CODE) is not None
    served[kind].moods.set(MoodWanted(forget_tokens=True))
    assert source.find(read_sandbox()[0].code) is not None


@each_kind
@pytest.mark.parametrize("mood", [Mood.OTHER_ENCODING, Mood.THOUSANDS, Mood.OLD_DATES, Mood.UNKNOWN_STATE])
def test_what_can_still_be_read_is_read(kind: As, mood: Mood, one: Callable[[As], Routed], served: Served) -> None:
    served[kind].moods.set(MoodWanted(mood=mood))
    found = one(kind).find(CODE)
    assert found is not None
    assert proves(found, LAST4)
    dossier = found.dossier
    assert dossier.status is (DossierStatus.UNKNOWN if mood is Mood.UNKNOWN_STATE else DOSSIER.status)
    dates = (dossier.received_on, dossier.appointment_on)
    assert dates == (None, None) if mood is Mood.OLD_DATES else None not in dates


@each_kind
@pytest.mark.parametrize(
    ("mood", "failure"),
    [
        (Mood.DOWN, BackendUnavailable),
        (Mood.HTML, BackendUnavailable),
        (Mood.HALF, BackendUnavailable),
        (Mood.BROKEN_ENCODING, BackendUnavailable),
        (Mood.ERROR_INSIDE, BackendError),
        (Mood.REDIRECT, BackendRejected),
        (Mood.DRIP, BackendUnavailable),
        (Mood.HUGE, BackendRejected),
        (Mood.OTHER_PERSON, BackendRejected),
    ],
)
def test_what_cannot_be_used_is_a_failure_that_says_no_code(
    kind: As, mood: Mood, failure: type[BackendError], one: Callable[[As], Routed], served: Served
) -> None:
    source = one(kind)
    served[kind].moods.set(MoodWanted(mood=mood))
    began = time.monotonic()
    with pytest.raises(failure) as caught:
        source.find(CODE)
    assert time.monotonic() - began < 10
    assert CODE not in str(caught.value)
    assert "0900000" not in str(caught.value)
    served[kind].moods.set(MoodWanted())
    assert source.find(CODE) is not None


@each_kind
def test_another_dossier_than_was_asked_for_is_none(kind: As, one: Callable[[As], Routed], served: Served) -> None:
    served[kind].moods.set(MoodWanted(mood=Mood.OTHER_DOSSIER))
    assert one(kind).find(CODE) is None


@each_kind
def test_a_wrong_account_is_told_to_the_operator(kind: As, one: Callable[[As], Routed], secret_file: Path) -> None:
    source = one(kind)
    secret_file.write_text("nobody", encoding="utf-8")
    with pytest.raises(BackendRejected):
        source.find(CODE)
    secret_file.unlink()
    with pytest.raises(BackendRejected, match="the secret in account cannot be read"):
        source.find(CODE)


def test_one_question_at_a_time_about_a_dossier_whoever_asks(one: Callable[[As], Routed], served: Served) -> None:
    served[As.LGSP].moods.set(MoodWanted(seconds=0.3))
    # Two processes of one installation.
    sources = [one(As.LGSP), one(As.LGSP)]
    with ThreadPoolExecutor(12) as threads:
        found = list(threads.map(lambda number: sources[number % 2].find(CODE), range(12)))
    assert all(proves(each, LAST4) for each in found)
    assert served[As.LGSP].moods.asked == [CODE]


def test_an_impatient_channel_gets_no_answer_and_the_next_question_has_it(
    one: Callable[[As], Routed], served: Served
) -> None:
    served[As.PROVINCE].moods.set(MoodWanted(seconds=0.8))
    source = one(As.PROVINCE)
    with pytest.raises(BackendUnavailable, match="within the time"):
        source.find_within(CODE, 0.2)
    assert source.find_within(CODE, 3.0) is not None
    assert served[As.PROVINCE].moods.asked == [CODE]


def test_what_was_said_before_is_told_with_its_age_while_the_source_is_away(
    one: Callable[[As], Routed], served: Served, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.backends.answer_cache.FRESH", __import__("datetime").timedelta(0))
    source = one(As.NATIONAL)
    assert source.find(CODE) is not None
    served[As.NATIONAL].moods.set(MoodWanted(mood=Mood.DOWN))
    before = source.find(CODE)
    assert before is not None
    assert before.as_of is not None
    assert proves(before, LAST4)
    with pytest.raises(BackendUnavailable):
        source.find(read_sandbox()[0].code)
    # Sealed: neither the code nor a number stands in the store.
    stored = b"".join(key + (redis.get(key) or b"") for key in redis.keys("motcua:dossier:kept:*"))
    assert stored
    assert CODE.encode() not in stored
    assert DOSSIER.person.phone.encode() not in stored


def test_a_dead_source_is_left_alone_and_asked_again_once_it_is_back(
    one: Callable[[As], Routed], served: Served
) -> None:
    source = one(As.LGSP)
    served[As.LGSP].moods.set(MoodWanted(mood=Mood.DOWN))
    codes = [dossier.code for dossier in read_sandbox()[:20]]
    for code in codes:
        with pytest.raises(BackendUnavailable):
            source.find(code)
    assert len(served[As.LGSP].moods.asked) == 5


ROUTES: dict[str, Any] = {
    "routes": [
        {"prefixes": ["H15"], "ask": ["province"], "then": ["national"]},
        {"prefixes": ["G22.99"], "ask": ["province", "national"]},
        {"prefixes": ["G01"], "ask": ["ministry"]},
    ],
    "otherwise": ["national"],
    "agencies": ["H15.50.05.21"],
}


@pytest.fixture
def three(part: Part, routed: Make) -> Routed:
    """Three sources with routes."""
    sources = {"province": part(As.PROVINCE), "national": part(As.NATIONAL), "ministry": part(As.LGSP)}
    return routed(sources=sources, **ROUTES)


def asked(served: Served) -> dict[str, list[str]]:
    return {kind.value: served[kind].moods.asked for kind in OF_DOSSIERS if served[kind].moods.asked}


@pytest.mark.parametrize(
    ("beginning", "kinds"),
    [("H15", {"province"}), ("G22.99", {"province", "national"}), ("G01", {"lgsp"}), ("G09", {"national"})],
)
def test_a_code_is_asked_of_the_systems_of_its_agency(
    beginning: str, kinds: set[str], three: Routed, served: Served
) -> None:
    code = next(one.code for one in read_sandbox() if one.code.startswith(beginning))
    assert three.find(code) is not None
    assert set(asked(served)) == kinds


def test_a_code_of_the_older_order_is_its_provinces(three: Routed, served: Served) -> None:
    three.find("000.00.12.H15-261101-0004")
    assert set(asked(served)) == {"province", "national"}


def test_the_next_is_asked_where_the_first_does_not_know_or_is_away(three: Routed, served: Served) -> None:
    assert three.find(UNKNOWN) is None
    assert asked(served) == {"province": [UNKNOWN], "national": [UNKNOWN]}
    served[As.PROVINCE].moods.set(MoodWanted(mood=Mood.DOWN))
    found = three.find(CODE)
    assert found is not None
    assert found.as_of is None
    # Nobody can say that a code is unknown while one who may know it is away.
    with pytest.raises(BackendUnavailable):
        three.find("H15.50.05.21-261120-9998")


def test_a_slow_source_does_not_keep_the_other_from_answering(three: Routed, served: Served) -> None:
    code = next(one.code for one in read_sandbox() if one.code.startswith("G22.99"))
    served[As.PROVINCE].moods.set(MoodWanted(seconds=1.8))
    began = time.monotonic()
    assert three.find_within(code, 8.0) is not None
    assert time.monotonic() - began < 1.7


def test_a_keyed_code_is_completed_from_the_agencies_served(three: Routed) -> None:
    assert CODE in three.codes_with_digits("155005212611209124")
    assert three.codes_with_digits("265005212611209124") == ()
    assert three.codes_with_digits("155005219999999124") == ()


def test_sources_that_disagree_are_settled_by_the_newest_final_state(three: Routed) -> None:
    def told(status: DossierStatus, hours: int) -> ProvableDossier:
        from dataclasses import replace
        from datetime import timedelta

        found = three.find(CODE)
        assert found is not None
        at = found.dossier.updated_at - timedelta(hours=hours)
        return replace(found, dossier=replace(found.dossier, status=status, updated_at=at))

    ready, working = told(DossierStatus.READY, 9), told(DossierStatus.PROCESSING, 0)
    returned, unknown = told(DossierStatus.RETURNED, 5), told(DossierStatus.UNKNOWN, 0)
    assert newest([working, ready]) is ready
    assert newest([ready, returned]) is returned
    assert newest([unknown, working]) is working
