from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from redis import Redis

from channels.sms.limits.rate_limits import Allowed, Limits, Quota


def test_many_messages_at_once_are_counted_one_by_one(redis: Redis) -> None:
    limits = Limits(redis, Quota(short=10, day=100, look_ups=0))
    with ThreadPoolExecutor(8) as pool:
        found = Counter(pool.map(lambda _: limits.take("a"), range(40)))
    assert found == {Allowed.YES: 10, Allowed.TELL_SHORT: 1, Allowed.NO: 29}


def test_messages_over_the_short_limit_do_not_use_up_the_day(redis: Redis) -> None:
    limits = Limits(redis, Quota(short=2, day=3, look_ups=0))
    for _ in range(9):
        limits.take("a")
    redis.delete("motcua:sms:short:a")
    assert [limits.take("a") for _ in range(2)] == [Allowed.YES, Allowed.TELL_DAY]


def test_a_window_is_not_prolonged_by_what_comes_in_it(redis: Redis) -> None:
    limits = Limits(redis, Quota(short=1, day=0, look_ups=0))
    limits.take("a")
    redis.expire("motcua:sms:short:a", 5)
    limits.take("a")
    assert 0 < redis.ttl("motcua:sms:short:a") <= 5


def test_zero_means_no_limit(redis: Redis) -> None:
    limits = Limits(redis, Quota(0, 0, 0))
    assert {limits.take("a") for _ in range(50)} == {Allowed.YES}
    assert {limits.take_look_up("a", str(turn)) for turn in range(50)} == {Allowed.YES}


def test_a_look_up_tried_again_counts_once_and_is_told_the_same(redis: Redis) -> None:
    limits = Limits(redis, Quota(0, 0, look_ups=1))
    assert [limits.take_look_up("a", turn) for turn in ("t1", "t1", "t2", "t2", "t3", "t1")] == [
        Allowed.YES,
        Allowed.YES,
        Allowed.TELL_LOOK_UPS,
        Allowed.TELL_LOOK_UPS,
        Allowed.NO,
        Allowed.YES,
    ]
    assert limits.take_look_up("b", "t4") is Allowed.YES
