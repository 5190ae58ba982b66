"""Wrong tries lock whoever made them, and the store learns neither code nor guesser."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from actions.dossiers.lockout import Lockout, LockoutUnavailable, Refused, Taken
from stores.limiter import REACHED_KEY, rules
from stores.sealing import Seal

SECRET = b"a secret for tests only"
CODE = "H15.50.05.21-261123-9105"
OTHER = "G22.99.08-261122-998102"
OWNER, BOX = "person:the-owner", "place:box-1"


def take_all(lockout: Lockout, code: str, conversation: str, times: int) -> list[Taken | Refused]:
    return [lockout.take(code, conversation) for _ in range(times)]


def test_three_tries_are_given_and_the_fourth_is_refused(lockout: Lockout, clock: Any) -> None:
    first, second, third, fourth = take_all(lockout, CODE, "a", 4)

    assert [attempt.tries_left for attempt in (first, second, third)] == [2, 1, 0]  # type: ignore[union-attr]
    assert fourth == Refused(clock() + timedelta(minutes=15))


def test_the_lock_opens_after_fifteen_minutes_and_not_a_second_before(lockout: Lockout, clock: Any) -> None:
    take_all(lockout, CODE, "a", 3)

    clock.forward(minutes=14, seconds=59)
    assert isinstance(lockout.take(CODE, "a"), Refused)
    clock.forward(seconds=1)
    assert lockout.take(CODE, "a") == Taken(2, clock() + timedelta(minutes=15))


def test_asking_again_while_locked_does_not_lengthen_the_lock(lockout: Lockout, clock: Any) -> None:
    take_all(lockout, CODE, "a", 3)
    opens = clock() + timedelta(minutes=15)

    clock.forward(minutes=10)

    assert lockout.take(CODE, "a") == Refused(opens)


def test_a_guesser_does_not_lock_the_owner_out(lockout: Lockout) -> None:
    take_all(lockout, CODE, "a", 3)

    assert isinstance(lockout.take(CODE, "a"), Refused)
    assert lockout.take(CODE, "b").tries_left == 2  # type: ignore[union-attr]


def test_all_guessers_together_get_nine_tries_a_day_at_a_dossier(lockout: Lockout, clock: Any) -> None:
    attempts = [lockout.take(CODE, f"c{number}") for number in range(12)]

    assert sum(isinstance(attempt, Taken) for attempt in attempts) == 9
    assert attempts[-1] == Refused(clock() + timedelta(hours=24), of_all=True)
    assert isinstance(lockout.take(OTHER, "d"), Taken)
    clock.forward(hours=24)
    assert isinstance(lockout.take(CODE, "d"), Taken)


def test_whoever_has_proven_a_dossier_is_not_bound_by_what_strangers_do(lockout: Lockout) -> None:
    lockout.take(CODE, "a", [OWNER])
    lockout.forgive(CODE, "a", [OWNER])
    for number in range(12):
        lockout.take(CODE, f"c{number}")

    assert isinstance(lockout.take(CODE, "x"), Refused)
    assert isinstance(lockout.take(CODE, "y", [OWNER]), Taken)
    # A number that has proven one dossier is a stranger at the next, and a place proves nobody.
    for number in range(12):
        lockout.take(OTHER, f"d{number}")
    assert isinstance(lockout.take(OTHER, "z", [OWNER]), Refused)


def test_a_place_proves_nobody(lockout: Lockout) -> None:
    lockout.take(CODE, "a", [BOX])
    lockout.forgive(CODE, "a", [BOX])
    for number in range(12):
        lockout.take(CODE, f"c{number}")

    assert isinstance(lockout.take(CODE, "b", [BOX]), Refused)


@pytest.mark.parametrize(("mark", "tries", "hours"), [("person:x", 10, 24), ("place:x", 30, 1)])
def test_a_guesser_has_a_budget_over_all_codes_and_conversations(
    lockout: Lockout, clock: Any, mark: str, tries: int, hours: int
) -> None:
    attempts = [lockout.take(f"H15-261101-{number:04}", f"c{number}", [mark]) for number in range(tries + 3)]

    assert sum(isinstance(attempt, Taken) for attempt in attempts) == tries
    assert attempts[-1] == Refused(clock() + timedelta(hours=hours))
    assert isinstance(lockout.take("H15-261101-0001", "other", ["person:y", "place:y"]), Taken)


def test_the_whole_installation_has_a_budget_an_hour_and_rings_once(
    redis: Redis, clock: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lockout = Lockout(redis, Seal(SECRET), clock, rules("look_ups_hour=20"))
    attempts = [lockout.take(f"H15-261101-{number:04}", f"c{number}") for number in range(25)]

    assert sum(isinstance(attempt, Taken) for attempt in attempts) == 20
    assert all(attempt == Refused(clock() + timedelta(hours=1), of_all=True) for attempt in attempts[20:])
    assert redis.hgetall(REACHED_KEY) == {b"look_ups_hour": b"5"}
    (told,) = [line for line in caplog.messages if "a limit is reached" in line]
    assert "one-time code to the number on it" in told
    clock.forward(hours=1)
    assert isinstance(lockout.take(CODE, "a"), Taken)


def test_right_answers_use_up_nothing(lockout: Lockout) -> None:
    for number in range(60):
        assert isinstance(lockout.take(CODE, f"c{number}", [OWNER, BOX]), Taken)
        lockout.forgive(CODE, f"c{number}", [OWNER, BOX])


def test_a_conversation_is_locked_for_every_code(lockout: Lockout) -> None:
    for code in (CODE, OTHER, "H26.31.08-261122-9104"):
        lockout.take(code, "a")

    assert isinstance(lockout.take("H22.41-261103-9110", "a"), Refused)
    assert isinstance(lockout.take("H22.41-261103-9110", "b"), Taken)


def test_the_same_code_keyed_as_digits_shares_its_tries(lockout: Lockout) -> None:
    for number in range(8):
        lockout.take(CODE, f"c{number}")

    assert lockout.take("155005212611239105", "b").tries_left == 0  # type: ignore[union-attr]
    assert isinstance(lockout.take(CODE, "d"), Refused)


def test_a_right_answer_forgets_the_wrong_ones_on_that_code(lockout: Lockout) -> None:
    take_all(lockout, CODE, "a", 3)

    lockout.forgive(CODE, "a")

    assert lockout.take(CODE, "a").tries_left == 2  # type: ignore[union-attr]


def test_a_right_answer_does_not_pardon_guesses_at_other_codes(lockout: Lockout) -> None:
    take_all(lockout, OTHER, "a", 2)
    lockout.take(CODE, "a")
    lockout.forgive(CODE, "a")

    assert lockout.take(OTHER, "a").tries_left == 0  # type: ignore[union-attr]
    assert isinstance(lockout.take(CODE, "a"), Refused)


def test_a_try_handed_back_was_never_made(lockout: Lockout) -> None:
    lockout.take(CODE, "a")
    for _ in range(5):
        lockout.take(CODE, "a")
        lockout.give_back(CODE, "a")

    assert lockout.take(CODE, "a").tries_left == 1  # type: ignore[union-attr]


def test_a_try_handed_back_leaves_nothing_in_the_store(lockout: Lockout, redis: Redis) -> None:
    lockout.take(CODE, "a")
    lockout.give_back(CODE, "a")

    assert redis.dbsize() == 0


def test_handing_back_the_last_try_opens_the_lock(lockout: Lockout) -> None:
    take_all(lockout, CODE, "a", 3)

    lockout.give_back(CODE, "a")

    assert lockout.take(CODE, "a").tries_left == 0  # type: ignore[union-attr]


def test_handing_back_more_than_was_taken_gives_no_extra_tries(lockout: Lockout) -> None:
    for _ in range(3):
        lockout.give_back(CODE, "a")

    assert lockout.take(CODE, "a").tries_left == 2  # type: ignore[union-attr]


def test_many_at_once_get_nine_tries_between_them(lockout: Lockout) -> None:
    with ThreadPoolExecutor(16) as pool:
        attempts = list(pool.map(lambda number: lockout.take(CODE, f"c{number}"), range(48)))

    assert sum(isinstance(attempt, Taken) for attempt in attempts) == 9


def test_a_second_process_sees_the_lock(lockout: Lockout, store_socket: str, clock: Any) -> None:
    take_all(lockout, CODE, "a", 3)
    elsewhere = Lockout(Redis(unix_socket_path=store_socket, decode_responses=True), Seal(SECRET), clock)

    assert isinstance(elsewhere.take(CODE, "a"), Refused)


def test_the_store_holds_neither_code_nor_conversation_and_forgets_by_itself(lockout: Lockout, redis: Redis) -> None:
    lockout.take(CODE, "conversation-of-somebody", [OWNER])

    everything = b""
    for key in redis.scan_iter():
        assert key.startswith(b"motcua:")
        assert 0 < redis.pttl(key) <= 24 * 60 * 60 * 1000
        everything += key + b" ".join(b" ".join(pair) for pair in redis.hgetall(key).items())
    assert everything
    for secret in (b"H15", b"155005212611239105", b"9105", b"conversation-of-somebody", b"the-owner"):
        assert secret not in everything


def test_another_secret_gives_other_keys(redis: Redis, clock: Any) -> None:
    take_all(Lockout(redis, Seal(SECRET), clock), CODE, "a", 3)

    assert isinstance(Lockout(redis, Seal(b"another secret for tests"), clock).take(CODE, "a"), Taken)


def test_a_short_secret_is_refused(redis: Redis, clock: Any) -> None:
    with pytest.raises(ValueError, match="at least 16"):
        Lockout(redis, Seal(b"short"), clock)


def test_limit_and_duration_can_be_set(redis: Redis, clock: Any) -> None:
    once = replace(rules()["look_ups_conversation"], most=1, seconds=120)
    lockout = Lockout(
        redis,
        Seal(SECRET),
        clock,
        {**rules(), "look_ups_conversation": once},
    )

    lockout.take(CODE, "a")

    assert lockout.take(CODE, "a") == Refused(clock() + timedelta(minutes=2))


def test_a_silent_store_gives_no_tries(dead_redis: Redis, clock: Any) -> None:
    lockout = Lockout(dead_redis, Seal(SECRET), clock)

    for ask in (lockout.take, lockout.forgive, lockout.give_back):
        with pytest.raises(LockoutUnavailable):
            ask(CODE, "a")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from([CODE, OTHER]), st.sampled_from("abc"), st.integers(0, 6)),
        max_size=25,
    )
)
def test_no_order_of_wrong_tries_buys_a_fourth_in_one_conversation(
    redis: Redis, clock: Any, steps: list[tuple[str, str, int]]
) -> None:
    redis.flushall()
    lockout = Lockout(redis, Seal(SECRET), clock)
    made: dict[str, list[Any]] = {"a": [], "b": [], "c": []}
    for code, conversation, minutes in steps:
        clock.forward(minutes=minutes)
        if isinstance(lockout.take(code, conversation), Taken):
            made[conversation].append(clock())
    for moments in made.values():
        for earlier, later in zip(moments, moments[3:], strict=False):
            assert later - earlier >= timedelta(minutes=15)


def test_a_code_a_slip_away_is_told_only_to_whoever_has_proven_it(lockout: Lockout) -> None:
    lockout.forgive("H15.50.05.21-261120-9124", "a", ["person:x", "place:box"])
    for slip in ("H15.50.05.21-261120-9125", "H15.50.05.21-261120-9142", "H15.50.05.21-261210-9124"):
        assert lockout.proven_like(slip, ["person:x"]) == "H15.50.05.21-261120-9124"
        assert lockout.proven_like(slip, ["person:y", "place:box"]) is None
    assert lockout.proven_like("H15.50.05.21-261120-9999", ["person:x"]) is None
    assert lockout.proven_like("H15.50.05.21-261120-9124", ["person:x"]) is None


def test_of_two_codes_a_slip_away_none_is_told(lockout: Lockout) -> None:
    for code in ("H15.50.05.21-261120-9124", "H15.50.05.21-261120-9126"):
        lockout.forgive(code, "a", ["person:x"])
    assert lockout.proven_like("H15.50.05.21-261120-9125", ["person:x"]) is None


def test_without_the_store_no_look_alike_is_known(dead_redis: Redis, clock: Any) -> None:
    nowhere = Lockout(dead_redis, Seal(b"a secret for tests only"), clock)
    assert nowhere.proven_like("H15-261120-9124", ["person:x"]) is None
