"""Records officers approved at the catalogue desk: files that stand over the hand-written ones of the program.

They lie in ``approved/`` of the data folder and, on a centre's kiosks, of the language data their bundle brings. Of one
code and province there may be several, each from a day on: what was approved for the first of next month answers from
the first of next month, on boxes without a line, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import yaml

from catalogue.record import Procedure
from catalogue.yaml_files import CatalogueFileError, gather, list_files, load_folder, read_file
from runtime import durable

APPROVED: Final = "approved"
"""Name of the folder, in the data folder and, of a bundle, in ``nlu_data``."""


def approved_folders(nlu_data: Path, data: Path) -> tuple[Path, Path]:
    """Where approved records are read from; what is further right stands above.

    Args:
        nlu_data: a centre's bundle brings them here.
        data: the data folder of the installation; the desk writes them here.
    """
    return nlu_data / APPROVED, data / APPROVED


def told_on(written: Sequence[Procedure], approved: Iterable[Procedure], today: date) -> tuple[Procedure, ...]:
    """Of each code and province the one record that is told on a day, by code and province.

    The one whose first day came last; an approved one stands above one of the program that begins on the same day.
    Where none is in force, the one that comes next, so that a citizen hears from when it holds.
    """
    found: dict[tuple[str, str], list[Procedure]] = defaultdict(list)
    for one in (*written, *approved):
        found[one.code, one.province or ""].append(one)
    return tuple(_told(found[place], today) for place in sorted(found))


def _told(records: Sequence[Procedure], today: date) -> Procedure:
    in_force = [one for one in records if one.in_force(today)]
    if in_force:
        # Of equal days the last: ``max`` alone would take the first.
        return max(reversed(in_force), key=_first_day)
    coming = [one for one in records if _first_day(one) > today]
    return min(coming, key=_first_day) if coming else records[-1]


def _first_day(record: Procedure) -> date:
    return record.valid_from or date.min


def load_written(procedures: Path, approved: Iterable[Path], today: date) -> tuple[Procedure, ...]:
    """The written records as they are told on a day, read from their folders.

    Raises:
        CatalogueFileError: a file has a mistake.
    """
    above: list[Procedure] = []
    for folder in approved:
        contents = gather((read_file(path) for path in list_files(folder)), dated=True)
        if contents.problems:
            raise CatalogueFileError(contents.problems)
        above += contents.procedures
    return told_on(load_folder(procedures), above, today)


def file_name(record: Procedure) -> str:
    """How its file is called: one for each code, province and first day."""
    place = f".{record.province}" if record.province else ""
    start = f".from-{record.valid_from.isoformat()}" if record.valid_from else ""
    return f"{record.code}{place}{start}.yml"


def set_records(folder: Path, code: str, province: str | None, records: Iterable[Procedure]) -> None:
    """Make these the approved records of a code and province; files that say so already are left alone.

    Raises:
        OSError: the disk is full or may not be written.
    """
    wanted = {folder / file_name(one): as_yaml(one).encode() for one in records}
    place = f".{province}" if province else ""
    known = (path for path in list_files(folder) if _is_of(path, f"{code}{place}"))
    for path in known:
        if path not in wanted:
            path.unlink(missing_ok=True)
    for path, content in wanted.items():
        if not path.exists() or path.read_bytes() != content:
            durable.write(path, content)


def _is_of(path: Path, name: str) -> bool:
    return path.stem == name or path.stem.startswith(f"{name}.from-")


def as_yaml(record: Procedure) -> str:
    """A record as an officer would write it into a file."""
    return str(yaml.safe_dump(record.to_json(), allow_unicode=True, sort_keys=False, width=110))
