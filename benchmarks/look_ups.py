"""``python -m benchmarks.look_ups``: dossiers asked of three systems at once, of which one is slow and one dead.

Three stand-ins, each a process of its own: a province that answers in 200 ms, the national portal in 2 s, and a
ministry that is dead (HTTP 502) until two thirds of the run and then comes back. Look-ups come at a fixed rate whether
earlier ones are answered or not, each by a person of its own on one of the three channels, for dossiers of their own of
which every fourth is asked for twice at once. The look-up is the real one: tries, budgets, breaker, cache, access log.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Annotated, Any, Final

import httpx
import typer

from actions.backends.breaker import PAUSE_SECONDS
from actions.backends.routed import put_together
from actions.backends.routing import Routed
from actions.backends.sources_file import SourcesFile
from actions.dossiers.backend import SourceContext
from actions.dossiers.lockout import Lockout
from actions.dossiers.look_up_log import LookUps
from actions.dossiers.model import DossierStatus
from actions.dossiers.sandbox import SandboxDossier, SandboxPerson
from actions.dossiers.service import DossierService, Found, Locked, NotFoundOrMismatch, Outcome, SourceStore
from benchmarks import machine
from cli.stand_ins.kinds import ACCOUNT, As
from cli.stand_ins.serving import StandIn, serving
from runtime.clock import now
from stores.database import Database
from stores.limiter import rules
from stores.redis_server import RedisServer
from stores.sealing import Seal

RESULTS: Final = Path(__file__).parent / "results"
BUDGETS: Final = {"phone": 3.0, "sms": 20.0, "kiosk": 8.0}
LETTERS: Final = {As.PROVINCE: "H15.50.05.21", As.NATIONAL: "G22.99.08", As.LGSP: "G09.20.01"}
DELAYS: Final = {As.PROVINCE: 0.2, As.NATIONAL: 2.0, As.LGSP: 0.2}
EACH: Final = 4_000
"""Dossiers of each system."""
BACK_AT: Final = 2 / 3
"""Of the run, when the dead system comes back."""
_AROUND: Final = 0.25
"""Seconds around a look-up that are the load generator's own."""


@dataclass(frozen=True)
class Measured:
    """One run."""

    seconds: float
    rate: float
    look_ups: int
    within_budget: float
    """Share of all, of each channel its own budget."""
    found: int
    unavailable: int
    another_persons: int
    """Answers about another dossier than was asked for, or turned away as not proven."""
    failures_until_open: int
    """Questions the dead system was asked before it was left alone for the first time."""
    closed_after: float | None
    """Seconds from its recovery to the first dossier found there; None when there was none."""
    most_of_one: int
    """Most questions about one dossier under way at one system."""
    median: Mapping[str, float]
    worst: Mapping[str, float]
    """By system, in seconds."""


def dossiers(kind: As) -> list[SandboxDossier]:
    """Invented dossiers of one system, each with people and a procedure of its own."""
    return [
        SandboxDossier(
            code=f"{LETTERS[kind]}-261101-{number:06}",
            procedure_code="1.001193",
            procedure_name=f"{kind} {number}",
            status=DossierStatus.PROCESSING,
            received=-1,
            appointment=5,
            finished=None,
            supplement=None,
            office="Ví Dụ",
            updated_hours_ago=1,
            person=SandboxPerson("", f"09000{number:05}", f"00000000{number:04}", ""),
        )
        for number in range(1, EACH + 1)
    ]


def _serve(kind: As, told: Connection) -> None:
    with serving(StandIn(kind, now, dossiers(kind))) as address:
        told.send(address)
        told.recv()


@contextmanager
def _systems() -> Iterator[dict[As, str]]:
    context = multiprocessing.get_context("spawn")
    running = []
    try:
        for kind in LETTERS:
            ours, theirs = context.Pipe()
            process = context.Process(target=_serve, args=(kind, theirs), daemon=True)
            process.start()
            running.append((kind, ours, process))
        yield {kind: ours.recv() for kind, ours, _ in running}
    finally:
        for _, ours, process in running:
            ours.send("end")
            process.join(10)


def _mood(address: str, **wanted: Any) -> dict[str, Any]:
    found: dict[str, Any] = httpx.post(f"{address}/_mood", json=wanted, trust_env=False, timeout=30).json()
    return found


def _asked(address: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{address}/_mood", trust_env=False, timeout=30).json()
    return found


def _sources(addresses: dict[As, str], account: Path, context: SourceContext, pause: float) -> Routed:
    files = {"username_file": account, "password_file": account}
    tokens = {"id_file": account, "secret_file": account, "token_url": f"{addresses[As.LGSP]}/token"}
    realm = f"{addresses[As.PROVINCE]}/auth/realms/digo/protocol/openid-connect/token"
    content = {
        "sources": {
            "national": {"kind": "national", "url": addresses[As.NATIONAL], "agency": "H15", **files},
            "lgsp": {
                "kind": "lgsp",
                "url": addresses[As.LGSP],
                "unit": "H15",
                "access": {"kind": "client-credentials", **tokens},
            },
            "province": {
                "kind": "igate",
                "url": addresses[As.PROVINCE],
                "access": {"kind": "keycloak", "token_url": realm, "client_id": "bench", **files},
            },
        },
        "routes": [{"prefixes": [".".join(LETTERS[kind].split(".")[:1])], "ask": [kind.value]} for kind in LETTERS],
    }
    return put_together(SourcesFile.model_validate(content), context, pause=pause)


class _Tally:
    """What came of the look-ups; safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.seconds: dict[As, list[float]] = {kind: [] for kind in LETTERS}
        self.late = self.found = self.unavailable = self.wrong = 0
        self.first_back: float | None = None

    def add(self, kind: As, channel: str, seconds: float, wanted: SandboxDossier, outcome: Outcome) -> None:
        right = isinstance(outcome, Found) and outcome.view.procedure_name == wanted.procedure_name
        with self._lock:
            self.seconds[kind].append(seconds)
            self.late += seconds > BUDGETS[channel] + _AROUND
            self.found += right
            self.wrong += isinstance(outcome, NotFoundOrMismatch | Locked) or (isinstance(outcome, Found) and not right)
            self.unavailable += not isinstance(outcome, Found | NotFoundOrMismatch | Locked)
            if right and kind is As.LGSP and self.first_back is None:
                self.first_back = time.monotonic()


def measure(
    seconds: float, rate: float, say: Callable[[str], None] = lambda _: None, *, pause: float = PAUSE_SECONDS
) -> Measured:
    """One run; see the module. ``pause``: seconds a dead source is left alone."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motcua-look-ups-")))
        account = scratch / "account"
        account.write_text(ACCOUNT, encoding="utf-8")
        redis_server = stack.enter_context(RedisServer(scratch / "redis"))
        addresses = stack.enter_context(_systems())
        from redis import Redis

        redis = stack.enter_context(Redis.from_url(redis_server.url))
        database = Database(f"sqlite:///{scratch}/bench.db")
        stack.callback(database.close)
        database.migrate()
        seal = Seal(b"a secret of the benchmark")
        routed = _sources(addresses, account, SourceContext(now, redis, seal), pause)
        stack.callback(routed.close)
        # Everybody here is right; the installation's budget is for guessers.
        limits = rules("look_ups_hour=1000000")
        log = LookUps(database, seal, now)
        service = DossierService(SourceStore(routed), Lockout(redis, seal, now, limits), now, seconds=BUDGETS, log=log)
        for kind in LETTERS:
            dead = kind is As.LGSP
            _mood(addresses[kind], seconds=0.0 if dead else DELAYS[kind], mood="down" if dead else "fine")
        return _run(service, routed, addresses, seconds, rate, say)


def _run(
    service: DossierService,
    routed: Routed,
    addresses: dict[As, str],
    seconds: float,
    rate: float,
    say: Callable[[str], None],
) -> Measured:
    waiting = {kind: random.Random(7).sample(dossiers(kind), EACH) for kind in LETTERS}
    tally, channels = _Tally(), list(BUDGETS)
    back_at: float | None = None
    until_open: int | None = None
    breaker = routed.breaker_of("lgsp")

    def ask(kind: As, wanted: SandboxDossier, channel: str, number: int, planned: float) -> None:
        outcome = service.look_up(wanted.code, wanted.person.phone[-4:], f"c{number}", channel=channel)
        tally.add(kind, channel, time.monotonic() - planned, wanted, outcome)

    began, count = time.monotonic(), int(seconds * rate)
    with ThreadPoolExecutor(256) as threads:
        last: SandboxDossier | None = None
        for number in range(count):
            planned = began + number / rate
            time.sleep(max(0.0, planned - time.monotonic()))
            kind = list(As)[number // 2 % 3]
            # Every fourth is asked for a second time while the first is under way.
            last = last if last is not None and number % 4 == 1 else waiting[kind].pop()
            if until_open is None and breaker.is_open:
                until_open = _asked(addresses[As.LGSP])["asked"]
            if back_at is None and time.monotonic() - began > seconds * BACK_AT:
                _mood(addresses[As.LGSP], seconds=DELAYS[As.LGSP], mood="fine")
                back_at = time.monotonic()
                say("the dead system is back")
            threads.submit(ask, kind, last, channels[number % 3], number, planned)
    measured = [value for values in tally.seconds.values() for value in values]
    return Measured(
        seconds=seconds,
        rate=rate,
        look_ups=len(measured),
        within_budget=1 - tally.late / len(measured),
        found=tally.found,
        unavailable=tally.unavailable,
        another_persons=tally.wrong,
        failures_until_open=until_open if until_open is not None else -1,
        closed_after=tally.first_back - back_at if tally.first_back and back_at else None,
        most_of_one=max(_asked(address)["most_of_one"] for address in addresses.values()),
        median={kind: round(sorted(values)[len(values) // 2], 3) for kind, values in tally.seconds.items()},
        worst={kind: round(max(values), 3) for kind, values in tally.seconds.items()},
    )


def kept(measured: Measured) -> dict[str, bool]:
    """What is promised, and whether this run kept it."""
    closed = measured.closed_after
    return {
        "99 % within the channel's budget": measured.within_budget >= 0.99,
        "none answered with another's dossier": measured.another_persons == 0,
        "the breaker opens within 10 failures": 0 < measured.failures_until_open <= 10,
        "the breaker closes within 30 s of recovery": closed is not None and closed <= 30,
        "at most one question about a dossier under way": measured.most_of_one == 1,
    }


def main(
    seconds: Annotated[float, typer.Option(help="Length of the run.")] = 300.0,
    rate: Annotated[float, typer.Option(help="Look-ups a second.")] = 30.0,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure look-ups against three systems, of which one is slow and one dead."""
    facts = machine.facts()
    measured = measure(seconds, rate, print)
    promises = kept(measured)
    print(json.dumps({**asdict(measured), "kept": promises, "machine": facts}, indent=1))
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"look-ups-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps({"machine": facts, **asdict(measured), "kept": promises}, indent=1), encoding="utf-8")
    if not all(promises.values()):
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
