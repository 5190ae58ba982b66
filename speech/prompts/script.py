"""What is worth recording: a list for a province's speakers, and an index the recordings fit into."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from language.characters import fold
from language.languages import default_language, installed
from speech.prompts.recordings import INDEX
from speech.voices.passages import passages
from speech.voices.voice import Style

_PIECES = Path(__file__).with_name("pieces.yml")
_LONGEST_NAME = 40


@dataclass(frozen=True)
class Line:
    """One recording to make."""

    file: str
    text: str
    """What is read out, figures already in words."""


def pieces(language: str) -> tuple[str, ...]:
    """The words answers are put together from; for a language without a list, the Vietnamese ones."""
    content = yaml.safe_load(_PIECES.read_text(encoding="utf-8"))
    return tuple(content.get(language) or content[default_language()])


def script(texts: Iterable[str], style: Style) -> tuple[Line, ...]:
    """Every sentence of fixed texts once, in order; texts with marks to be filled in are left out.

    Only sentences in one language are listed: the Vietnamese half of an English one has a recording of its own.
    """
    known = installed().get(style.language)
    spoken_in = known.tag if known is not None and known.speech is not None else default_language()
    found: dict[str, Line] = {}
    for text in texts:
        if any(field is not None for _, field, _, _ in string.Formatter().parse(text)):
            continue
        own = [passage for passage in passages(text, style) if passage.language == spoken_in]
        for passage in own:
            found.setdefault(fold(passage.text), Line(_file_name(passage.text), passage.text))
    return tuple(found.values())


def script_csv(lines: Iterable[Line]) -> str:
    """The list as a table for a spreadsheet."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(("file", "text"))
    writer.writerows((line.file, line.text) for line in lines)
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    return "\ufeff" + table.getvalue()


def write_script(folder: Path, lines: tuple[Line, ...]) -> None:
    """Write ``script.csv`` to read from, and the index; lines an index has already keep their files."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / INDEX
    known = (yaml.safe_load(index.read_text(encoding="utf-8")) or {}) if index.exists() else {}
    recordings: dict[str, str] = dict(known.get("recordings") or {})
    told = {fold(text) for text in recordings.values()}
    recordings |= {line.file: line.text for line in lines if fold(line.text) not in told}
    content = {"source": "", "checked_on": "", **known, "recordings": recordings}
    index.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
    (folder / "script.csv").write_text(script_csv(lines), encoding="utf-8", newline="")


def _file_name(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"{words}-{hashlib.blake2b(text.encode(), digest_size=2).hexdigest()}.wav"
