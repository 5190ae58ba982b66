"""What a system does in an hour, simulated: citizens who write and call, turns, recognition, an operator's limit.

Events of one stream after the other, each station first come, first served: what a station lets go is what comes to the
next. For such stations that is exact, whatever comes when, and quick enough for half a million messages. Every random
number is drawn from one seed. Pure.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import percentile

HOUR: Final = 3_600.0
RUSH_SECONDS: Final = 600.0
LEASE_SECONDS: Final = 30.0
"""After which what a dead host had begun is taken again (:mod:`channels.sms.queue.leases`)."""
TURNS_A_CORE: Final = 29.0
"""Turns of text messages a second that one core answers; measured, docs/scale.md."""
CALLS_A_CORE: Final = 25
"""Calls with sound that one core carries."""
SPEAKERS_A_CORE: Final = 4
"""People whose speech one recognising core follows at once."""


@dataclass(frozen=True)
class People:
    """Who asks in the busiest hour, and how.

    Args:
        citizens: of the area.
        ask: share of them who ask on that day.
        turns: each.
        busiest: share of the day's turns in its busiest hour.
        rush: share of that hour's turns in its first ten minutes; a sixth is even.
        call: share of those who ask who call.
        minutes: a call takes.
        texts: text messages an answer takes.
        spoken: seconds a caller speaks at a time.
    """

    citizens: int
    ask: float
    turns: float = 4.0
    busiest: float = 0.15
    rush: float = 1 / 6
    call: float = 0.2
    minutes: float = 3.0
    texts: float = 1.5
    spoken: float = 4.0

    @property
    def turns_in_the_hour(self) -> float:
        """All turns, whether written or said."""
        return self.citizens * self.ask * self.turns * self.busiest

    @property
    def turns_a_second(self) -> float:
        """Over the hour."""
        return self.turns_in_the_hour / HOUR

    @property
    def calls_at_once(self) -> float:
        """In the middle of an even hour (Little's law)."""
        return self.turns_in_the_hour / self.turns * self.call * self.minutes / 60


@dataclass(frozen=True)
class Machines:
    """What there is.

    Args:
        cores: that answer turns.
        sound_cores: that carry calls' sound.
        recognisers: cores that recognise; 0 where callers press keys.
        texts_a_second: the operator takes; a modem gives one in four seconds.
        hosts: the cores are on; one of them dies in the rush where there are several.
    """

    cores: int
    sound_cores: int
    recognisers: int
    texts_a_second: float
    hosts: int = 1


@dataclass(frozen=True)
class Hour:
    """What came of it; times in seconds."""

    texts: int
    answered_median: float
    answered_p95: float
    answered_longest: float
    waiting_most: int
    """Texts that waited for the operator at the worst moment."""
    calls: int
    refused: int
    calls_most: int
    """Calls at once at the worst moment."""
    heard_p95: float
    """What a caller waited for a recogniser, beyond what recognising takes."""


@dataclass(frozen=True)
class Passed:
    """A job that went through a station."""

    came: float
    done: float


class Station:
    """So many servers, one queue, first come, first served.

    Args:
        servers: how many.
        away: servers that are gone from one moment to another; what they had begun is taken again after the lease.
    """

    def __init__(self, servers: int, away: tuple[int, float, float] = (0, 0.0, 0.0)) -> None:
        self._free = [(0.0, number) for number in range(servers)]
        heapq.heapify(self._free)
        self._away = away

    def serve(self, jobs: Sequence[tuple[float, float]]) -> list[float]:
        """When each job is done.

        Args:
            jobs: when it comes, and the seconds of a server it takes; in the order they come.
        """
        waiting = [(came, number) for number, (came, _) in enumerate(jobs)]
        done = [0.0] * len(jobs)
        count, begin, end = self._away
        while waiting:
            came, number = heapq.heappop(waiting)
            free, server = heapq.heappop(self._free)
            start = max(free, came)
            ends = start + jobs[number][1]
            if server >= count or start >= end or ends <= begin:
                done[number] = ends
                heapq.heappush(self._free, (ends, server))
                continue
            heapq.heappush(self._free, (end, server))
            # What was begun is lost with the server, and found once its lease has run out.
            heapq.heappush(waiting, (came if start >= begin else begin + LEASE_SECONDS, number))
        return done


def poisson(draw: random.Random, people: People, rate: float, seconds: float = HOUR) -> Iterator[float]:
    """Moments of an hour; ``rate`` a second on its average, more in the rush."""
    rush = rate * people.rush * HOUR / RUSH_SECONDS
    rest = rate * (1 - people.rush) * HOUR / (HOUR - RUSH_SECONDS)
    now = 0.0
    while True:
        now += draw.expovariate(rush if now < RUSH_SECONDS else rest)
        if now >= seconds:
            return
        yield now


def answered(came: Sequence[float], station: Station, cost: float, draw: random.Random | None = None) -> list[Passed]:
    """Send jobs through a station.

    Args:
        came: moments, in order.
        station: empty before.
        cost: seconds of a server each takes, on the average where ``draw`` is given.
        draw: gives exponential costs; without it all are alike.
    """
    done = station.serve([(at, draw.expovariate(1 / cost) if draw else cost) for at in came])
    return [Passed(at, ends) for at, ends in zip(came, done, strict=True)]


def simulate(people: People, machines: Machines, seed: int = 1) -> Hour:
    """The busiest hour; with several hosts one dies for a minute in the middle of the rush."""
    draw = random.Random(seed)
    asks = people.turns_a_second
    calls = list(poisson(draw, people, asks / people.turns * people.call))
    kept, refused, most = _taken_calls(draw, calls, people, machines.sound_cores * CALLS_A_CORE)
    said, heard = _heard(draw, kept, people, machines.recognisers * SPEAKERS_A_CORE)
    written = list(poisson(draw, people, asks * (1 - people.call)))
    turns = sorted([(at, True) for at in written] + [(at, False) for at in said])
    lost = machines.cores // machines.hosts if machines.hosts > 1 else 0
    station = Station(machines.cores, (lost, RUSH_SECONDS / 2, RUSH_SECONDS / 2 + 60.0))
    done = station.serve([(at, draw.expovariate(TURNS_A_CORE)) for at, _ in turns])
    # In the order they are done, which is the order they go to the operator in.
    replies = sorted((ends, at) for ends, (at, is_written) in zip(done, turns, strict=True) if is_written)
    texts = [(ready, at) for ready, at in replies for _ in range(_whole(draw, people.texts))]
    out = Station(1).serve([(ready, 1 / machines.texts_a_second) for ready, _ in texts])
    leaving = [(ready, left) for (ready, _), left in zip(texts, out, strict=True)]
    # An answer is there with its last text.
    waits = list({at: left - at for (_, at), left in zip(texts, out, strict=True)}.values())
    return Hour(
        texts=len(leaving),
        answered_median=_share(waits, 0.5),
        answered_p95=_share(waits, 0.95),
        answered_longest=max(waits, default=0.0),
        waiting_most=_most_at_once(leaving),
        calls=len(calls),
        refused=refused,
        calls_most=most,
        heard_p95=_share(heard, 0.95),
    )


def _taken_calls(
    draw: random.Random, calls: Sequence[float], people: People, lines: int
) -> tuple[list[tuple[float, float]], int, int]:
    """Calls with their ends; how many were told that all lines are busy; the most at once."""
    open_until: list[float] = []
    kept, refused, most = [], 0, 0
    for at in calls:
        while open_until and open_until[0] <= at:
            heapq.heappop(open_until)
        if len(open_until) >= lines:
            refused += 1
            continue
        ends = at + draw.expovariate(1 / (people.minutes * 60))
        heapq.heappush(open_until, ends)
        kept.append((at, ends))
        most = max(most, len(open_until))
    return kept, refused, most


def _heard(
    draw: random.Random, calls: Sequence[tuple[float, float]], people: People, speakers: int
) -> tuple[list[float], list[float]]:
    """Moments at which what callers said has become text, and what each waited for a recogniser.

    With keys instead of speech nobody waits.
    """
    spoken = sorted(draw.uniform(at, ends) for at, ends in calls for _ in range(round(people.turns)))
    if not speakers:
        return spoken, []
    speech = [draw.expovariate(1 / people.spoken) for _ in spoken]
    said = Station(speakers).serve(list(zip(spoken, speech, strict=True)))
    waits = [ready - at - seconds for ready, at, seconds in zip(said, spoken, speech, strict=True)]
    return sorted(said), waits


def _whole(draw: random.Random, mean: float) -> int:
    """A whole number, this or the next one, that has the mean."""
    return int(mean) + (draw.random() < mean - int(mean))


def _most_at_once(spans: Sequence[tuple[float, float]]) -> int:
    steps = sorted([(begin, 1) for begin, _ in spans] + [(end, -1) for _, end in spans])
    now = most = 0
    for _, step in steps:
        now += step
        most = max(most, now)
    return most


def _share(values: Sequence[float], share: float) -> float:
    return percentile(values, share) if values else 0.0
