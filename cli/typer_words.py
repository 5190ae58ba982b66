"""What typer and click say themselves (Usage, Options, "No such option"), and the help of our commands, translated.

Typer takes few of its own words from gettext, and those when it is imported; the rest are fixed in it. So headings are
set as its module of looks lets them be set, help is translated once the commands are built, and an error that is a
finished English sentence is taken apart by the template it was made with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Final

import typer
from pydantic import ValidationError
from typer import core, rich_utils
from typer._click.exceptions import MissingParameter, NoArgsIsHelpError, NoSuchOption, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperGroup

from runtime.messages import Message, tr, translated
from runtime.validation_messages import mistake_of

_HEADINGS: Final = {
    "DEPRECATED_STRING": Message("(deprecated) "),
    "DEFAULT_STRING": Message("[default: {}]"),
    "ENVVAR_STRING": Message("[env var: {}]"),
    "REQUIRED_LONG_STRING": Message("[required]"),
    "ARGUMENTS_PANEL_TITLE": Message("Arguments"),
    "OPTIONS_PANEL_TITLE": Message("Options"),
    "COMMANDS_PANEL_TITLE": Message("Commands"),
    "ERRORS_PANEL_TITLE": Message("Error"),
    "ABORTED_TEXT": Message("Aborted."),
    "RICH_HELP": Message("Try [blue]'{command_path} {help_option}'[/] for help."),
}
"""Words of :mod:`typer.rich_utils`, by their names there."""

WORDS_OF_TYPER: Final = (
    "(dynamic)",
    "Aborted!",
    "Arguments",
    "Commands",
    "Options",
    "Install completion for the current shell.",
    "Show completion for the current shell, to copy it or customize the installation.",
    "Show this message and exit.",
    "[ARGS]...",
    "[OPTIONS]",
    "COMMAND [ARGS]...",
    "default: {default}",
    "env var: {var}",
    "required",
    "Missing command.",
    "No such command {name!r}.",
)
"""What it asks gettext for when it says it, and fixed words of its help."""

SAID_BY_TYPER: Final = (
    "Missing command.",
    "No such command {name}.",
    "No such option: {name}",
    "Got unexpected extra argument(s) ({arguments})",
    "Option {name} requires an argument.",
    "Option {name} requires {count} arguments.",
    "Option {name} does not take a value.",
    "Argument {name} takes {count} values.",
    "Value {value} is not a valid {kind}.",
    "{value} is not one of {choices}.",
    "Value {value} is not in the range {range}.",
    "Value must be an iterable.",
    "Choose from: {choices}",
    "File {path} does not exist.",
    "File {path} is a directory.",
    "File {path} is not readable.",
    "Path {path} does not exist.",
    "Path {path} is not readable.",
    "Directory {path} does not exist.",
    "Directory {path} is a file.",
)
"""Sentences typer raises finished."""

_EXAMPLE: Final = Message("Example:")
"""Begins a paragraph that holds a command, which is the same in every language."""
_AS_IT_STANDS: Final = "\b"
"""Begins a paragraph whose lines are not joined: commands, with words behind them."""
_COMMAND: Final = re.compile(r"(?P<command>.*?\S\s{3,}|.*$)(?P<said>.*)")


class _Formatter(HelpFormatter):
    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        super().write_usage(prog, args, prefix or tr("Usage: "))


class _Context(typer.Context):
    formatter_class = _Formatter


def translate_headings() -> None:
    """Have typer say its headings in the command line's language."""
    # Bound to gettext's function when it was imported.
    core._ = tr  # type: ignore[attr-defined, assignment]
    for name, heading in _HEADINGS.items():
        setattr(rich_utils, name, translated(heading))


def translate_help(command: Any) -> Any:
    """The same command with its help, and that of every command below it, in the command line's language."""
    command.context_class = _Context
    command.help = command.help and tr_help(command.help)
    command.short_help = command.short_help and tr_help(command.short_help)
    command.options_metavar = command.options_metavar and tr(command.options_metavar)
    for parameter in command.params:
        parameter.help = parameter.help and tr_help(parameter.help)
    with _Context(command) as context:
        option = command.get_help_option(context)
    if option is not None:
        option.help = tr("Show this message and exit.")
    if isinstance(command, TyperGroup):
        command.subcommand_metavar = command.subcommand_metavar and tr(command.subcommand_metavar)
        for below in command.commands.values():
            translate_help(below)
    return command


def tr_help(text: str) -> str:
    """A help text; every paragraph of it is a template, however its lines are broken."""
    return "\n\n".join(_paragraph(part) for part in text.split("\n\n"))


def templates_of(text: str) -> Iterator[str]:
    """The templates a help text is translated by."""
    for part in text.split("\n\n"):
        if part.lstrip().startswith(_AS_IT_STANDS):
            yield from (said for line in part.splitlines() if (said := _COMMAND.fullmatch(line)["said"]))  # type: ignore[index]
        elif not part.lstrip().startswith(_EXAMPLE):
            yield " ".join(part.split())


def _paragraph(part: str) -> str:
    if part.lstrip().startswith(_AS_IT_STANDS):
        return "\n".join(_line(line) for line in part.splitlines())
    if part.lstrip().startswith(_EXAMPLE):
        return part.replace(_EXAMPLE, tr(_EXAMPLE), 1)
    return tr(" ".join(part.split()))


def _line(line: str) -> str:
    command, said = _COMMAND.fullmatch(line).groups()  # type: ignore[union-attr]
    return f"{command}{tr(said)}" if said else line


@contextmanager
def errors_translated() -> Iterator[None]:
    """Errors of typer leave the block in the command line's language."""
    try:
        yield
    except NoArgsIsHelpError:
        raise
    except UsageError as error:
        raise _Translated(_said(error), error.ctx, error.exit_code) from error


class _Translated(UsageError):
    """A usage error whose message is said already."""

    def __init__(self, message: str, ctx: Any, exit_code: int) -> None:
        super().__init__(message, ctx)
        self.exit_code = exit_code


def _said(error: UsageError) -> str:
    name = _named(error)
    if isinstance(error, MissingParameter):
        of_option = error.param is not None and error.param.param_type_name == "option"
        missing = tr("Missing option {name}.", name=name) if of_option else tr("Missing argument {name}.", name=name)
        more = error.param.get_missing_message(ctx=error.ctx) if error.param is not None else ""
        return f"{missing} {_sentence(' '.join(more.split()))}" if more else missing
    if isinstance(error, NoSuchOption) and error.possibilities:
        possible = tr("(Possible options: {names})", names=", ".join(sorted(error.possibilities)))
        return f"{_sentence(error.message)} {possible}"
    if isinstance(error, typer.BadParameter):
        said = _of_value(error)
        if name:
            return tr("Invalid value for {name}: {said}", name=name, said=said)
        return tr("Invalid value: {said}", said=said)
    return _sentence(error.message)


def _of_value(error: typer.BadParameter) -> str:
    """What is wrong with a value: pydantic says it where one was to be converted, and hands on what typer raised."""
    if isinstance(error.__cause__, ValidationError):
        return "; ".join(_sentence(mistake_of(problem)) for problem in error.__cause__.errors())
    return _sentence(error.message)


def _named(error: UsageError) -> str:
    """The parameter as typer names it in an error."""
    hint = getattr(error, "param_hint", None)
    if hint is None and getattr(error, "param", None) is not None:
        hint = error.param.get_error_hint()  # type: ignore[attr-defined]
    return hint if isinstance(hint, str) else " / ".join(map(repr, hint or ()))


def _sentence(said: str) -> str:
    """A message of ours, or a sentence of typer's by the template it was made with."""
    if isinstance(said, Message) and (told := translated(said)) != said:
        return told
    for template in SAID_BY_TYPER:
        found = _pattern(template).fullmatch(said)
        if found is not None:
            return tr(template, **found.groupdict())
    return said


@lru_cache
def _pattern(template: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", template)
    return re.compile("".join(f"(?P<{piece}>.+)" if odd % 2 else re.escape(piece) for odd, piece in enumerate(pieces)))
