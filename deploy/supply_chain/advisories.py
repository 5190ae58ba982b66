"""A database of advisories in the OSV format (https://ossf.github.io/osv-schema/), and which of them a version is in.

The database is one file: the ``all.zip`` that OSV publishes for an ecosystem, brought by whatever way a machine without
internet gets its files. Nothing of what an installation runs is told to anybody.
"""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.version import InvalidVersion, Version

from deploy.supply_chain.locked import normalised

ECOSYSTEM = "PyPI"
_LARGEST = 4_000_000
"""Bytes of one record; the longest of those published is a tenth of that."""


class NoAdvisories(ValueError):
    """The file is no database, or holds nothing; the message says which and what to do."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """One record, as far as one package is concerned."""

    id: str
    aliases: tuple[str, ...]
    package: str
    summary: str
    ranges: tuple[tuple[tuple[str, str], ...], ...]
    """Each a list of (event, version), events being introduced, fixed and last_affected."""
    versions: frozenset[str]
    """Those named one by one."""

    @property
    def names(self) -> frozenset[str]:
        """All it is known by: its own number, CVE, GHSA, PYSEC."""
        return frozenset((self.id, *self.aliases))

    def covers(self, version: str) -> bool:
        """Whether a version is affected, by OSV's rules; one that is no version of PEP 440 only if it is named."""
        return version in self.versions or any(_inside(version, events) for events in self.ranges)

    def fixed_in(self) -> str | None:
        """The newest version that mends it; None while there is none."""
        found = [version for events in self.ranges for event, version in events if event == "fixed"]
        return max(found, key=_order, default=None)


@dataclass
class Database:
    """Advisories by package."""

    by_package: Mapping[str, Sequence[Advisory]]
    records: int
    newest: dt.datetime
    """When a record was last changed: how old this copy is."""
    unreadable: int = field(default=0)


def read(path: Path) -> Database:
    """The database in a file.

    Raises:
        NoAdvisories: when it is missing, no archive, or holds no record of the ecosystem.
    """
    by_package: dict[str, list[Advisory]] = defaultdict(list)
    newest = dt.datetime.min.replace(tzinfo=dt.UTC)
    records = unreadable = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for content in _records(archive):
                try:
                    record = json.loads(content)
                    changed = dt.datetime.fromisoformat(record["modified"])
                    found = () if record.get("withdrawn") else tuple(_advisories(record))
                except (ValueError, KeyError, TypeError, AttributeError):
                    unreadable += 1
                    continue
                records += 1
                newest = max(newest, changed if changed.tzinfo else changed.replace(tzinfo=dt.UTC))
                for advisory in found:
                    by_package[advisory.package].append(advisory)
    except FileNotFoundError:
        raise NoAdvisories(f"{path} is not there") from None
    except (OSError, zipfile.BadZipFile) as error:
        raise NoAdvisories(f"{path} is no archive of advisories ({error})") from None
    if not by_package:
        raise NoAdvisories(f"{path} holds no advisory for {ECOSYSTEM}")
    return Database(by_package, records, newest, unreadable)


def _records(archive: zipfile.ZipFile) -> Iterator[bytes]:
    for entry in archive.infolist():
        if entry.filename.endswith(".json") and entry.file_size <= _LARGEST:
            yield archive.read(entry)


def _advisories(record: dict[str, Any]) -> Iterator[Advisory]:
    for affected in record.get("affected", []):
        package = affected.get("package", {})
        if package.get("ecosystem") != ECOSYSTEM:
            continue
        yield Advisory(
            id=str(record["id"]),
            aliases=tuple(map(str, record.get("aliases", []))),
            package=normalised(package["name"]),
            summary=" ".join(str(record.get("summary") or record.get("details") or "").split())[:160],
            ranges=tuple(
                tuple((event, str(version)) for entry in spoken["events"] for event, version in entry.items())
                for spoken in affected.get("ranges", [])
                if spoken.get("type") == "ECOSYSTEM"
            ),
            versions=frozenset(map(str, affected.get("versions", []))),
        )


def _order(version: str) -> Version:
    return Version("0.dev0" if version == "0" else version)


def _inside(version: str, events: Sequence[tuple[str, str]]) -> bool:
    """OSV's evaluation: events in the order of their versions switch the state on and off."""
    try:
        here = Version(version)
        ordered = sorted(((_order(at), event) for event, at in events), key=lambda pair: pair[0])
    except InvalidVersion:
        return False
    is_affected = False
    for at, event in ordered:
        if event == "introduced" and here >= at:
            is_affected = True
        elif (event == "fixed" and here >= at) or (event == "last_affected" and here > at):
            is_affected = False
    return is_affected
