"""Retention: what is stored, how long, by which rule, and which code deletes it (``retention.yml``); and the job.

The table names code of every room and imports none, so it can stand on the ground floor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from runtime import logs

FILE = Path(__file__).with_name("retention.yml")

Record = Callable[[str, int, bool], None]

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class StoredKind:
    """One kind of stored data."""

    name: str
    what: str
    rule: str
    """The law or decision, with its article."""
    deleted_by: str
    """``module:name``, or a module."""
    tables: tuple[str, ...] = ()
    redis: tuple[str, ...] = ()
    """Beginnings of keys."""
    files: tuple[str, ...] = ()
    """Under the data folder."""
    setting: str | None = None
    """Name of the setting that says how long; ends with its unit."""
    constant: str | None = None
    """``module:NAME`` of the value that says it: a timedelta, or a number whose name ends with its unit."""
    until: str | None = None
    """The event that ends it, in words."""
    job: bool = False
    """Whether :class:`RetentionJob` runs the deletion."""


class RetentionTableError(ValueError):
    """``retention.yml`` is wrong; the message names the kind."""


@cache
def stored_kinds() -> Mapping[str, StoredKind]:
    """The table, by name.

    Raises:
        RetentionTableError: an entry lacks something, or says in two ways how long.
    """
    content = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = {}
    for name, fields in content["kinds"].items():
        places = {key: tuple(fields.pop(key, ())) for key in ("tables", "redis", "files")}
        try:
            kind = StoredKind(**{**fields, **places, "name": name, "rule": content["rules"][fields["rule"]]})
        except (KeyError, TypeError) as error:
            raise RetentionTableError(f"{name}: {error}") from None
        if sum(each is not None for each in (kind.setting, kind.constant, kind.until)) != 1:
            raise RetentionTableError(f"{name}: exactly one of setting, constant and until says how long")
        found[name] = kind
    return found


def _no_record(_kind: str, _entries: int, _failed: bool) -> None:
    pass


class RetentionJob:
    """Deletes what is old; the worker runs it every few minutes.

    Args:
        sweeps: the deletions by the names of their kinds; every kind of the table whose ``job`` is true has one. What
            gives back a number has deleted so many entries.
        record: is told what each of them did, for the proof: kind, entries, whether it failed.

    Raises:
        RetentionTableError: a kind has no sweep, or a sweep is no kind of the table.
    """

    def __init__(self, sweeps: Mapping[str, Callable[[], object]], record: Record = _no_record) -> None:
        wanted = {kind.name for kind in stored_kinds().values() if kind.job}
        if wanted != sweeps.keys():
            raise RetentionTableError(f"retention.yml and the job differ: {', '.join(sorted(wanted ^ sweeps.keys()))}")
        self._sweeps = dict(sweeps)
        self._record = record

    def run(self) -> None:
        """Run every deletion; one that fails keeps none of the others from running, and is tried again next time."""
        for name, sweep in self._sweeps.items():
            entries, failed = 0, False
            try:
                found = sweep()
                entries = found if isinstance(found, int) else 0
            except Exception as error:
                _log.error("old data cannot be deleted", kind=name, cause=type(error).__name__)
                failed = True
            try:
                self._record(name, entries, failed)
            except Exception as error:
                _log.error("what was deleted cannot be recorded", kind=name, cause=type(error).__name__)
