"""A database as a province has it after three months, filled by bulk inserts; nobody in it is anybody."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Table, insert
from sqlalchemy.orm import DeclarativeBase

from actions.dossiers.look_up_log import LookUpRow
from channels.sms.queue.tables import incoming, outgoing
from language.communes.register import communes
from language.languages import default_language
from stores.database import Database
from stores.sealing import Seal
from tickets.numbers import number_for
from tickets.tables import ReportRow, TicketRow

DAYS: Final = 90
BATCH: Final = 10_000
_OFFICERS: Final = ("an", "binh", "chi", "dung")


def fill(
    database: Database,
    seal: Seal,
    now: datetime,
    tickets: int,
    messages: int,
    province: str,
    say: Callable[[str], None],
) -> list[str]:
    """Fill empty tables.

    Args:
        database: its tables are made.
        seal: closes what is sealed.
        now: the end of the three months.
        tickets: so many, a tenth of them not done.
        messages: so many, half of them answers.
        province: two digits, whose communes tickets are about.
        say: told how far it is.

    Returns:
        Numbers of some tickets that are not done.
    """
    chance = random.Random(1)
    here = [code for code, one in communes().items() if one.province == province]
    numbers: dict[str, int] = {}
    while len(numbers) < tickets:
        numbers.setdefault(number_for(f"filled {len(numbers)}", chance.randrange(10**6)), len(numbers))
    began = time.monotonic()
    rows = (_ticket(chance, seal, now, number, place, here) for number, place in numbers.items())
    _insert(database, TicketRow, rows)
    reports = (_report(seal, now, number) for number, place in numbers.items() if place % 5 == 0)
    _insert(database, ReportRow, reports)
    say(f"{tickets} tickets in {time.monotonic() - began:.0f} s")
    began = time.monotonic()
    moments = [(now - timedelta(minutes=chance.uniform(0, DAYS * 1440))).timestamp() for _ in range(messages // 2)]
    _insert(database, incoming, (_came(place, at) for place, at in enumerate(moments)))
    _insert(database, outgoing, (_went(place, at) for place, at in enumerate(moments)))
    _insert(
        database,
        LookUpRow,
        (
            {"at": now - timedelta(minutes=at), "who": "x", "dossier": "y", "channel": "sms"}
            | {"purpose": "status", "outcome": chance.choice(("Proof", "NotFoundOrMismatch", "Unavailable"))}
            for at in range(0, DAYS * 1440, 3)
        ),
    )
    say(f"{messages} messages in {time.monotonic() - began:.0f} s")
    return [number for number, place in numbers.items() if place % 10 == 0][:200]


def _ticket(
    chance: random.Random, seal: Seal, now: datetime, number: str, place: int, here: Sequence[str]
) -> dict[str, Any]:
    at = now - timedelta(minutes=chance.uniform(0, DAYS * 1440))
    is_done = place % 10 != 0
    state = "done" if is_done else chance.choice(("open", "taken", "passed"))
    return {
        "number": number,
        "key": f"k{place}",
        "kind": "report" if place % 5 == 0 else chance.choice(("report", "call_back")),
        "channel": chance.choice(("sms", "phone", "kiosk", "web")),
        "origin": "",
        "procedure": None,
        "person": f"p{place % 50_000}",
        "contact": _sealed(seal, "+84900000123"),
        "words": _sealed(seal, chance.choice(_WORDS)),
        "place": _sealed(seal, f"xóm {place % 30}"),
        "tried": None,
        "state": state,
        "created_at": at,
        "changed_at": min(now, at + timedelta(hours=5)),
        "language": default_language(),
        "officer": None if state == "open" else chance.choice(_OFFICERS),
        "due_at": at + timedelta(hours=8),
        "answered_at": at + timedelta(hours=2) if is_done or chance.random() < 0.4 else None,
        "agency": None,
        "outcome": "solved" if is_done else None,
        "live_until": None,
        "rating": chance.choice((1, 2, 3)) if is_done and chance.random() < 0.2 else None,
        "rated_at": at + timedelta(hours=7) if is_done else None,
        "commune": chance.choice(here) if here else None,
    }


_WORDS: Final = (
    "Cột điện xóm Đông bị nghiêng, mưa gió dễ đổ",
    "Đường vào xóm nhiều ổ gà, xe máy hay ngã",
    "Rác đổ bừa bãi ở bờ kênh",
    "Đèn đường tắt cả tuần nay",
)
_closed: dict[tuple[int, str], str] = {}


def _sealed(seal: Seal, words: str) -> str:
    """Closed once for each text: a page opens each row all the same."""
    return _closed.setdefault((id(seal), words), seal.close(words))


def _report(seal: Seal, now: datetime, number: str) -> dict[str, Any]:
    return {
        "number": number,
        "key": f"r{number}",
        "token": f"t{number}",
        "service": "road",
        "description": _sealed(seal, _WORDS[1]),
        "address": _sealed(seal, "xóm 3"),
        "latitude": None,
        "longitude": None,
        "attributes": _sealed(seal, "{}"),
        "media": "[]",
        "requested_at": now,
        "jurisdiction": "",
        "moderated": False,
        "is_test": False,
    }


def _came(place: int, at: float) -> dict[str, Any]:
    fixed = {"route": "gsm", "sealed": "", "media": 0, "attempts": 1, "cause": "", "state": "answered"}
    times = {"received_at": at, "stored_at": at, "next_try_at": at}
    return {"key": f"m{place}", "person": f"p{place % 50_000}", **fixed, **times}


def _went(place: int, at: float) -> dict[str, Any]:
    fixed = {"route": "gsm", "state": "delivered", "kind": "answer", "priority": 0, "sealed": "", "refused_by": ""}
    counts = {"code": "", "attempts": 1, "attempts_in_all": 1, "maybe_twice": 0, "segments": 2}
    times = {"next_try_at": at, "created_at": at, "expires_at": at, "handed_at": at}
    return {"reference": f"m{place}", "person": f"p{place % 50_000}", **fixed, **counts, **times}


def _insert(database: Database, table: type[DeclarativeBase] | Table, rows: Iterator[dict[str, Any]]) -> None:
    batch: list[dict[str, Any]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            _write(database, table, batch)
            batch = []
    if batch:
        _write(database, table, batch)


def _write(database: Database, table: type[DeclarativeBase] | Table, batch: list[dict[str, Any]]) -> None:
    with database.writing(60.0) as session:
        session.execute(insert(table), batch)
