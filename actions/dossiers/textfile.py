"""Reads the sentences officers may correct, and refuses a file that could not be spoken.

A slip in such a file is found when the system starts, with the file and the entry, not when a citizen asks.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

DEFAULT_LANGUAGE = "vi"


class TextFileError(ValueError):
    """The file does not fit; the message names the file, the entry and what is wrong."""


def read_mapping(path: Path, key: str) -> Mapping[Any, Any]:
    """The mapping under ``key`` of a YAML file that states its ``source`` and ``checked_on``.

    Raises:
        TextFileError: unreadable, or one of the three is missing.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise TextFileError(f"{path}: cannot be read: {error}") from error
    for needed in ("source", "checked_on", key):
        if not isinstance(content, dict) or not content.get(needed):
            raise TextFileError(f"{path}: {needed} is missing")
    return entries(path, key, content[key])


def entries(path: Path, where: str, value: object) -> Mapping[Any, Any]:
    """``value`` as a mapping; raises :class:`TextFileError` when it is something else."""
    if not isinstance(value, dict):
        raise TextFileError(f"{path}: {where} must be a list of named entries")
    return value


def template(path: Path, where: str, value: object, allowed: frozenset[str]) -> str:
    """One sentence in NFC, whose ``{words}`` are all in ``allowed``; raises :class:`TextFileError`."""
    if not isinstance(value, str) or not value.strip():
        raise TextFileError(f"{path}: {where} is empty")
    text = unicodedata.normalize("NFC", value.strip())
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        raise TextFileError(f"{path}: {where} has a stray brace") from error
    for _, name, spec, conversion in parts:
        if name is not None and (name not in allowed or spec or conversion):
            known = ", ".join(sorted(f"{{{each}}}" for each in allowed)) or "none"
            raise TextFileError(f"{path}: {where} uses {{{name}}}; allowed here: {known}")
    return text
