"""Hand-written records: one YAML file a procedure, read fast when it is right and explained well when it is
wrong.

The good path never looks at line numbers. Only a file with a mistake is read a second time, keeping the place
of every value, so that the officer who wrote it is told file, line and field.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from catalogue.record import Procedure
from catalogue.wording import (
    DUPLICATE_KEY,
    EMPTY_FILE,
    LAST_GOOD_ANSWERS,
    NOT_A_GROUP,
    NOT_YAML,
    Remark,
    describe,
    mistakes_of,
    place,
    placed,
    remark,
    say,
)

M = TypeVar("M", bound=BaseModel)

_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Problem:
    """One mistake in a file."""

    file: str
    line: int
    """Counted from 1; 0 when the whole file is meant."""
    field: str
    what: Remark
    held: bool = False
    """Whether the last good version of the file goes on answering."""

    def __str__(self) -> str:
        told = f"{placed(self.file, self.line, field=self.field)}: {self.what}"
        return say("held", told=told, why=LAST_GOOD_ANSWERS) if self.held else told


@dataclass(frozen=True)
class FolderContents:
    """What a folder holds: the records that are right, and what is wrong with the others."""

    procedures: tuple[Procedure, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def by_place(self) -> dict[tuple[str, str | None], Procedure]:
        """The records by code and province."""
        return {(procedure.code, procedure.province): procedure for procedure in self.procedures}

    @cached_property
    def replacing(self) -> dict[str, tuple[str, ...]]:
        """By code that was replaced, those of the records that say so."""
        found: dict[str, tuple[str, ...]] = {}
        for procedure in self.procedures:
            for code in dict.fromkeys(procedure.replaces):
                found[code] = (*found.get(code, ()), procedure.code)
        return found


class CatalogueFileError(ValueError):
    """Some hand-written files have mistakes; the message lists all of them, one a line."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def load_folder(folder: Path) -> tuple[Procedure, ...]:
    """Every record of a folder, by code; raises :class:`CatalogueFileError` when any file has a mistake."""
    contents = read_folder(folder)
    if contents.problems:
        raise CatalogueFileError(contents.problems)
    return contents.procedures


def read_folder(folder: Path) -> FolderContents:
    """The records of a folder, by code, as far as they are right; an absent folder is an empty one."""
    return gather(read_file(path) for path in list_files(folder))


def list_files(folder: Path) -> list[Path]:
    """The YAML files of a folder in the order of their names."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in {".yml", ".yaml"})


def gather(
    files: Iterable[tuple[Path, Procedure | None, tuple[Problem, ...]]], *, dated: bool = False
) -> FolderContents:
    """Put the files of a folder together; of two with the same code and province the second is a mistake.

    Args:
        files: what was read.
        dated: whether there may be several of one code and province, each with a first day of its own.
    """
    found: dict[tuple[str, str, date], tuple[Path, Procedure]] = {}
    problems: list[Problem] = []
    for path, procedure, mistakes in files:
        problems.extend(mistakes)
        if procedure is None:
            continue
        begins = procedure.valid_from if dated else None
        key = (procedure.code, procedure.province or "", begins or date.min)
        if key in found:
            problems.append(Problem(path.name, 0, "code", remark("wrong_file_name", other=found[key][0].name)))
        else:
            found[key] = (path, procedure)
    return FolderContents(tuple(found[key][1] for key in sorted(found)), tuple(problems))


def read_file(path: Path) -> tuple[Path, Procedure | None, tuple[Problem, ...]]:
    """One file: its record, or what is wrong with it."""
    record, problems = read_model(path, Procedure)
    return path, record, problems


def read_model(path: Path, model: type[M], context: object = None) -> tuple[M | None, tuple[Problem, ...]]:
    """One file as the given model, or what is wrong with it, with the line and field of each mistake.

    Args:
        path: the file.
        model: what it holds.
        context: what the model's own checks need besides the file.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        content = yaml.load(text, Loader=_UniqueKeys)
    except (OSError, UnicodeDecodeError) as error:
        return None, (Problem(path.name, 0, "", remark("not_text", error=type(error).__name__)),)
    except _DuplicateKey as error:
        return None, (Problem(path.name, error.line, error.key, DUPLICATE_KEY),)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return None, (Problem(path.name, _line_of(error), "", NOT_YAML),)
    if content is None:
        return None, (Problem(path.name, 0, "", EMPTY_FILE),)
    if not isinstance(content, dict):
        return None, (Problem(path.name, 1, "", NOT_A_GROUP),)
    try:
        return model.model_validate(content, context=context), ()
    except ValidationError as error:
        return None, _explain(path.name, text, error)


def _explain(file: str, text: str, error: ValidationError) -> tuple[Problem, ...]:
    """The mistakes of a record with the line of each."""
    root = yaml.compose(text, Loader=_FastLoader)
    problems = (
        Problem(file, _line(root, mistake["loc"]), place(mistake["loc"]), describe(mistake))
        for mistake in mistakes_of(error)
    )
    return tuple(sorted(problems, key=lambda problem: problem.line))


def _line(root: yaml.Node | None, path: tuple[str | int, ...]) -> int:
    """The line of the value a path leads to, or of the last part of it that is there."""
    node, line = root, 1
    for part in path:
        if isinstance(node, yaml.MappingNode):
            pair = next(((key, value) for key, value in node.value if key.value == str(part)), None)
            if pair is None:
                return line
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            return line
    return line


def _line_of(error: Exception) -> int:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else 0


class _DuplicateKey(ValueError):
    def __init__(self, key: str, line: int) -> None:
        super().__init__(key)
        self.key, self.line = key, line


class _UniqueKeys(_FastLoader):  # type: ignore[misc, valid-type]
    """YAML silently keeps the last of two fees written under one key; here that is a mistake."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            # A list or a mapping as key has no text; the loader refuses it below, with its place.
            if isinstance(key.value, str) and key.value in seen:
                raise _DuplicateKey(key.value, key.start_mark.line + 1)
            seen.add(str(key.value))
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping
