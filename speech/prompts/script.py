"""What is worth recording: a list for a province's speakers, and an index the recordings fit into."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import yaml

from language.characters import fold
from language.languages import default_language, installed
from speech.prompts.phrase_matching import words_of
from speech.prompts.recordings import INDEX
from speech.voices.passages import passages
from speech.voices.voice import Style

_PIECES = Path(__file__).with_name("pieces.yml")
_LONGEST_NAME = 40
_MARK = re.compile(r"\{\w*\}")
_SENTENCE = re.compile(r"[^.!?;]+[.!?;]*")
_PHRASE = re.compile(r"[^,:]+[,:]*")
_EDGES = " ,:"
_SOUNDING = re.compile(r"[^\W_]")


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


def without_marks(text: str) -> tuple[str, ...]:
    """What of a text is the same every time: the whole of it, or the sentences and phrases beside its marks.

    Of "Đã nhận {count} số. Xin bấm tiếp." these are "Đã nhận", "số" and "Xin bấm tiếp.": with the numbers between
    them recorded, too, all of it is heard from people.
    """
    if not _has_marks(text):
        return (text,)
    found: list[str] = []
    for sentence in _SENTENCE.findall(text):
        phrases = _PHRASE.findall(sentence) if _has_marks(sentence) else [sentence]
        for phrase in phrases:
            found += _MARK.split(phrase)
    return tuple(filter(_SOUNDING.search, (piece.strip(_EDGES) for piece in found)))


def script(texts: Iterable[str], style: Style) -> tuple[Line, ...]:
    """Every sentence of texts once, in order; of those with marks to be filled in what stands beside the marks.

    Only sentences in one language are listed: the Vietnamese half of an English one has a recording of its own.
    """
    known = installed().get(style.language)
    spoken_in = known.tag if known is not None and known.speech is not None else default_language()
    found: dict[tuple[str, ...], Line] = {}
    for text in chain.from_iterable(map(without_marks, texts)):
        own = [passage for passage in passages(text, style) if passage.language == spoken_in]
        for passage in own:
            found.setdefault(words_of(passage.text), Line(_file_name(passage.text), passage.text))
    return tuple(found.values())


def _has_marks(text: str) -> bool:
    return any(field is not None for _, field, _, _ in string.Formatter().parse(text))


def script_csv(lines: Iterable[Line]) -> str:
    """The list as a table for a spreadsheet."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\r\n")
    writer.writerow(("file", "text"))
    writer.writerows((line.file, line.text) for line in lines)
    # The mark at the beginning tells spreadsheets that this is UTF-8.
    return "\ufeff" + table.getvalue()


def write_script(folder: Path, lines: tuple[Line, ...]) -> None:
    """Write ``script.csv`` to read from, and the index."""
    list_in_index(folder, lines)
    (folder / "script.csv").write_text(script_csv(lines), encoding="utf-8", newline="")


def list_in_index(folder: Path, lines: Iterable[Line]) -> None:
    """Add lines to the index of a folder; those it has already keep their files.

    Two officers may record at once: the index is changed by one after the other, and never half written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / INDEX
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = (yaml.safe_load(index.read_text(encoding="utf-8")) or {}) if index.exists() else {}
        recordings: dict[str, str] = dict(known.get("recordings") or {})
        told = {words_of(text) for text in recordings.values()}
        recordings |= {line.file: line.text for line in lines if words_of(line.text) not in told}
        content = {"source": "", "checked_on": "", **known, "recordings": recordings}
        half = folder / f".{INDEX}.part"
        half.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=120), encoding="utf-8")
        half.replace(index)


def _file_name(text: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:_LONGEST_NAME].rstrip("-")
    return f"{words}-{hashlib.blake2b(text.encode(), digest_size=2).hexdigest()}.wav"
