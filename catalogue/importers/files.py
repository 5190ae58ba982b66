"""Opening what was handed over: plain or gzip, one record a line, a JSON list, or a list inside one object.

Nothing here trusts a file: every line is read by itself, and a broken one costs only itself.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalogue.importers.reading import Raw
from catalogue.wording import (
    BAD_ENCODING,
    BAD_JSON,
    CUT_OFF,
    NOT_AN_OBJECT,
    NOT_RECORDS,
    TOO_LONG,
    UNREADABLE,
)

MAX_FILE = 512 * 1024 * 1024
"""Bytes, unpacked; the July 2026 crawl has 40 million. What follows is not read."""

MAX_RECORD = 4 * 1024 * 1024
"""Bytes of one record; the longest published one has 110 thousand."""

_CHUNK = 1024 * 1024
_LIST_KEYS = ("procedures", "items", "records")
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz")


@dataclass(frozen=True)
class Item:
    """One record of a file, or the reason why it could not be read."""

    line: int
    """Where it begins, counted from 1; 0 speaks of the whole file."""
    position: float
    """How far into the file, 0 to 1."""
    raw: Raw | None = None
    reason: str | None = None


def list_files(path: Path) -> list[Path]:
    """The file itself, or the record files of a folder in the order of their names."""
    if path.is_dir():
        return sorted(entry for entry in path.iterdir() if entry.is_file() and entry.name.endswith(_SUFFIXES))
    return [path]


def read_items(path: Path) -> Iterator[Item]:
    """The records of a file, one by one."""
    try:
        content, cut_off = _unpacked(path)
    except OSError as error:
        yield Item(line=0, position=1.0, reason=f"{UNREADABLE} ({error.strerror or type(error).__name__})")
        return
    content = content.removeprefix(b"\xef\xbb\xbf")
    if _is_lines(content):
        yield from _lines(content)
    else:
        yield from _document(content)
    if cut_off:
        yield Item(line=content.count(b"\n") + 1, position=1.0, reason=CUT_OFF)


def _unpacked(path: Path) -> tuple[bytes, bool]:
    """The content, and whether its end is missing."""
    with path.open("rb") as plain:
        packed = plain.read(2) == b"\x1f\x8b"
        plain.seek(0)
        if not packed:
            content = plain.read(MAX_FILE + 1)
            return content[:MAX_FILE], len(content) > MAX_FILE
        chunks: list[bytes] = []
        size = 0
        try:
            with gzip.GzipFile(fileobj=plain) as unpacked:
                while chunk := unpacked.read(_CHUNK):
                    chunks.append(chunk)
                    size += len(chunk)
                    if size > MAX_FILE:
                        return b"".join(chunks)[:MAX_FILE], True
        except (EOFError, zlib.error, gzip.BadGzipFile):
            return b"".join(chunks), True
        return b"".join(chunks), False


def _is_lines(content: bytes) -> bool:
    """Whether the file has one record a line: a second line begins one too, or the only one is complete."""
    starts = re.findall(rb"^[ \t]*([^\s])(.?)", content[:_CHUNK], re.MULTILINE)
    if not starts or starts[0][0] == b"[":
        return False
    if sum(first == b"{" and second != b"" for first, second in starts[:20]) > 1 and not _is_indented(
        content
    ):
        return True
    try:
        return isinstance(json.loads(content), dict) and not any(
            key in json.loads(content) for key in _LIST_KEYS
        )
    except (ValueError, RecursionError):
        return starts[0][0] == b"{" and not _is_indented(content)


def _is_indented(content: bytes) -> bool:
    """Whether the first object is spread over lines: its second line goes on inside it."""
    return re.match(rb"\s*\{\s*\n\s*[\"}]|\s*\{.*\n[ \t]+\"", content[:_CHUNK]) is not None


def _lines(content: bytes) -> Iterator[Item]:
    position = 0
    number = 0
    while position < len(content):
        number += 1
        end = content.find(b"\n", position)
        end = len(content) if end < 0 else end
        line = content[position:end]
        position = end + 1
        if line.strip():
            yield _one_line(line, number, min(position / len(content), 1.0))


def _one_line(line: bytes, number: int, position: float) -> Item:
    if len(line) > MAX_RECORD:
        return Item(number, position, reason=TOO_LONG)
    try:
        value = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return Item(number, position, reason=BAD_ENCODING)
    except (ValueError, RecursionError):
        return Item(number, position, reason=BAD_JSON)
    return _item(value, number, position)


def _item(value: object, line: int, position: float) -> Item:
    if isinstance(value, dict):
        return Item(line, position, raw=value)
    return Item(line, position, reason=NOT_AN_OBJECT)


def _document(content: bytes) -> Iterator[Item]:
    """The records of a JSON list, or of the list inside an object; damaged ones are stepped over."""
    # Broken bytes become lone surrogates, which no form accepts: only the record they stand in is refused.
    text = content.decode("utf-8", errors="surrogateescape")
    opening = re.compile(r"\s*(?:\{.*?\"(?:" + "|".join(_LIST_KEYS) + r")\"\s*:\s*)?\[", re.DOTALL).match(
        text
    )
    if opening is None:
        value = _whole(text)
        yield Item(1, 1.0, raw=value) if value else Item(0, 1.0, reason=NOT_RECORDS)
        return
    decoder = json.JSONDecoder()
    position = opening.end()
    line, counted = 1, 0
    while (start := re.compile(r"[\s,]*").match(text, position).end()) < len(text) and text[start] != "]":  # type: ignore[union-attr]
        line, counted = line + text.count("\n", counted, start), start
        try:
            value, position = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            position = _next_record(text, start)
            yield Item(line, position / len(text), reason=BAD_JSON)
            continue
        too_long = position - start > MAX_RECORD
        yield (
            Item(line, position / len(text), reason=TOO_LONG)
            if too_long
            else _item(value, line, position / len(text))
        )


def _whole(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _next_record(text: str, start: int) -> int:
    """Where the record after a damaged one begins: the next line that opens an object at the same depth."""
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    pattern = re.compile(rf"\n{re.escape(indent)}\{{") if not indent.strip() else re.compile(r"\},\s*(?=\{)")
    match = pattern.search(text, start + 1)
    if match is None:
        return len(text)
    return match.end() - 1 if not indent.strip() else match.end()
