"""Importing published records: read every file, decide what is used, write it in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from catalogue.field_changes import field_changes
from catalogue.importers import format_of
from catalogue.importers.answered import code_of as code_answered
from catalogue.importers.files import Item, list_files, read_items
from catalogue.importers.reading import BrokenRecord, Raw, RecordFormat
from catalogue.notices import AnyNotice, Changed, Rejected
from catalogue.record import CODE_PATTERN, Procedure
from catalogue.report import ImportReport, Progress, Skipped
from catalogue.tables import CatalogueState, ImportedNotice, ImportedRecord
from catalogue.text import fold
from catalogue.wording import EMPTY_FOLDER, UNKNOWN_SHAPE, Reason, Remark, remark
from runtime import logs
from stores.database import Database

_log = logs.get(__name__)

SAME_PROCEDURE = 0.3
"""Share of the shorter name's words two names of one code have in common. Of 2,093 codes the portal kept from
April
2025 to July 2026 one fell below; of names of different procedures nine in ten do."""

_COMMON_WORDS = frozenset({"thu", "tuc", "cap", "va", "hoac", "cua", "cho", "doi", "voi"})

Key = tuple[str, str, str]
"""Code, province (empty: national), format."""


@dataclass
class _Gathered:
    """What the files told, before it is compared with what is known."""

    records: dict[Key, _Candidate] = field(default_factory=dict)
    notices: dict[tuple[str, str], AnyNotice] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)


@dataclass(frozen=True)
class _Candidate:
    file: str
    line: int
    name: str
    checked_on: date
    row: Mapping[str, Any]

    def skipped(self, reason: Reason) -> Skipped:
        return Skipped(self.file, self.line, self.row["code"], reason)


def import_paths(
    database: Database,
    paths: Iterable[Path],
    known_names: Mapping[str, str],
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Import files or folders of published records; broken records are reported and left out.

    ``known_names`` are the names of hand-written procedures by code: a record that carries one of these codes
    but is about something else is refused.
    """
    gathered = _Gathered()
    files: list[Path] = []
    for path in paths:
        found = list_files(path)
        files += found
        if not found:
            gathered.skipped.append(Skipped(_printable(path), 0, None, EMPTY_FOLDER))
    read = 0
    for index, file in enumerate(files):
        for item in read_items(file):
            read += 1
            _gather(gathered, _printable(file), item)
            if progress is not None:
                progress(Progress(_printable(file), read, (index + item.position) / len(files)))
    with database.writing() as session:
        # Taken first and for writing, the row makes imports of several processes wait for each other.
        state = session.execute(select(CatalogueState).with_for_update()).scalar_one()
        report = _write(session, gathered, known_names)
        if report.changed:
            state.version += 1
    _log.info(
        "catalogue imported",
        new=len(report.imported),
        updated=len(report.updated),
        unchanged=len(report.unchanged),
        skipped=len(report.skipped),
    )
    return report


def _printable(path: Path) -> str:
    """The name of a file; one in an unknown encoding must not break a report or a database."""
    return path.name.encode("utf-8", errors="replace").decode()


def _gather(gathered: _Gathered, file: str, item: Item) -> None:
    if item.raw is None:
        gathered.skipped.append(Skipped(file, item.line, None, item.reason or UNKNOWN_SHAPE))
        return
    code = _code_of(item.raw)
    record_format = format_of(item.raw)
    if record_format is None:
        gathered.skipped.append(Skipped(file, item.line, code, UNKNOWN_SHAPE))
        return
    try:
        reading = record_format.read(item.raw)
    except BrokenRecord as error:
        gathered.skipped.append(Skipped(file, item.line, code, error.reason))
        return
    for notice in reading.notices:
        gathered.notices[notice.kind, notice.key] = notice
    if reading.procedure is not None:
        _keep(gathered, _candidate(reading.procedure, record_format, file, item.line))


def _code_of(raw: Raw) -> str | None:
    """The code a record claims to have, for the report."""
    claimed = (code_answered(raw), *(raw.get(key) for key in ("code", "thu_tuc_id", "asked_code")))
    return next((code for code in claimed if isinstance(code, str) and CODE_PATTERN.match(code)), None)


def _keep(gathered: _Gathered, candidate: _Candidate) -> None:
    """Of two records with one code the newer is used; of the same day, the first."""
    row = candidate.row
    key = (row["code"], row["province"], row["format"])
    known = gathered.records.get(key)
    if known is None:
        gathered.records[key] = candidate
    elif candidate.checked_on > known.checked_on:
        gathered.skipped.append(known.skipped(remark("twice", line=candidate.line, name=candidate.name)))
        gathered.records[key] = candidate
    else:
        gathered.skipped.append(candidate.skipped(remark("twice", line=known.line, name=known.name)))


def _candidate(procedure: Procedure, record_format: RecordFormat, file: str, line: int) -> _Candidate:
    body = procedure.model_dump_json(exclude_defaults=True)
    row = {
        "code": procedure.code,
        "province": procedure.province or "",
        "format": record_format.name,
        "rank": record_format.rank,
        "checked_on": procedure.checked_on,
        "content_hash": hashlib.sha256(body.encode()).hexdigest(),
        "file": file,
        "official_name": procedure.official_name,
        "agency": procedure.agency,
        "field": procedure.field,
        "levels": _json([level.value for level in procedure.levels]),
        "subjects": _json(list(procedure.subjects)),
        "replaced_by": _json(list(procedure.replaced_by)),
        "body": body,
    }
    return _Candidate(file, line, procedure.official_name, procedure.checked_on, row)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _write(session: Session, gathered: _Gathered, known_names: Mapping[str, str]) -> ImportReport:
    notices = _write_notices(session, gathered.notices.values())
    refused = _rejected_codes(session)
    known = {
        (row.code, row.province, row.format): row
        for row in session.execute(
            select(
                ImportedRecord.code,
                ImportedRecord.province,
                ImportedRecord.format,
                ImportedRecord.content_hash,
                ImportedRecord.checked_on,
                ImportedRecord.official_name,
            )
        )
    }
    names = {code: name for (code, _, _), row in known.items() for name in [row.official_name]} | dict(known_names)
    skipped = list(gathered.skipped)
    new: list[Mapping[str, Any]] = []
    changed: list[Mapping[str, Any]] = []
    unchanged: list[str] = []
    for key, candidate in gathered.records.items():
        code, row = key[0], known.get(key)
        if code in refused:
            skipped.append(candidate.skipped(_rejected(refused[code])))
        elif code in names and not _same_procedure(candidate.name, names[code]):
            skipped.append(candidate.skipped(remark("other_procedure", name=names[code])))
        elif row is None:
            new.append(candidate.row)
        elif row.content_hash == candidate.row["content_hash"]:
            unchanged.append(code)
        elif row.checked_on > candidate.checked_on:
            skipped.append(candidate.skipped(remark("older", day=row.checked_on.isoformat())))
        else:
            changed.append(candidate.row)
    if new:
        session.execute(insert(ImportedRecord), new)
    if changed:
        notices += _write_notices(session, list(_changes(session, changed)))
        session.execute(update(ImportedRecord), changed)
    return ImportReport(
        imported=tuple(row["code"] for row in new),
        updated=tuple(row["code"] for row in changed),
        unchanged=tuple(unchanged),
        skipped=tuple(skipped),
        notices=notices,
    )


def _changes(session: Session, rows: Iterable[Mapping[str, Any]]) -> Iterator[Changed]:
    """What the new versions of known records say otherwise; read before they are written."""
    for row in rows:
        known = session.get_one(ImportedRecord, (row["code"], row["province"], row["format"]))
        before, after = (Procedure.model_validate_json(body) for body in (known.body, row["body"]))
        found = field_changes(before, after)
        if found:
            yield Changed(
                code=row["code"],
                province=row["province"],
                format=row["format"],
                before_checked_on=before.checked_on,
                after_checked_on=after.checked_on,
                changes=found,
            )


def _write_notices(session: Session, notices: Iterable[AnyNotice]) -> int:
    """Keep new and changed notices; returns how many."""
    given = {(notice.kind, notice.key): _json(notice.model_dump(mode="json")) for notice in notices}
    kinds = {kind for kind, _ in given}
    rows = session.execute(select(ImportedNotice).where(ImportedNotice.kind.in_(kinds))).scalars()
    known = {(row.kind, row.key): row for row in rows}
    changed = 0
    for (kind, key), body in given.items():
        row = known.get((kind, key))
        if row is None:
            session.add(ImportedNotice(kind=kind, key=key, body=body))
            changed += 1
        elif row.body != body:
            row.body = body
            changed += 1
    session.flush()
    return changed


def _rejected(notice: Rejected) -> Remark:
    """That the published page of a code is known to be wrong."""
    return remark("rejected_page", title=notice.page_title) if notice.page_title else Remark("rejected")


def _rejected_codes(session: Session) -> dict[str, Rejected]:
    bodies = session.execute(select(ImportedNotice.body).where(ImportedNotice.kind == "rejected")).scalars()
    return {notice.code: notice for notice in map(Rejected.model_validate_json, bodies)}


def _same_procedure(first: str, second: str) -> bool:
    one, other = (set(fold(name).split()) - _COMMON_WORDS for name in (first, second))
    shorter = min(len(one), len(other))
    return shorter == 0 or len(one & other) / shorter >= SAME_PROCEDURE
