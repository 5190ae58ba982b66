"""A bundle is fetched, proven and put together beside the one in use; nothing of the latter is touched."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from kiosk.bundles import catalogue_part, layout
from kiosk.bundles.catalogue_part import OpenDatabase
from kiosk.bundles.pieces import Fetch, Pieces
from kiosk.crash_points import Step, no_step
from kiosk.protocol.manifest import BadBundle, FileEntry, Head, read_index, read_list
from runtime import durable
from runtime.messages import Message

ROOM = 3.5
"""Free space a bundle needs, in its own sizes: its pieces, files, the archive and database made of them, air."""

SPARE = 50_000_000
"""Bytes no bundle may take: what citizens ask meanwhile must find room."""


def make_sure_of_room(head: Head, folder: Path) -> None:
    """Raises ``OSError`` when the disk has too little room for the bundle, before anything of it is fetched."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if shutil.disk_usage(folder).free < ROOM * head.size + SPARE:
        raise OSError(Message("not enough room on the disk for the bundle"))


def fetch_index(head: Head, pieces: Pieces, fetch: Fetch) -> tuple[FileEntry, ...]:
    """The files of a bundle. Raises :class:`BadBundle`, or what ``fetch`` raises."""
    names = read_list(pieces.fetch(head.list, fetch))
    return read_index(b"".join(pieces.fetch(name, fetch) for name in names))


def needed(head: Head, files: tuple[FileEntry, ...], pieces: Pieces) -> set[str]:
    """Every piece of a bundle, its list and index included."""
    index = read_list(pieces.read(head.list))
    return {head.list, *index, *(piece for file in files for piece in file.pieces)}


def fetch_pieces(files: tuple[FileEntry, ...], pieces: Pieces, fetch: Fetch) -> int:
    """Fetch what is missing; returns how many pieces that were."""
    missing = [piece for file in files for piece in file.pieces if not pieces.has(piece)]
    for piece in dict.fromkeys(missing):
        pieces.fetch(piece, fetch)
    return len(set(missing))


def stage(
    head: Head,
    files: tuple[FileEntry, ...],
    pieces: Pieces,
    target: Path,
    open_database: OpenDatabase,
    step: Step = no_step,
) -> None:
    """Put a bundle together in the folder ``target``, which is there whole or not at all.

    Raises:
        BadBundle: a file is not what the index says, or cannot be used.
        OSError: the disk is full; the half-made folder is gone.
    """
    half = target.with_name(f"{target.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True, mode=0o700)
    try:
        for file in files:
            _write(file, pieces, half / file.path)
        step("files written")
        _prepare(half, head.number, open_database)
        step("files prepared")
        durable.sync_tree(half)
        shutil.rmtree(target, ignore_errors=True)
        half.replace(target)
        durable.sync_folder(target.parent)
        step("bundle staged")
    except BaseException:
        shutil.rmtree(half, ignore_errors=True)
        raise


def _write(file: FileEntry, pieces: Pieces, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashlib.sha256()
    with path.open("wb") as written:
        for piece in file.pieces:
            content = pieces.read(piece)
            digest.update(content)
            written.write(content)
    if digest.hexdigest() != file.sha256 or path.stat().st_size != file.size:
        raise BadBundle(Message("a file put together is not what the index says"))


def _prepare(folder: Path, number: int, open_database: OpenDatabase) -> None:
    lines = folder / layout.CATALOGUE_LINES
    if lines.exists():
        try:
            with lines.open(encoding="utf-8") as content:
                catalogue_part.build(folder / layout.CATALOGUE, content, number, open_database)
        except (ValueError, SQLAlchemyError) as error:
            raise BadBundle(
                Message("the bundle's catalogue cannot be used: {kind}", kind=type(error).__name__)
            ) from None
        lines.unlink()
    tree = folder / layout.MODEL_TREE
    if tree.is_dir():
        layout.pack_model(tree, folder / layout.MODEL)
        shutil.rmtree(tree)
    if (folder / layout.SETTINGS).exists():
        layout.read_settings(folder / layout.SETTINGS)
