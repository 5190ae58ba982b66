"""What changed at the portal: known codes are asked one by one, politely, and what differs is imported.

A file a code in the data folder keeps the last answer with what the server gave to ask again by. An answer that is not
imported yet ends in ``.new.json``, so a command that breaks off, at whatever point, goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.importers.answered import FETCHED_ON
from catalogue.portal_link import Answer, PortalError, PortalLink, RecordError, Validators
from runtime.messages import Message

READ_AGAIN = timedelta(days=30)
"""After so long an answer that has not changed is imported with its new day, so that citizens hear an honest one."""

GIVE_UP = 5
"""Codes in a row that fail before the service, not the codes, is held to be wrong."""

STOPPED = "stopped; what was fetched is kept, and the same command goes on from here"

_NEW = ".new.json"
_KEPT = ".json"


@dataclass(frozen=True)
class Fetched:
    """What a round of questions brought."""

    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    not_there: tuple[str, ...] = ()
    """Codes the portal knows nothing of."""
    failed: tuple[tuple[str, str], ...] = ()
    """Codes that could not be had, with the reason."""
    skipped: int = 0
    """Codes asked a short while ago."""
    stopped: str | None = None
    """Why the rest was not asked, with the cure."""


@dataclass
class _Round:
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    not_there: list[str] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)
    in_a_row: int = 0

    def done(self, skipped: int, stopped: str | None) -> Fetched:
        """As it is told."""
        return Fetched(
            tuple(self.changed), tuple(self.unchanged), tuple(self.not_there), tuple(self.failed), skipped, stopped
        )


def fetch(
    codes: Sequence[str],
    link: PortalLink,
    folder: Path,
    now: Callable[[], datetime],
    pause: Callable[[], None],
    *,
    rest: timedelta = timedelta(0),
    progress: Callable[[str, int, int], None] | None = None,
) -> Fetched:
    """Ask for every code that was not asked within ``rest``; what changed waits in :func:`waiting`.

    Args:
        codes: national codes.
        link: to the service.
        folder: where answers are kept.
        now: the clock.
        pause: called between two questions.
        rest: how long a code is left alone after it was asked.
        progress: told the code, how many are done and how many there are.

    When the service is away, or somebody stops the command, what was fetched until then is kept and told.
    """
    folder.mkdir(parents=True, exist_ok=True)
    due = [code for code in dict.fromkeys(codes) if not _asked_since(folder, code, now() - rest)]
    found, stopped = _Round(), None
    try:
        for number, code in enumerate(due):
            if progress is not None:
                progress(code, number, len(due))
            if number:
                pause()
            _try(code, link, folder, now(), found)
    except PortalError as error:
        stopped = str(error)
    except KeyboardInterrupt:
        stopped = STOPPED
    return found.done(len(dict.fromkeys(codes)) - len(due), stopped)


def waiting(folder: Path) -> list[Path]:
    """Answers that are not imported yet."""
    return sorted(folder.glob(f"*{_NEW}"))


def imported(files: Iterable[Path]) -> None:
    """Say that these answers are in the catalogue."""
    for file in files:
        file.replace(file.with_name(file.name.removesuffix(_NEW) + _KEPT))


def _try(code: str, link: PortalLink, folder: Path, at: datetime, found: _Round) -> None:
    try:
        _ask(code, link, folder, at, found)
        found.in_a_row = 0
    except RecordError as error:
        found.failed.append((code, str(error)))
        found.in_a_row += 1
        if found.in_a_row >= GIVE_UP:
            raise PortalError(
                Message("{error}; {count} codes in a row failed, so no more are asked", error=error, count=GIVE_UP)
            ) from None


def _ask(code: str, link: PortalLink, folder: Path, at: datetime, found: _Round) -> None:
    known = _known(folder, code)
    answer = link.ask(code, known.validators if known else Validators())
    kept = _kept(answer, at) if answer is not None else known
    if kept is None:
        raise RecordError(Message("the portal answers 'not modified' although nothing of this code is known"))
    if not kept.records:
        found.not_there.append(code)
        _keep(folder / f"{code}{_KEPT}", _Kept(at, kept.validators, "", ()))
        return
    if known is None or kept.digest != known.digest:
        found.changed.append(code)
        _keep(folder / f"{code}{_NEW}", kept)
        return
    found.unchanged.append(code)
    old = not known.waits and at.date() - known.fetched_on(at) >= READ_AGAIN
    name = f"{code}{_NEW}" if old or known.waits else f"{code}{_KEPT}"
    records = _stamped(known.records, at) if old else known.records
    _keep(folder / name, _Kept(at, kept.validators, known.digest, records))


@dataclass(frozen=True)
class _Kept:
    asked_at: datetime
    validators: Validators
    digest: str
    records: tuple[dict[str, Any], ...]
    waits: bool = False

    def fetched_on(self, otherwise: datetime) -> Any:
        """The day written into the records."""
        days = [str(record.get(FETCHED_ON, "")) for record in self.records]
        return datetime.fromisoformat(days[0]).date() if days and days[0] else otherwise.date()


def _kept(answer: Answer, at: datetime) -> _Kept:
    digest = hashlib.sha256(json.dumps(answer.records, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
    return _Kept(at, answer.validators, digest, _stamped(answer.records, at))


def _stamped(records: Iterable[dict[str, Any]], at: datetime) -> tuple[dict[str, Any], ...]:
    return tuple({**record, FETCHED_ON: at.date().isoformat()} for record in records)


def _known(folder: Path, code: str) -> _Kept | None:
    for ending in (_NEW, _KEPT):
        try:
            content = json.loads((folder / f"{code}{ending}").read_text(encoding="utf-8"))
            return _Kept(
                datetime.fromisoformat(content["asked_at"]),
                Validators(content["etag"], content["last_modified"]),
                content["digest"],
                tuple(content["result"]),
                waits=ending == _NEW,
            )
        except (OSError, ValueError, KeyError, TypeError):
            # Missing, or cut off by a full disk: asked again as if for the first time.
            continue
    return None


def _asked_since(folder: Path, code: str, moment: datetime) -> bool:
    known = _known(folder, code)
    return known is not None and known.asked_at > moment


def _keep(path: Path, kept: _Kept) -> None:
    content = {
        "asked_at": kept.asked_at.isoformat(),
        "etag": kept.validators.etag,
        "last_modified": kept.validators.last_modified,
        "digest": kept.digest,
        "result": kept.records,
    }
    half = path.with_name(f".{path.name}.part")
    half.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(path)
    if path.name.endswith(_NEW):
        path.with_name(path.name.removesuffix(_NEW) + _KEPT).unlink(missing_ok=True)
