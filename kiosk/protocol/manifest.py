"""A bundle: a tree of files, cut into pieces that are named by their contents and fetched one by one; its signature.

    head    {"format", "number", "made_at", "list", "size"}, signed by the centre
    list    the names of the index's pieces, one a line
    index   "file SIZE SHA256 PATH" lines, each followed by "piece SHA256" lines
    piece   at most 256 kB of a file, or of the index

What did not change keeps its name and is not fetched again: one corrected procedure costs its piece, the piece of
the index that names it, and the list, some ten kilobytes of a catalogue of thirteen megabytes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Annotated, Final

from pydantic import Field, ValidationError

from kiosk.protocol.keys import BadSignature, Keys, PublicKeys
from kiosk.protocol.messages import Message
from runtime import messages

FORMAT: Final = 1
"""Grows when a kiosk of today could not use a bundle any more; it refuses bundles of formats it does not know."""

LARGEST_PIECE: Final = 256 * 1024
_SMALLEST: Final = 4 * 1024
_BINARY: Final = 128 * 1024
_BOUNDARY: Final = 128
"""A line in so many ends a piece: 16 kB of prose, or 8 kB of index."""

_HEAD: Final = b"motcua bundle head 1"
_NAME: Final = re.compile(r"[0-9a-f]{64}")
_SAFE: Final = re.compile(r"[A-Za-z0-9_.+-]+")


class BadBundle(ValueError):
    """The bundle is not what its signature or its names say; the message names the part."""


class Head(Message):
    """What is signed."""

    format: Annotated[int, Field(alias="f")] = FORMAT
    number: Annotated[int, Field(alias="n", ge=1)]
    """Grows with every bundle: an older one is never applied again, however well it is signed."""
    made_at: Annotated[float, Field(alias="t")]
    list: Annotated[str, Field(alias="l", pattern=r"^[0-9a-f]{64}$")]
    size: Annotated[int, Field(alias="s", ge=0)]
    """Bytes of all files."""
    program: Annotated[str, Field(alias="p", max_length=40)] = ""
    """Version of the program the centre made it with; for people, nothing depends on it."""
    urgent: Annotated[bool, Field(alias="u")] = False
    """Whether boxes drop an older bundle that is still coming in, and try again each half minute until it is there."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file and the pieces it is put together from."""

    path: str
    size: int
    sha256: str
    pieces: tuple[str, ...]


def sign_head(head: Head, keys: Keys) -> str:
    """Head and signature in one line."""
    content = head.to_bytes()
    signature = base64.urlsafe_b64encode(keys.sign(_HEAD, content)).decode()
    return f"{signature} {content.decode()}"


def read_head(signed: str, centre: PublicKeys) -> Head:
    """The head, if the centre has signed it.

    Raises:
        BadBundle: it has not, or the head cannot be read.
    """
    signature, _, content = signed.partition(" ")
    try:
        centre.check(base64.urlsafe_b64decode(signature), _HEAD, content.encode())
        head = Head.from_bytes(content.encode())
    except (BadSignature, binascii.Error, ValidationError, ValueError):
        raise BadBundle(messages.Message("the head is not signed by our centre")) from None
    if head.format != FORMAT:
        raise BadBundle(
            messages.Message(
                "the bundle has format {theirs}; this kiosk's program reads {ours}", theirs=head.format, ours=FORMAT
            )
        )
    return head


def name_of(content: bytes) -> str:
    """The name of a piece."""
    return hashlib.sha256(content).hexdigest()


def cut(content: bytes) -> Iterator[bytes]:
    """The pieces of a file. Text is cut after lines that its own contents choose, so that a line put in or taken
    out changes the piece around it and no other; other files are cut evenly.
    """
    if b"\0" in content[:4096]:
        yield from (content[place : place + _BINARY] for place in range(0, len(content), _BINARY))
        return
    piece = bytearray()
    for line in content.splitlines(keepends=True):
        if piece and len(piece) + len(line) > LARGEST_PIECE:
            yield bytes(piece)
            piece.clear()
        piece += line
        while len(piece) > LARGEST_PIECE:
            yield bytes(piece[:LARGEST_PIECE])
            del piece[:LARGEST_PIECE]
        boundary = int.from_bytes(hashlib.sha256(line).digest()[:4], "big") % max(1, _BOUNDARY * 128 // (len(line) + 1))
        if len(piece) >= _SMALLEST and boundary == 0:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)


def write_index(files: Iterable[FileEntry]) -> bytes:
    """The index's text."""
    lines = []
    for file in files:
        lines.append(f"file {file.size} {file.sha256} {file.path}\n")
        lines += [f"piece {piece}\n" for piece in file.pieces]
    return "".join(lines).encode()


def read_index(content: bytes) -> tuple[FileEntry, ...]:
    """The files of an index.

    Raises:
        BadBundle: a line cannot be read, or a path would leave the bundle's folder.
    """
    files: list[FileEntry] = []
    pieces: list[str] = []
    for line in content.decode("utf-8", "replace").splitlines():
        match line.split(" ", 3):
            case ["file", size, sha256, path] if size.isdecimal() and _NAME.fullmatch(sha256):
                pieces = []
                files.append(FileEntry(_safe(path), int(size), sha256, ()))
            case ["piece", name] if files and _NAME.fullmatch(name):
                pieces.append(name)
                files[-1] = FileEntry(files[-1].path, files[-1].size, files[-1].sha256, tuple(pieces))
            case _:
                raise BadBundle(messages.Message("the index has a line nobody can read"))
    if len({file.path for file in files}) != len(files):
        raise BadBundle(messages.Message("the index names a file twice"))
    return tuple(files)


def read_list(content: bytes) -> tuple[str, ...]:
    """The names in a list. Raises :class:`BadBundle` for anything else."""
    names = tuple(content.decode("utf-8", "replace").split())
    if not all(_NAME.fullmatch(name) for name in names):
        raise BadBundle(messages.Message("the list names what cannot be a piece"))
    return names


def _safe(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or any(part in {".", ".."} or not _SAFE.fullmatch(part) for part in parts):
        raise BadBundle(messages.Message("the index names a file outside the bundle"))
    return "/".join(parts)
