"""Entry point of ``motcua``. A command's module is imported when the command runs, so that help answers at once."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from runtime.messages import VARIABLE, Message, tr


@dataclass(frozen=True)
class Entry:
    """Where a command lives."""

    module: str
    name: str
    """A function, or a Typer application with commands of its own."""
    help: str
    """One line for the list of commands."""
    passes_options: bool = False
    """Whether options it does not know go on to another program."""


COMMANDS = {
    "up": Entry("cli.up", "up", "Start the system on loopback and keep it running until Ctrl-C."),
    "ask": Entry("cli.talking", "ask", "One turn with the running system, or in this process when none runs."),
    "understand": Entry(
        "cli.understand", "understand", "Read JSON lines and write what was understood, in the same order."
    ),
    "explain": Entry("cli.talking", "explain", "The readings weighed for a turn, with their scores."),
    "catalogue": Entry("cli.catalogue", "app", "Import, list, show and check the procedures answers come from."),
    "sandbox": Entry("cli.sandbox", "app", "Dossiers to try with, and a switch that makes their back end fail."),
    "registries": Entry("cli.registries", "app", "Public registries that may be asked, and one question to one."),
    "tickets": Entry("cli.tickets", "app", "Call-backs and reports citizens asked officers for."),
    "centre": Entry("cli.centre", "app", "Kiosks of this centre, their bundles, and officers who may sign in."),
    "exchange": Entry("cli.exchange", "app", "Agencies cases are exchanged with, our keys, and what waits."),
    "kiosk": Entry("cli.kiosk", "app", "This box as a kiosk: its centre, what waits on it, what it uses."),
    "service": Entry(
        "cli.service", "app", "Take everything, a channel or a procedure out of service, and put it back."
    ),
    "learn": Entry("cli.learn", "app", "Review what was not understood and turn it into training data."),
    "speech": Entry("cli.speech", "app", "Recognise and speak: try an engine or a voice, fetch a model."),
    "sms": Entry("cli.sms", "app", "Text messages in and out: list, show, send again what failed."),
    "train": Entry("cli.learning", "train", "Train and package the Rasa model."),
    "eval": Entry("cli.learning", "evaluate", "Measure understanding on the sets in nlu_data/eval."),
    "rasa": Entry(
        "cli.learning", "rasa", "Rasa's own commands with this project's files filled in.", passes_options=True
    ),
    "retention": Entry("cli.retention", "retention", "What is stored, how long, by which rule, and what deletes it."),
    "backup": Entry("cli.backup", "backup", "The whole installation into a file while it runs; keys apart, sealed."),
    "restore": Entry("cli.backup", "restore", "Put a backup in the place of what is there."),
    "doctor": Entry("cli.doctor", "doctor", "Look at everything the system needs, and say what to mend and how."),
    "limits": Entry("cli.limits", "limits", "How much each door takes: numbers, visits, boxes, addresses, everything."),
    "audit": Entry("cli.audit", "app", "Who did what when, in a chain; whether anything in it was changed."),
    "rights": Entry("cli.rights", "app", "What persons ask for in writing about their data, and what is due when."),
    "breach": Entry("cli.breach", "app", "Breaches of personal data: what happened, whom it was told, the 72 hours."),
    "keys": Entry("cli.keys", "app", "Whether the keys open what is kept, and new ones while the system runs."),
    "settings": Entry("cli.operating", "settings", "List every setting with default and meaning."),
}


def _typer_words() -> Any:
    """What translates typer itself; None where nothing is to be translated, so that help answers at once."""
    return import_module("cli.typer_words") if VARIABLE in os.environ else None


class LazyGroup(TyperGroup):
    """Lists commands from :data:`COMMANDS` and imports only the one that is called."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """The context of a call; what is wrong with the words of the call is told in the command line's language."""
        words = _typer_words()
        if words is None:
            return super().make_context(*args, **kwargs)
        words.translate_headings()
        words.translate_help(self)
        with words.errors_translated():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command that was called."""
        words = _typer_words()
        if words is None:
            return super().invoke(ctx)
        with words.errors_translated():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command called; for the list of all commands only its name and help."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if cmd_name not in sys.argv[1:2]:
            return TyperCommand(cmd_name, help=tr(entry.help))
        found: Any = getattr(import_module(entry.module), entry.name)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
            options = {"allow_extra_args": True, "ignore_unknown_options": True} if entry.passes_options else {}
            single.command(cmd_name, context_settings=options)(found)
            found = single
        command = get_command(found)
        command.name = cmd_name
        command.help = command.help or entry.help
        words = _typer_words()
        return words.translate_help(command) if words is not None else command


app = typer.Typer(
    name="motcua", cls=LazyGroup, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


def _tell_version(asked: bool) -> None:
    if asked:
        from runtime.version import version

        print(f"motcua {version()}")
        raise typer.Exit


@app.callback()
def _describe(
    version: Annotated[
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Tell the version and stop.")
    ] = False,
) -> None:
    """Một Cửa: a public-service assistant by SMS, telephone and kiosk."""


def check_language() -> None:
    """Raises :class:`runtime.settings.SettingsError` where the command line is to speak a language there is not."""
    language = os.environ.get(VARIABLE)
    if language is None:
        return
    from language.data import folder
    from language.languages import read_languages
    from runtime.settings import SettingsError

    there = read_languages(folder() / "wording").tags
    if language not in there:
        raise SettingsError(
            Message("{name}={value}: there are {languages}", name=VARIABLE, value=language, languages=", ".join(there))
        )


def main() -> None:
    """Run a command; what an operator has to mend is told in one sentence, without a stack trace."""
    # Late: the logs cost more than the whole help text.
    from runtime.operator_errors import told_in_one_sentence

    if not {"--help", "-h"} & set(sys.argv[1:2]) and len(sys.argv) > 1:
        from runtime import logs

        logs.configure("WARNING", "motcua")
    with told_in_one_sentence("motcua", wrong_setting=2):
        check_language()
        app()


if __name__ == "__main__":
    main()
