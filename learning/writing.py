"""Writes a phrase into a file of training data, whole or not at all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import yaml

from understanding.learned_phrases import LearnedFile, LearnedText

INTENTS = "intents"
"""Folder below ``learned`` with one file an intent, in Rasa's own format."""


def add_procedure_phrase(folder: Path, code: str, text: str, day: date) -> Path:
    """Add a phrase to the file of a procedure, which the running system reads at once; returns the file."""
    path = folder / f"{code}.yml"
    with _alone(folder):
        known = LearnedFile(code=code, phrases=())
        if path.exists():
            known = LearnedFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        if text not in {phrase.text for phrase in known.phrases}:
            added = LearnedText(text=text, learned_on=day)
            known = LearnedFile(code=code, phrases=(*known.phrases, added))
        _replace(path, yaml.safe_dump(known.model_dump(), allow_unicode=True, sort_keys=False, width=1_000))
    return path


def add_intent_example(folder: Path, intent: str, text: str, day: date) -> Path:
    """Add an example to the Rasa training file of an intent, with the day as a comment; returns the file."""
    path = folder / INTENTS / f"{intent}.yml"
    with _alone(path.parent):
        if path.exists():
            content = path.read_text(encoding="utf-8")
        else:
            content = f"# Labelled with `motcua learn label`.\n{_HEAD}nlu:\n  - intent: {intent}\n    examples: |\n"
        if f"      - {text}\n" not in content:
            content = content.replace(_HEAD, f"# {day.isoformat()}: {text}\n{_HEAD}", 1) + f"      - {text}\n"
        _replace(path, content)
    return path


_HEAD = 'version: "3.1"\n'


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two people labelling at once must not lose each other's phrases."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _replace(path: Path, content: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(content, encoding="utf-8")
    draft.replace(path)
