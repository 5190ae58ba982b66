"""``python -m docs.operator_texts LANGUAGE``: what the command line says and the language has no words for yet.

Prints YAML to fill in and put into ``nlu_data/wording/<language>/operators/``, by the room each sentence arises in.
The sentences are found where they stand: arguments of ``Message`` and ``tr`` in the program, help of the commands,
meanings of the settings, the tables of limits and of retention, and what libraries say (:data:`BORROWED`).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, Final

import yaml
from typer import Typer
from typer.main import get_command

from cli.main import COMMANDS, app
from cli.typer_words import SAID_BY_TYPER, WORDS_OF_TYPER, templates_of
from runtime.messages import texts_of
from runtime.retention import stored_kinds
from runtime.settings import PROJECT_ROOT, Settings
from stores.limiter import rules

SAYING: Final = frozenset({"Message", "tr"})
"""Calls whose first argument is a sentence."""
NOT_THE_PROGRAM: Final = frozenset({"tests", "benchmarks", "docs", "var", "models", "nlu_data"})

BORROWED: Final = {
    "operating system": (
        "Address already in use",
        "Cannot assign requested address",
        "Connection refused",
        "Connection reset by peer",
        "File exists",
        "Is a directory",
        "Name or service not known",
        "Network is unreachable",
        "No space left on device",
        "No such file or directory",
        "Not a directory",
        "Operation not permitted",
        "Permission denied",
        "Read-only file system",
        "Temporary failure in name resolution",
    ),
    "pydantic": (
        "Extra inputs are not permitted",
        "Field required",
        "Input should be {expected}",
        "Input should be a finite number",
        "Input should be a valid URL, {error}",
        "Input should be a valid boolean",
        "Input should be a valid boolean, unable to interpret input",
        "Input should be a valid integer",
        "Input should be a valid integer, got a number with a fractional part",
        "Input should be a valid integer, unable to parse string as an integer",
        "Input should be a valid list",
        "Input should be a valid number",
        "Input should be a valid number, unable to parse string as a number",
        "Input should be a valid string",
        "Input should be a valid datetime",
        "Input should be greater than or equal to {ge}",
        "Input should be greater than {gt}",
        "Input should be less than or equal to {le}",
        "Input should be less than {lt}",
        "Input does not match format {format}",
        "String should have at least {min_length} character{expected_plural}",
        "String should have at most {max_length} character{expected_plural}",
        "String should match pattern '{pattern}'",
        "URL scheme should be {expected_schemes}",
    ),
}
"""Sentences of libraries that operators meet."""


@cache
def operator_texts() -> Mapping[str, str]:
    """Every English template of what the command line says, and the room it arises in."""
    found: dict[str, str] = {}
    for room, template in (*_borrowed(), *_in_tables(), *_in_helps(), *_in_program()):
        found.setdefault(template, room)
    return found


def said_in(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of a module that say a sentence."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in SAYING:
                yield node


@cache
def program() -> Mapping[str, ast.Module]:
    """Modules of the program by their paths in the project."""
    names = (path.relative_to(PROJECT_ROOT) for path in sorted(PROJECT_ROOT.glob("[a-z]*/**/*.py")))
    return {
        name.as_posix(): ast.parse((PROJECT_ROOT / name).read_text(encoding="utf-8"))
        for name in names
        if name.parts[0] not in NOT_THE_PROGRAM
    }


def commands() -> Iterator[tuple[str, Any]]:
    """Every command with what it is called as."""
    yield "motcua", get_command(app)
    for name, entry in COMMANDS.items():
        found = getattr(import_module(entry.module), entry.name)
        if not isinstance(found, Typer):
            single = Typer(add_completion=False)
            single.command(name)(found)
            found = single
        yield from _below(f"motcua {name}", get_command(found))


def _below(called: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield called, command
    for name, sub in getattr(command, "commands", {}).items():
        yield from _below(f"{called} {name}", sub)


def _in_program() -> Iterator[tuple[str, str]]:
    for name, tree in program().items():
        for call in said_in(tree):
            match call.args[0]:
                case ast.Constant(value=str(template)) if template:
                    yield name.partition("/")[0], template


def _in_helps() -> Iterator[tuple[str, str]]:
    for entry in COMMANDS.values():
        yield "help", entry.help
    for _, command in commands():
        for text in (command.help, *(parameter.help for parameter in command.params)):
            for template in templates_of(text) if text else ():
                yield "help", template


def _in_tables() -> Iterator[tuple[str, str]]:
    for field in Settings.model_fields.values():
        yield "settings", field.description or ""
    for rule in rules("", None).values():
        yield "limits", rule.what
        yield "limits", rule.of
    for kind in stored_kinds().values():
        for text in (kind.what, kind.until, kind.rule):
            if text:
                yield "retention", text


def _borrowed() -> Iterator[tuple[str, str]]:
    for text in (*SAID_BY_TYPER, *WORDS_OF_TYPER):
        yield "typer", text
    for room, texts in BORROWED.items():
        for text in texts:
            yield room.replace(" ", "_"), text


def lacking(language: str) -> Mapping[str, list[str]]:
    """What a language has no words for, by room."""
    there = texts_of(language)
    found: dict[str, list[str]] = {}
    for template, room in operator_texts().items():
        if template not in there:
            found.setdefault(room, []).append(template)
    return found


if __name__ == "__main__":
    for room, templates in lacking(sys.argv[1]).items():
        print(f"# {room}.yml")
        print(yaml.safe_dump(dict.fromkeys(templates, ""), allow_unicode=True, sort_keys=False, width=1000))
