"""Files of the data that nothing can start without, looked at before anything does.

A slip in a procedure costs nothing: its last good version answers (:mod:`catalogue.last_good`). Examples, rules and
word lists are read by every process at once, some by Rasa, and what a parser says of them names no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from runtime.messages import Message

_HELD: Final = ("procedures/", "provinces/", "knowledge/", "exemptions.yml", "announced.yml", "payments.yml")
"""Answered from the last good version when they are broken."""
_HELD_BUT: Final = {"question_answers/": "things.yml"}
"""So are these, but for one file: with these words questions are read."""

_Loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class DataFileBroken(ValueError):
    """A file that nothing starts without cannot be read; the message is one sentence with the cure."""


@dataclass(frozen=True)
class BrokenFile:
    """A file that is no YAML."""

    path: Path
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    reason: Message

    def __str__(self) -> str:
        if self.line:
            return Message("{path}, line {line}: {reason}", path=self.path, line=self.line, reason=self.reason)
        return Message("{path}: {reason}", path=self.path, reason=self.reason)


def broken_files(nlu_data: Path) -> list[BrokenFile]:
    """Every such file in a folder of data."""
    paths = (path for path in sorted(nlu_data.rglob("*.yml")) if not _is_held(path, nlu_data))
    return [broken for path in paths if (broken := _looked_at(path)) is not None]


def check_data_files(nlu_data: Path) -> None:
    """Raises :class:`DataFileBroken` naming the first such file."""
    broken = broken_files(nlu_data)
    if broken:
        more = Message(" (and {count} more)", count=len(broken) - 1) if len(broken) > 1 else ""
        raise DataFileBroken(
            Message("{broken}{more}: mend it, `git diff` shows what was changed", broken=str(broken[0]), more=more)
        )


def _is_held(path: Path, nlu_data: Path) -> bool:
    place = path.relative_to(nlu_data).as_posix()
    return place.startswith(_HELD) or any(
        place.startswith(folder) and path.name != name for folder, name in _HELD_BUT.items()
    )


def _looked_at(path: Path) -> BrokenFile | None:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return BrokenFile(path, 0, Message("it is no UTF-8"))
    try:
        # Parsed and not built: half the time, and what the file says is its reader's to judge.
        for _ in yaml.parse(text, Loader=_Loader):
            pass
    except yaml.MarkedYAMLError as error:
        # What is missing at the end is missed a line behind it.
        line = min(error.problem_mark.line + 1, len(text.splitlines())) if error.problem_mark else 0
        return BrokenFile(path, line, Message("no valid YAML ({problem})", problem=error.problem))
    except yaml.YAMLError:
        return BrokenFile(path, 0, Message("no valid YAML"))
    return None
