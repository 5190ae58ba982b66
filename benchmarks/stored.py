"""``python -m benchmarks.stored``: what a million stored text messages cost, beside the empty system in the same run.

Two databases of one kind, one with a quarter of an hour's messages and one filled in bulk with settled ones; every step
of a text message, of its receipt, of the upkeep and of an operator's list is taken on one and on the other in turns, so
that both see the same machine. With ``--postgres URL`` (an address whose user may make databases) the same on
PostgreSQL, and what two workers claim and settle there a second.
"""

from __future__ import annotations

import itertools
import json
import multiprocessing
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy import create_engine, make_url, text

from benchmarks import machine
from channels.sms.citizens.citizen import Citizen
from channels.sms.delivery.delivery_receipts import Receipts
from channels.sms.queue.inbox import Inbox
from channels.sms.queue.leases import Lease
from channels.sms.queue.message_records import MessageRecords
from channels.sms.queue.months import Months
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_upkeep import OutboxUpkeep
from channels.sms.queue.queued import HandedOver, NewMessage, Room
from channels.sms.routes.messages import Delivery, IncomingMessage, Kind, Receipt
from channels.sms.routes.number_table import NumberTable
from channels.sms.routes.route import Limits
from stores.database import Database
from stores.sealing import Seal

RESULTS: Final = Path(__file__).parent / "results"
SLOWER: Final = 1.3
"""How many times the empty system's time a step may take."""
POSTGRES_RATE: Final = 1_000.0
"""Messages a second two workers claim and settle on PostgreSQL."""
FAST: Final = Limits(1_000_000.0, 1_000, 1_600, idempotent=False)
TABLE: Final = NumberTable({"": ["twilio"]})
SEAL: Final = Seal(b"a secret of the benchmark")
FEW: Final = 900
"""Messages of the system that is called empty: a list and the figures of ten minutes have something to show."""
LEAST_SECONDS: Final = 0.02
MOST_REPEATS: Final = 20
"""A try takes at least so long, unless that would be more than so many times."""
BATCH: Final = 50
"""Messages a worker claims at once."""

_INCOMING: Final = (
    "INSERT INTO sms_incoming (key, twin, route, person, sealed, media, received_at, stored_at, state, next_try_at,"
    " attempts, faults, cause, answered_at) SELECT 'k' || i, 't' || i, 'twilio', 'p' || i, :sealed, 0, :now - i,"
    " :now - i, 'answered', :now - i, 1, 0, '', :now - i FROM {numbers}"
)
_OUTGOING: Final = (
    "INSERT INTO sms_outgoing (reference, answer_to, kind, priority, person, sealed, segments, route, refused_by,"
    " state, attempts, attempts_in_all, next_try_at, maybe_twice, provider_id, code, created_at, handed_at,"
    " delivered_at, expires_at) SELECT 'r' || i, i, 'answer', 0, 'p' || i, :sealed, 2, 'twilio', '', 'delivered', 1,"
    " 1, :now - i, 0, 'P' || i, '', :now - i, :now - i, :now - i, :now FROM {numbers}"
)
_SQLITE: Final = "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :rows) SELECT i FROM n)"
_POSTGRES: Final = "generate_series(1, :rows) AS n(i)"


@dataclass(frozen=True)
class Step:
    """One step, in milliseconds: the middle of its tries."""

    name: str
    empty: float
    full: float

    @property
    def ratio(self) -> float:
        """How many times the empty system's time."""
        return self.full / self.empty


class Messages:
    """Everything that works on messages, over one database.

    Args:
        database: its tables are made.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self.outbox = Outbox(database, SEAL, TABLE)
        self._inbox = Inbox(database, SEAL, self.outbox, tells_twins=False)
        self._upkeep = OutboxUpkeep(database, SEAL, TABLE)
        self._receipts = Receipts(database)
        self._records = MessageRecords(database, SEAL, 30)
        self._months = Months(database)
        self._numbers = itertools.count(1)

    def fill(self, rows: int) -> None:
        """Store settled messages, one a second back from now."""
        numbers = _SQLITE if self.database.is_sqlite else _POSTGRES
        given = {"rows": rows, "now": time.time() - 60.0, "sealed": SEAL.close("x" * 150)}
        for statement in (_INCOMING, _OUTGOING):
            with self.database.writing() as session:
                session.execute(text(statement.format(numbers=numbers)), given)
        with self.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))

    def steps(self) -> dict[str, Callable[[], object]]:
        """What is measured, by name; each leaves the queues as it found them."""
        now = time.time
        return {
            "a message in, answered, out and delivered": self._whole,
            "a message brought again": lambda: self._inbox.take(self._message("again")),
            "upkeep: leases, routes, ends, early receipts": self._keep_up,
            "waiting, for the figures": self._records.waiting,
            "what became of ten minutes' messages": lambda: self._records.outcomes(now() - 600.0),
            "an operator's list of fifty": lambda: (self._records.incoming(), self._records.outgoing()),
            "one message by its reference": lambda: self._records.find("r77"),
            "what is kept of a citizen": lambda: self._records.holding(Citizen("+84900000077", "p77")),
            "deleting what is old, when nothing is": lambda: (
                self._records.erase_before(1.0),
                self._months.end_before(1.0),
            ),
        }

    def _message(self, name: str) -> IncomingMessage:
        return IncomingMessage("twilio", "+84900000077", "+84900000999", "xin chao", datetime.now(UTC), name)

    def _whole(self) -> None:
        name = f"m{next(self._numbers)}-{secrets.token_hex(4)}"
        self._inbox.take(self._message(name))
        (question,) = self._inbox.claim(Lease("me", time.time() + 30), 1)
        self._inbox.settle(question, "me", ["Can to khai."])
        (claimed,) = self.outbox.exchange("me", (), [Room("twilio", FAST, 1)]).claimed
        self.outbox.exchange("me", [HandedOver(claimed.id, name, 1)], ())
        self._receipts.record(Receipt("twilio", Delivery.DELIVERED, name))

    def _keep_up(self) -> None:
        self._inbox.release()
        self._upkeep.release(20.0, ())
        self._upkeep.choose_routes(("twilio",), 600.0)
        self._upkeep.expire()
        self._receipts.match_early()


def compared(empty: Messages, full: Messages, tries: int) -> list[Step]:
    """Every step on both, in turns.

    A step that takes a moment is taken several times for one try, as often on either: what else the machine did in that
    moment would be most of what was measured.
    """
    found = []
    both = empty.steps(), full.steps()
    for name in both[0]:
        for steps in both:
            steps[name]()
        repeats = max(1, min(MOST_REPEATS, int(LEAST_SECONDS / max(_seconds(both[0][name], 1), 1e-6))))
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(tries):
            for steps, kept in zip(both, times, strict=True):
                kept.append(_seconds(steps[name], repeats) * 1000)
        found.append(Step(name, *(statistics.median(kept) for kept in times)))
    return found


def _seconds(step: Callable[[], object], repeats: int) -> float:
    """Of one time, over several."""
    began = time.perf_counter()
    for _ in range(repeats):
        step()
    return (time.perf_counter() - began) / repeats


def two_workers(url: str, messages: int) -> float:
    """Messages a second that two processes claim and settle, each as a worker does: in batches, in one transaction."""
    database = Database(url)
    outbox = Outbox(database, SEAL, TABLE)
    for first in range(0, messages, 1_000):
        outbox.add(
            [
                NewMessage(f"w{number}", f"+8490{number:07d}", "Can to khai.", Kind.ANSWER, f"w{number}")
                for number in range(first, first + 1_000)
            ]
        )
    database.close()
    context = multiprocessing.get_context("spawn")
    counts = context.Queue()
    workers = [context.Process(target=_work, args=(url, f"worker{index}", counts)) for index in range(2)]
    for worker in workers:
        worker.start()
    found = [counts.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    if sum(count for count, _, _ in found) != messages:
        raise RuntimeError(f"{messages} messages waited, and {sum(count for count, _, _ in found)} were handed over")
    seconds: float = max(ended for _, _, ended in found) - min(began for _, began, _ in found)
    return messages / seconds


def _work(url: str, owner: str, counts: multiprocessing.Queue[tuple[int, float, float]]) -> None:
    database = Database(url)
    outbox = Outbox(database, SEAL, TABLE)
    outbox.exchange(owner, (), ())
    count, began, idle = 0, time.time(), 0
    ended = began
    results: list[HandedOver] = []
    while idle < 20 or results:
        claimed = outbox.exchange(owner, results, [Room("twilio", FAST, BATCH)]).claimed
        results = [HandedOver(one.id, f"{owner}-{one.id}", 1) for one in claimed]
        count += len(claimed)
        if claimed:
            ended, idle = time.time(), 0
        else:
            # The other one may hold what waits.
            idle += 1
            time.sleep(0.01)
    counts.put((count, began, ended))
    database.close()


@contextmanager
def databases(postgres: str | None, folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases of one kind."""
    if postgres is None:
        yield f"sqlite:///{folder / 'empty.db'}", f"sqlite:///{folder / 'full.db'}"
        return
    admin = create_engine(make_url(postgres).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    names = [f"motcua_bench_{secrets.token_hex(4)}" for _ in range(2)]
    with admin.connect() as connection:
        for name in names:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        try:
            first, second = (
                make_url(postgres).set(database=name).render_as_string(hide_password=False) for name in names
            )
            yield first, second
        finally:
            for name in names:
                connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def main(
    rows: Annotated[int, typer.Option(help="Stored messages, in and out each.")] = 1_000_000,
    tries: Annotated[int, typer.Option(help="Of each step, on each database.")] = 30,
    postgres: Annotated[str | None, typer.Option(help="Address of a PostgreSQL server; without it SQLite.")] = None,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Say what each step costs with so many messages stored, beside an empty database."""
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="motcua-stored-") as scratch, databases(postgres, Path(scratch)) as urls:
        both = [Messages(Database(url)) for url in urls]
        for one in both:
            one.database.migrate()
        both[0].fill(FEW)
        began = time.monotonic()
        both[1].fill(rows)
        print(f"{rows} messages in and out stored in {time.monotonic() - began:.0f} s")
        steps = compared(both[0], both[1], tries)
        for one in both:
            one.database.close()
        rate = two_workers(urls[0], max(1_000, min(10_000, rows // 1_000 * 1_000))) if postgres else None
    kind = "PostgreSQL" if postgres else "SQLite"
    print(f"{kind}, load before {facts['load before']}; milliseconds, the middle of {tries}")
    print(f"{'':50}{'empty':>10}{'full':>10}{'times':>8}")
    for step in steps:
        print(f"{step.name:50}{step.empty:10.2f}{step.full:10.2f}{step.ratio:8.2f}")
    failed = [step.name for step in steps if step.ratio > SLOWER]
    if rate is not None:
        print(f"two workers claim and settle {rate:.0f} messages a second")
        failed += ["two workers"] if rate < POSTGRES_RATE else []
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}-stored-{kind.lower()}.json"
    said = {"machine": facts, "rows": rows, "steps": [asdict(step) for step in steps], "two workers": rate}
    file.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"written: {file}")
    if failed:
        print(f"more than {SLOWER} times the empty system, or too slow: {', '.join(failed)}")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
