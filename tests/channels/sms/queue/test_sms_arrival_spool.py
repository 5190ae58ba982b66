"""What arrives while the database takes no row is on the disk when the provider hears that we have it."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from running_system import ROOT
from sms_engine_doubles import SECRET, Queues
from sms_queues import postgres_server, postgres_url, quick_queues  # noqa: F401 - fixtures
from sqlalchemy import select
from sqlalchemy.exc import DataError, OperationalError

from channels.sms.arrivals import StoredArrivals
from channels.sms.queue import arrival_spool, inbox
from channels.sms.queue.arrival_spool import Arrival, ArrivalSpool
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import Delivery, IncomingMessage, Receipt
from stores.sealing import Seal

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

RECEIPT = Receipt("smpp", Delivery.DELIVERED, "10C8F40D", code="0")


class Refusing:
    """Takes arrivals while it is there; refuses them with an error otherwise."""

    def __init__(self) -> None:
        self.taken: list[Arrival] = []
        self.error: Exception | None = None

    def __call__(self, arrival: Arrival) -> None:
        if self.error is not None:
            raise self.error
        self.taken.append(arrival)


@pytest.fixture
def spool(tmp_path: Path) -> ArrivalSpool:
    return ArrivalSpool(tmp_path / "sms" / "spool", Seal(SECRET))


def away() -> OperationalError:
    return OperationalError("INSERT", {}, Exception("connection refused"))


def test_messages_and_receipts_come_back_whole_and_in_order(spool: ArrivalSpool, quick_queues: Queues) -> None:
    arrivals: list[Arrival] = [quick_queues.incoming("1"), RECEIPT, quick_queues.incoming("2", body="tạm trú 🌾")]
    for arrival in arrivals:
        spool.put(arrival)
    take = Refusing()
    assert spool.drain(take) == 3
    assert take.taken == arrivals
    assert len(spool) == 0


def test_nothing_personal_can_be_read_in_file_or_name(
    spool: ArrivalSpool, quick_queues: Queues, tmp_path: Path
) -> None:
    spool.put(quick_queues.incoming("1"))
    (file,) = (tmp_path / "sms" / "spool").iterdir()
    assert b"900000123" not in file.read_bytes() + file.name.encode()
    assert b"khai sinh" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_while_the_database_is_away_everything_waits(spool: ArrivalSpool, quick_queues: Queues) -> None:
    spool.put(quick_queues.incoming("1"))
    take = Refusing()
    take.error = away()
    assert spool.drain(take) == 0
    assert len(spool) == 1
    take.error = None
    assert spool.drain(take) == 1


@pytest.mark.parametrize("cause", ["another key", "cut", "row refused"])
def test_one_that_can_never_be_taken_keeps_back_nobody(
    spool: ArrivalSpool, quick_queues: Queues, tmp_path: Path, cause: str
) -> None:
    folder = tmp_path / "sms" / "spool"
    spool.put(quick_queues.incoming("1"))
    (first,) = folder.iterdir()
    if cause == "another key":
        first.write_text(Seal(b"another secret of the tests").close("{}"))
    elif cause == "cut":
        first.write_bytes(first.read_bytes()[:40])
    spool.put(RECEIPT)
    take = Refusing()

    def refuse_messages(arrival: Arrival) -> None:
        if cause == "row refused" and isinstance(arrival, IncomingMessage):
            raise DataError("INSERT", {}, Exception("too long"))
        take(arrival)

    assert spool.drain(refuse_messages) == 1
    assert take.taken == [RECEIPT]
    assert [path.suffix for path in folder.iterdir() if path.name != "drain.lock"] == [".unreadable"]


def test_a_full_spool_refuses_so_that_the_provider_comes_again(
    spool: ArrivalSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrival_spool, "MOST_FILES", 1)
    spool.put(RECEIPT)
    with pytest.raises(OSError, match="wait for the database"):
        spool.put(RECEIPT)


WRITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from channels.sms.queue.arrival_spool import ArrivalSpool
from channels.sms.routes.messages import IncomingMessage
from stores.sealing import Seal
spool = ArrivalSpool(Path(sys.argv[1]), Seal(sys.argv[2].encode()))
for number in range(100_000):
    spool.put(IncomingMessage("smpp", "+84900000123", "999", "tam tru", datetime.now(UTC), str(number)))
    print(number, flush=True)
"""


def test_what_was_confirmed_survives_a_kill(spool: ArrivalSpool, tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITING, str(tmp_path / "sms" / "spool"), SECRET.decode()]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout is not None
    for _ in range(25):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    confirmed = 25 + len(process.stdout.read().splitlines())
    process.wait()
    process.stdout.close()
    take = Refusing()
    spool.drain(take)
    ids = [arrival.provider_id for arrival in take.taken]
    assert ids[:confirmed] == [str(number) for number in range(confirmed)]
    # One more may have been written and not confirmed.
    assert len(ids) <= confirmed + 1
    assert not [path for path in (tmp_path / "sms" / "spool").iterdir() if path.suffix == ".unreadable"]


@contextmanager
def locked(queues: Queues) -> Iterator[None]:
    """Somebody else holds the database for writing."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with queues.database.writing() as session:
            session.execute(select(1))
            held.set()
            free.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    try:
        yield
    finally:
        free.set()
        thread.join()


def test_a_slow_database_keeps_no_provider_waiting_and_everything_is_stored_later(
    quick_queues: Queues, redis: Redis, spool: ArrivalSpool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "PATIENCE_SECONDS", 0.2)
    arrivals = StoredArrivals(quick_queues.inbox, quick_queues.receipts, Wake(redis), quick_queues.figures, spool)
    with locked(quick_queues):
        assert arrivals.message(quick_queues.incoming("1"))
        assert arrivals.message(quick_queues.incoming("2", body="một câu khác"))
        assert arrivals.waiting() == 2
        assert quick_queues.records.incoming() == []
    deadline = time.monotonic() + 20
    while arrivals.waiting():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    arrivals.close()
    assert [record.id for record in reversed(quick_queues.records.incoming())] == [1, 2]
    assert not arrivals.message(quick_queues.incoming("1"))


def test_where_neither_database_nor_disk_takes_it_the_error_is_the_databases(
    quick_queues: Queues, redis: Redis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    spool = ArrivalSpool(tmp_path / "file", quick_queues.seal)
    arrivals = StoredArrivals(quick_queues.inbox, quick_queues.receipts, Wake(redis), quick_queues.figures, spool)

    def refuse(*_: Any, **__: Any) -> None:
        raise away()

    monkeypatch.setattr(quick_queues.receipts, "record", refuse)
    with pytest.raises(OperationalError):
        arrivals.receipt(RECEIPT)


def test_two_processes_never_take_the_same_one(spool: ArrivalSpool, quick_queues: Queues) -> None:
    spool.put(quick_queues.incoming("1"))
    inside: list[int] = []

    def take(_: Arrival) -> None:
        inside.append(spool.drain(lambda arrival: None))

    assert spool.drain(take) == 1
    assert inside == [0]
