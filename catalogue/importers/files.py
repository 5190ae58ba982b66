"""Opening what was handed over: plain or gzip, one record a line, a JSON list, or a list inside one object.

Nothing here trusts a file: every line is read by itself, and a broken one costs only itself.
"""

from __future__ import annotations

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
    Reason,
    remark,
)

MAX_FILE = 512 * 1024 * 1024
"""Bytes, unpacked; the July 2026 crawl has 40 million. What follows is not read."""

MAX_RECORD = 4 * 1024 * 1024
"""Bytes of one record; the longest published one has 110 thousand."""

_CHUNK = 1024 * 1024
"""Bytes looked at to tell what kind of file it is."""

_LIST_KEYS = ("procedures", "items", "records", "result")
_SPREAD_OBJECT = re.compile(rb"\s*\{[^\S\n]*\n|\s*\{[^\n]*\n[ \t]+\"")
"""An object whose second line goes on inside it."""

_GAP = re.compile(r"[\s,]*")
_SUFFIXES = (".json", ".jsonl", ".ndjson", ".gz")


@dataclass(frozen=True)
class Item:
    """One record of a file, or the reason why it could not be read."""

    line: int
    """Where it begins, counted from 1; 0 speaks of the whole file."""
    position: float
    """How far into the file, 0 to 1."""
    raw: Raw | None = None
    reason: Reason | None = None


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
        yield Item(line=0, position=1.0, reason=remark("unreadable", error=error.strerror or type(error).__name__))
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
        content = plain.read(MAX_FILE + 1)
    if not content.startswith(b"\x1f\x8b"):
        return content[:MAX_FILE], len(content) > MAX_FILE
    chunks: list[bytes] = []
    size = 0
    while content and size <= MAX_FILE:
        # The module gzip would lose what it has already unpacked when the end is missing.
        member = zlib.decompressobj(wbits=31)
        try:
            chunks.append(member.decompress(content, MAX_FILE + 1 - size))
        except zlib.error:
            return b"".join(chunks), True
        size += len(chunks[-1])
        if not member.eof:
            return b"".join(chunks)[:MAX_FILE], True
        content = member.unused_data
    return b"".join(chunks), False


def _is_lines(content: bytes) -> bool:
    """Whether the file has one record a line, rather than one JSON list or one object over many lines."""
    head = content[:_CHUNK]
    if head.lstrip().startswith(b"[") or _SPREAD_OBJECT.match(head):
        return False
    first, _, more = content.partition(b"\n")
    if _list_start(first.decode("utf-8", errors="replace")) is not None and not (_is_whole(first) and more.strip()):
        # An answer that wraps its records; a record that holds such a list itself is one line among others.
        return False
    return re.search(rb"^[ \t]*\{", head, re.MULTILINE) is not None


def _is_whole(line: bytes) -> bool:
    try:
        json.loads(line)
    except (ValueError, RecursionError):
        return False
    return True


def _list_start(text: str) -> int | None:
    """Where the records begin in a JSON list, or in the list that stands inside an object."""
    decoder = json.JSONDecoder()
    position = _after_gap(text, 0)
    if text[position : position + 1] == "[":
        return position + 1
    if text[position : position + 1] != "{":
        return None
    position += 1
    try:
        while True:
            key, position = decoder.raw_decode(text, _after_gap(text, position))
            position = _after_gap(text, position)
            if text[position : position + 1] != ":":
                return None
            position = _after_gap(text, position + 1)
            if key in _LIST_KEYS and text[position : position + 1] == "[":
                return position + 1
            _, position = decoder.raw_decode(text, position)
    except (ValueError, RecursionError):
        return None


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
    position = _list_start(text)
    if position is None:
        value = _whole(text)
        yield Item(1, 1.0, raw=value) if value else Item(0, 1.0, reason=NOT_RECORDS)
        return
    decoder = json.JSONDecoder()
    line, counted, broken, found = 1, 0, False, 0
    while (start := _after_gap(text, position)) < len(text) and text[start] != "]":
        line, counted = line + text.count("\n", counted, start), start
        found += 1
        try:
            value, position = decoder.raw_decode(text, start)
            broken = False
        except (ValueError, RecursionError):
            position = _next_record(text, start)
            broken = True
            yield Item(line, position / len(text), reason=BAD_JSON)
            continue
        if position - start > MAX_RECORD:
            yield Item(line, position / len(text), reason=TOO_LONG)
        else:
            yield _item(value, line, position / len(text))
    if start >= len(text) and not broken:
        yield Item(line, 1.0, reason=CUT_OFF)
    elif not found:
        yield Item(0, 1.0, reason=NOT_RECORDS)


def _after_gap(text: str, position: int) -> int:
    gap = _GAP.match(text, position)
    return gap.end() if gap else position


def _whole(text: str) -> dict[str, object] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _next_record(text: str, start: int) -> int:
    """Where the record after a damaged one begins: the next line that opens an object at the same depth."""
    indent = text[text.rfind("\n", 0, start) + 1 : start]
    opens = rf"\n{re.escape(indent)}(?=\{{)" if not indent.strip() else r"\}\s*,\s*(?=\{)"
    match = re.compile(opens).search(text, start + 1)
    return match.end() if match else len(text)
