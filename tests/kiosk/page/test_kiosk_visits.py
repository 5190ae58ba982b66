"""A visit is forgotten when it ends, however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from channels.core_client import CoreUnavailable
from contract.reply import Choice, Detail, Reply, ReplyKind
from contract.turn import Event, Turn, TurnResult, Understanding
from kiosk.page.answers import Expected, expected
from kiosk.page.visits import GRACE_SECONDS, VisitOver, Visits, may_restart, restart_waits
from stores.redis_server import RedisServer
from stores.sealing import Seal

VISIT, OTHER = "1" * 32, "2" * 32
IDLE = 80.0
SEAL = Seal(b"a secret of the tests")


class RememberingCore:
    """Remembers conversations as the real core does, and forgets them when it is told to."""

    def __init__(self) -> None:
        self.known: dict[str, list[str]] = {}
        self.is_away = False
        self.during: Callable[[], None] = lambda: None

    def result(self, turn: Turn) -> TurnResult:
        if self.is_away:
            raise CoreUnavailable("away")
        if turn.event in (Event.START, Event.HANGUP):
            self.known.pop(turn.conversation, None)
        if turn.text is not None:
            during, self.during = self.during, lambda: None
            during()
            self.known.setdefault(turn.conversation, []).append(turn.text)
        return TurnResult(replies=(), understanding=Understanding(intent=None))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(server.url, decode_responses=True) as client:
        client.flushall()
        yield client


@pytest.fixture
def core() -> RememberingCore:
    return RememberingCore()


@pytest.fixture
def now() -> list[float]:
    return [1_000_000.0]


@pytest.fixture
def visits(core: RememberingCore, redis: Redis, now: list[float]) -> Visits:
    return Visits(core, redis, SEAL, IDLE, clock=lambda: now[0])


def test_nothing_is_left_after_the_end(visits: Visits, core: RememberingCore, redis: Redis) -> None:
    visits.turn(VISIT, "chuyện riêng")
    assert core.known
    visits.end(VISIT)
    assert core.known == {}
    assert redis.zcard("kiosk:visits") == 0
    with pytest.raises(VisitOver):
        visits.turn(VISIT, "còn nhớ không")


def test_the_visits_own_number_stands_nowhere(visits: Visits, core: RememberingCore, redis: Redis) -> None:
    visits.turn(VISIT, "một")
    visits.end(VISIT)
    assert not any(VISIT in str(key) for key in redis.scan_iter())
    assert not any(VISIT in conversation for conversation in core.known)


def test_an_answer_that_comes_after_the_end_is_forgotten_too(visits: Visits, core: RememberingCore) -> None:
    core.during = lambda: visits.end(VISIT)
    with pytest.raises(VisitOver):
        visits.turn(VISIT, "chuyện riêng")
    assert core.known == {}


def test_a_browser_that_crashed_leaves_its_visit_for_no_longer_than_the_grace(
    visits: Visits, core: RememberingCore, now: list[float]
) -> None:
    visits.turn(VISIT, "một")
    now[0] += IDLE + GRACE_SECONDS - 1
    visits.turn(OTHER, "hai")
    assert visits.sweep() == 0
    now[0] += 2
    assert visits.sweep() == 1
    assert list(core.known.values()) == [["hai"]]


def test_reading_keeps_a_visit(visits: Visits, core: RememberingCore, now: list[float]) -> None:
    visits.turn(VISIT, "một")
    now[0] += IDLE + GRACE_SECONDS - 1
    visits.seen(VISIT)
    now[0] += 60
    assert visits.sweep() == 0
    visits.seen(OTHER)
    assert list(core.known.values()) == [["một"]]


def test_a_visit_is_ended_later_when_the_core_is_away(visits: Visits, core: RememberingCore, now: list[float]) -> None:
    visits.turn(VISIT, "một")
    core.is_away = True
    with pytest.raises(CoreUnavailable):
        visits.end(VISIT)
    now[0] += IDLE + GRACE_SECONDS + 1
    assert visits.sweep() == 1
    core.is_away = False
    assert visits.sweep() == 1
    assert core.known == {}


def result(reply: Reply, **understood: object) -> TurnResult:
    return TurnResult(replies=(reply,), understanding=Understanding(**{"intent": None, **understood}))


def asking(detail: Detail | None) -> Reply:
    return Reply(kind=ReplyKind.ASK_DETAIL, short="?", asks=detail)


@pytest.mark.parametrize(
    ("answer", "asked_for"),
    [
        (result(asking(Detail.DOSSIER_CODE)), Expected.DOSSIER_CODE),
        (result(asking(Detail.LAST4)), Expected.LAST4),
        (result(asking(Detail.WORDS)), Expected.WORDS),
        (result(asking(None)), Expected.WORDS),
        (result(Reply(kind=ReplyKind.ASK_BACK, short="?", choices=(Choice(key="1", label="a"),))), Expected.CHOICE),
        (result(Reply(kind=ReplyKind.ANSWER, short="!")), Expected.NOTHING),
        (TurnResult(replies=(), understanding=Understanding(intent=None)), Expected.NOTHING),
    ],
)
def test_the_page_is_told_which_keys_to_show(answer: TurnResult, asked_for: Expected) -> None:
    assert expected(answer) is asked_for


def test_a_restart_waits_for_who_is_there_and_the_page_is_told(visits: Visits, redis: Redis) -> None:
    redis.delete("kiosk:restart")
    assert may_restart(redis)
    assert not restart_waits(redis), "nobody is there to read it"
    visits.turn(VISIT, "xin chào")
    assert not may_restart(redis)
    assert restart_waits(redis)
    visits.end(VISIT)
    assert may_restart(redis)
