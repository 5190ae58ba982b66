"""``motcua train``, ``eval`` and ``rasa``: making, measuring and inspecting the model."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.console import Console

from assistant.model import CONFIG, DOMAIN, MODELS, TRAINING_FILES, PipelineRefused
from assistant.model import train as train_model

errors = Console(stderr=True, highlight=False)


def train(force: Annotated[bool, typer.Option(help="Train again although nothing changed.")] = False) -> None:
    """Train and package the Rasa model."""
    try:
        with errors.status("Training …"):
            path = train_model(force)
    except PipelineRefused as refused:
        errors.print(f"[red]{refused}[/red]")
        raise typer.Exit(1) from None
    errors.print(f"model {path.relative_to(MODELS.parent)}")


def rasa(context: typer.Context) -> None:
    """Rasa's own commands (train, test, shell, run ...) with this project's files filled in.

    Example:  motcua rasa shell nlu
    """
    from assistant.lean_rasa import quiet_rasa

    quiet_rasa()
    from rasa.__main__ import main as rasa_main

    sys.argv = ["rasa", *with_project_files(context.args)]
    rasa_main()


def with_project_files(arguments: list[str]) -> list[str]:
    """Rasa's arguments with our places added where the caller names none."""
    command = arguments[0] if arguments else ""
    filled = list(arguments)

    def add(option: str, *values: str) -> None:
        if option not in filled:
            filled.extend([option, *values])

    if command == "train":
        add("--domain", str(DOMAIN))
        add("--config", str(CONFIG))
        add("--data", *[str(path) for path in TRAINING_FILES])
        add("--out", str(MODELS))
    if command == "run" and "actions" in arguments:
        add("--actions", "actions.registry")
    elif command in {"run", "shell", "test"}:
        add("--model", str(MODELS))
    return filled
