"""What arrives while the database cannot take a row: kept on this machine's disk, and taken into the database later.

A file each, written beside, flushed, renamed, and the folder flushed: whoever was told "stored" finds it after a power
cut. The content is sealed, the name is a time. Files are taken in the order they came, by one process at a time, and go
when the row is written; a process killed in between leaves the file, and the row's key makes the second row the first.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from channels.sms.routes.messages import Delivery, IncomingMessage, Receipt
from runtime import durable, logs
from stores.sealing import Seal, SealBroken

ENDING = ".arrival"
SET_ASIDE = ".unreadable"
MOST_FILES = 200_000
"""More than a province writes in a day; a disk must not be filled by whoever calls a webhook."""

Arrival = IncomingMessage | Receipt

_log = logs.get(__name__)


class SpoolFull(OSError):
    """There is no room: the provider must come again."""


class ArrivalSpool:
    """Safe to share between threads and processes of one machine.

    Args:
        folder: made when it is first needed.
        seal: hides what is kept.
        clock: nanoseconds since 1970.
    """

    def __init__(self, folder: Path, seal: Seal, clock: Callable[[], int] = time.time_ns) -> None:
        self._folder = folder
        self._seal = seal
        self._clock = clock

    def put(self, arrival: Arrival) -> None:
        """Keep one; it is safe on the disk when this returns.

        Raises:
            OSError: it is not kept.
        """
        if len(self) >= MOST_FILES:
            raise SpoolFull(f"{MOST_FILES} arrivals wait for the database already")
        name = f"{self._clock():020d}-{secrets.token_hex(6)}"
        durable.write(self._folder / (name + ENDING), self._seal.close(_written(arrival)).encode("ascii"))

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting())

    def drain(self, take: Callable[[Arrival], object]) -> int:
        """Take in what waits, the oldest first, until the database refuses again; returns how many were taken.

        Args:
            take: stores one; raises SQLAlchemy's errors.
        """
        if not self._waiting():
            return 0
        count = 0
        with self._alone() as is_alone:
            for path in self._waiting() if is_alone else ():
                try:
                    arrival = _read(self._seal.open(path.read_text(encoding="ascii")))
                    take(arrival)
                except FileNotFoundError:
                    continue
                except (SealBroken, ValueError, KeyError, TypeError) as error:
                    self._put_aside(path, error)
                    continue
                except SQLAlchemyError as error:
                    if _is_away(error):
                        break
                    # This one would be refused for ever, and must not keep back those behind it.
                    self._put_aside(path, error)
                    continue
                path.unlink()
                count += 1
        return count

    def _waiting(self) -> list[Path]:
        try:
            names = sorted(name for name in os.listdir(self._folder) if name.endswith(ENDING) and name[0] != ".")
        except (FileNotFoundError, NotADirectoryError):
            return []
        return [self._folder / name for name in names]

    def _put_aside(self, path: Path, error: Exception) -> None:
        _log.error("an arrival cannot be taken in, and is put aside", file=path.name, cause=type(error).__name__)
        path.rename(path.with_suffix(SET_ASIDE))

    @contextmanager
    def _alone(self) -> Iterator[bool]:
        with (self._folder / "drain.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True


def _is_away(error: SQLAlchemyError) -> bool:
    """Whether the database, not this row, is the trouble."""
    if not isinstance(error, DBAPIError):
        # The pool's own: no connection to be had.
        return True
    return error.connection_invalidated or type(error).__name__ in ("OperationalError", "InterfaceError")


def _written(arrival: Arrival) -> str:
    fields = asdict(arrival)
    if isinstance(arrival, IncomingMessage):
        return json.dumps({"message": {**fields, "received_at": arrival.received_at.isoformat()}})
    return json.dumps({"receipt": fields})


def _read(written: str) -> Arrival:
    found = json.loads(written)
    if (fields := found.get("message")) is not None:
        return IncomingMessage(**{**fields, "received_at": datetime.fromisoformat(fields["received_at"])})
    fields = found["receipt"]
    return Receipt(**{**fields, "delivery": Delivery(fields["delivery"]), "also": tuple(fields["also"])})
