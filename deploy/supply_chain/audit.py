"""Whether a locked package is known to be weak: ``make audit ADVISORIES=all.zip``.

An audit that could check nothing is worse than none, because it is believed: without a database, with an old one, or
with one in which hardly a package of ours is mentioned, it fails. What is known and cannot be mended stands in
``exceptions.yml`` with how far it reaches here, why it is left, and until when.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import yaml

from deploy.supply_chain.advisories import Advisory, Database, NoAdvisories, read
from deploy.supply_chain.locked import LOCK, Locked, locked, normalised

EXCEPTIONS = Path(__file__).with_name("exceptions.yml")
OLDEST = dt.timedelta(days=14)
"""Advisories come every day; a copy older than this says nothing about today."""
LONGEST = dt.timedelta(days=190)
"""An exception is looked at again at least twice a year."""
FEWEST = 5
"""Packages of ours the database must have heard of: of any hundred that are used, dozens have had an advisory."""


@dataclass(frozen=True, slots=True)
class Excepted:
    """A weakness that is known and left for a time."""

    id: str
    package: str
    reach: str
    """How far it can be reached in this program."""
    reason: str
    """Why it is not mended."""
    until: dt.date


@dataclass(frozen=True, slots=True)
class Found:
    """A locked package with an advisory for its version."""

    package: Locked
    advisory: Advisory
    excepted: Excepted | None


def read_exceptions(text: str) -> tuple[Excepted, ...]:
    """The exceptions of a file.

    Raises:
        ValueError: when one lacks something, or is given for longer than half a year from the day it was checked.
    """
    content: dict[str, Any] = yaml.safe_load(text) or {}
    found = []
    for entry in content.get("exceptions") or []:
        lacking = {"id", "package", "reach", "reason", "until", "checked_on"} - {
            name for name, value in entry.items() if value
        }
        if lacking:
            raise ValueError(f"exception {entry.get('id', '?')} lacks {', '.join(sorted(lacking))}")
        if entry["until"] - entry["checked_on"] > LONGEST:
            raise ValueError(f"exception {entry['id']} is given for more than {LONGEST.days} days")
        found.append(
            Excepted(
                entry["id"],
                normalised(entry["package"]),
                entry["reach"].strip(),
                entry["reason"].strip(),
                entry["until"],
            )
        )
    return tuple(found)


def past_their_end(exceptions: Iterable[Excepted], today: dt.date) -> list[Excepted]:
    """Those whose last day is over."""
    return [exception for exception in exceptions if exception.until < today]


def audit(packages: Iterable[Locked], database: Database, exceptions: Iterable[Excepted]) -> list[Found]:
    """Every advisory that covers a locked version, each weakness once, whatever number it is filed under."""
    by_key = {(exception.package, exception.id): exception for exception in exceptions}
    found: list[Found] = []
    for package in packages:
        told: set[str] = set()
        for advisory in database.by_package.get(package.name, ()):
            if not advisory.covers(package.version) or told & advisory.names:
                continue
            told |= advisory.names
            excepted = next(
                (by_key[package.name, name] for name in advisory.names if (package.name, name) in by_key), None
            )
            found.append(Found(package, advisory, excepted))
    return found


def why_nothing_was_checked(packages: Sequence[Locked], database: Database, now: dt.datetime) -> str | None:
    """Why an audit with this database proves nothing; None when it proves something."""
    if now - database.newest > OLDEST:
        newest = f"{database.newest:%Y-%m-%d}"
        return f"its newest advisory is of {newest}; bring a copy that is not older than {OLDEST.days} days"
    known = sum(package.name in database.by_package for package in packages)
    if known < FEWEST:
        return f"it has heard of {known} of the {len(packages)} packages, which no whole copy would"
    if database.unreadable > database.records:
        return f"{database.unreadable} of its records cannot be read; this program knows an older form of them"
    return None


def main() -> None:
    """Tell what was found; end with 1 when something is not excepted, with 2 when nothing could be checked."""
    parser = argparse.ArgumentParser(description="Look the locked packages up in a database of advisories.")
    parser.add_argument("advisories", help="all.zip of OSV's PyPI ecosystem")
    given: str = parser.parse_args().advisories
    if not given:
        _nothing_checked("name the database: make audit ADVISORIES=all.zip, which OSV (osv.dev) publishes for PyPI")
    path = Path(given)
    now = dt.datetime.now(dt.UTC)
    try:
        packages = locked(LOCK.read_text(encoding="utf-8"))
        exceptions = read_exceptions(EXCEPTIONS.read_text(encoding="utf-8"))
        database = read(path)
    except (OSError, ValueError) as error:
        _nothing_checked(str(error) if isinstance(error, NoAdvisories) else f"{error}; nothing was checked")
    reason = why_nothing_was_checked(packages, database, now)
    if reason:
        _nothing_checked(f"{path}: {reason}")
    found = audit(packages, database, exceptions)
    past = {exception.id for exception in past_their_end(exceptions, now.date())}
    used = {one.excepted.id for one in found if one.excepted}
    open_ = [one for one in found if one.excepted is None or one.excepted.id in past]
    for one in found:
        state = "OPEN" if one in open_ else f"excepted until {one.excepted.until}" if one.excepted else ""
        mended = f"mended in {one.advisory.fixed_in()}" if one.advisory.fixed_in() else "not mended"
        print(f"{one.package.name} {one.package.version}: {one.advisory.id}, {mended} ({state}) {one.advisory.summary}")
    for exception in exceptions:
        if exception.id not in used:
            print(f"{exception.package}: the exception {exception.id} is not needed any more")
    print(
        f"{len(packages)} packages, {database.records} advisories to {database.newest:%Y-%m-%d}: "
        f"{len(open_)} open, {len(found) - len(open_)} excepted"
    )
    sys.exit(1 if open_ else 0)


def _nothing_checked(reason: str) -> NoReturn:
    print(f"NOTHING WAS CHECKED: {reason}", file=sys.stderr)
    sys.exit(2)


if __name__ == "__main__":
    main()
