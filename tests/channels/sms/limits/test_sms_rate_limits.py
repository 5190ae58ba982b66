from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from redis import Redis

from channels.sms.limits.rate_limits import Allowed, Limits
from stores.limiter import Limiter, rules
from stores.sealing import Seal


def limits(redis: Redis, **most: int) -> Limits:
    """With these numbers, and no other limit."""
    changed = {"sms_short": 0, "sms_day": 0, "sms_look_ups": 0, **most}
    table = rules(",".join(f"{name}={number}" for name, number in changed.items()))
    return Limits(Limiter(redis, Seal(b"a secret of the tests"), table))


def test_many_messages_at_once_are_counted_one_by_one(redis: Redis) -> None:
    counts = limits(redis, sms_short=10, sms_day=100)
    with ThreadPoolExecutor(8) as pool:
        found = Counter(pool.map(lambda _: counts.take("a"), range(40)))
    assert found == {Allowed.YES: 10, Allowed.TELL_SHORT: 1, Allowed.NO: 29}


def test_messages_over_the_short_limit_do_not_use_up_the_day(redis: Redis) -> None:
    counts = limits(redis, sms_short=2, sms_day=3)
    for _ in range(9):
        counts.take("a")
    (short,) = redis.keys("motcua:limit:sms_short:*")
    redis.delete(short)
    assert [counts.take("a") for _ in range(3)] == [Allowed.YES, Allowed.TELL_DAY, Allowed.NO]


def test_a_window_is_not_prolonged_by_what_comes_in_it(redis: Redis) -> None:
    counts = limits(redis, sms_short=1)
    counts.take("a")
    (short,) = redis.keys("motcua:limit:sms_short:*")
    redis.expire(short, 5)
    counts.take("a")
    assert 0 < redis.ttl(short) <= 5


def test_zero_means_no_limit(redis: Redis) -> None:
    counts = limits(redis)
    assert {counts.take("a") for _ in range(50)} == {Allowed.YES}
    assert {counts.take_look_up("a", str(turn)) for turn in range(50)} == {Allowed.YES}


def test_a_look_up_tried_again_counts_once_and_is_told_the_same(redis: Redis) -> None:
    counts = limits(redis, sms_look_ups=1)
    assert [counts.take_look_up("a", turn) for turn in ("t1", "t1", "t2", "t2", "t3", "t1")] == [
        Allowed.YES,
        Allowed.YES,
        Allowed.TELL_LOOK_UPS,
        Allowed.TELL_LOOK_UPS,
        Allowed.NO,
        Allowed.YES,
    ]
    assert counts.take_look_up("b", "t4") is Allowed.YES
