"""Bundles: made of what this installation runs with, cut into pieces, signed, offered to kiosks."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from kiosk.bundles import catalogue_part, layout
from kiosk.bundles.pieces import pack
from kiosk.protocol.keys import Keys
from kiosk.protocol.manifest import FileEntry, Head, cut, name_of, read_head, sign_head, write_index
from runtime import durable
from runtime.messages import Message
from runtime.version import version
from stores.database import Database

KEPT_FOR = timedelta(days=60)
"""How long a piece stays that no new bundle uses: what goes today often comes back, and a kiosk may be slow."""


@dataclass(frozen=True, slots=True)
class Ingredients:
    """What a bundle is made of; a part that is None is left to what the box was installed with."""

    database: Database | None
    """Of the imported procedures."""
    texts: Path | None
    """``nlu_data``."""
    model: Path | None
    """A trained model."""
    prompts: Path | None
    """Recorded sentences."""
    settings: Path | None
    """YAML of settings for kiosks; see :data:`kiosk.bundles.layout.MAY_BE_SET`."""
    taught: Mapping[str, Path] = field(default_factory=dict)
    """What officers of this installation approved and taught, by the folder of ``nlu_data`` a box finds it in."""


@dataclass(frozen=True, slots=True)
class Published:
    """A bundle."""

    number: int
    program: str
    """Version of the program it was made with."""
    files: int
    size: int
    """Bytes of all files."""
    new_pieces: int
    new_bytes: int
    """What a kiosk that has the bundle before must fetch, packed, list and index included."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """How many kiosks the newest bundle is offered to."""

    number: int
    """Of the bundle."""
    percent: int
    """0: it was stopped; who has it keeps it."""

    def reaches(self, kiosk: str) -> bool:
        """Whether it is offered to a kiosk: as the percentage grows, more follow and none drops out."""
        drawn = int.from_bytes(hashlib.sha256(f"{self.number} {kiosk}".encode()).digest()[:8]) / 2**64
        return drawn * 100 < self.percent


class Shelf:
    """The bundles of a centre, in one folder: pieces, the signed head of the newest, and how far it is rolled out.

    Args:
        folder: made when missing.
        keys: of the centre.
        clock: the time, with zone.
    """

    def __init__(self, folder: Path, keys: Keys, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._keys = keys
        self._clock = clock

    def head(self) -> tuple[int, str] | None:
        """Number and signed head of the newest bundle; None while there is none."""
        try:
            signed = (self._folder / "head").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None
        return read_head(signed, self._keys.public).number, signed

    def offered_to(self, kiosk: str) -> tuple[int, str] | None:
        """Number and signed head of the newest bundle, where it is offered to this kiosk."""
        newest = self.head()
        return newest if newest is not None and self.rollout().reaches(kiosk) else None

    def rollout(self) -> Rollout:
        """Of the newest bundle; whole where nobody said otherwise."""
        number = newest[0] if (newest := self.head()) else 0
        try:
            noted, percent = (self._folder / "rollout").read_text(encoding="utf-8").split()
        except (FileNotFoundError, ValueError):
            return Rollout(number, 100)
        return Rollout(number, int(percent) if int(noted) == number else 100)

    def roll_out(self, percent: int) -> Rollout:
        """Offer the newest bundle to this many of a hundred kiosks; 0 stops it.

        Raises:
            ValueError: there is no bundle, or no such percentage.
        """
        newest = self.head()
        if newest is None or not 0 <= percent <= 100:
            raise ValueError(
                Message("no bundle was published yet") if newest is None else Message("a percentage is 0 to 100")
            )
        durable.write(self._folder / "rollout", f"{newest[0]} {percent}".encode())
        return Rollout(newest[0], percent)

    def _newest(self) -> Head | None:
        offered = self.head()
        return read_head(offered[1], self._keys.public) if offered else None

    def piece(self, name: str) -> bytes | None:
        """A packed piece."""
        try:
            return (self._folder / "pieces" / name).read_bytes()
        except FileNotFoundError:
            return None

    def publish(
        self,
        ingredients: Ingredients,
        above: int = 0,
        percent: int = 100,
        *,
        urgent: bool = False,
        packed: Callable[[int], object] = lambda _count: None,
    ) -> Published:
        """Make a bundle and offer it; kiosks see it whole or not at all. The same again is the same bundle.

        Args:
            ingredients: what it is made of.
            above: the highest number any kiosk knows. A centre restored from a copy of last month offers a lower one,
                and boxes go back to nothing older.
            percent: of the kiosks it is offered to at first; see :meth:`roll_out`.
            urgent: all of them, before any older one that is still on its way to a box.
            packed: told how many files are packed.

        Raises:
            BadBundle: the settings hold what a centre may not set.
            OSError: the disk is full; the bundle before stays on offer.
        """
        (self._folder / "pieces").mkdir(parents=True, exist_ok=True, mode=0o700)
        new: dict[str, int] = {}
        files: list[FileEntry] = []
        with tempfile.TemporaryDirectory(dir=self._folder) as work:
            for path, source in _files(ingredients, Path(work)):
                content = source.read_bytes()
                pieces = tuple(self._keep(piece, new) for piece in cut(content))
                files.append(FileEntry(path, len(content), hashlib.sha256(content).hexdigest(), pieces))
                packed(len(files))
        index = [self._keep(piece, new) for piece in cut(write_index(files))]
        listed = self._keep("".join(f"{name}\n" for name in index).encode(), new)
        durable.sync_folder(self._folder / "pieces")
        before = self._newest()
        if before is not None and before.list == listed and before.number >= above:
            # Every kiosk would start again for nothing.
            if urgent:
                self.roll_out(100)
            return Published(before.number, before.program, len(files), before.size, 0, 0)
        head = Head(
            number=max(before.number if before else 0, above) + 1,
            made_at=float(int(self._clock().timestamp())),
            list=listed,
            size=sum(file.size for file in files),
            program=version(),
            urgent=urgent,
        )
        # Before it: nobody is offered more than was meant.
        durable.write(self._folder / "rollout", f"{head.number} {100 if urgent else percent}".encode())
        durable.write(self._folder / "head", sign_head(head, self._keys).encode())
        self._drop_unused()
        return Published(head.number, head.program, len(files), head.size, len(new), sum(new.values()))

    def _keep(self, content: bytes, new: dict[str, int]) -> str:
        name = name_of(content)
        path = self._folder / "pieces" / name
        if not path.exists():
            packed = pack(content)
            durable.write(path, packed)
            new[name] = len(packed)
        used = self._clock().timestamp()
        os.utime(path, (used, used))
        return name

    def _drop_unused(self) -> None:
        """Pieces no bundle of late has used. A kiosk that is fetching an older one begins with the newest instead."""
        oldest = (self._clock() - KEPT_FOR).timestamp()
        for path in (self._folder / "pieces").iterdir():
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)


def _files(ingredients: Ingredients, work: Path) -> Iterator[tuple[str, Path]]:
    """Each file of a bundle: its place there, and where it lies now."""
    if ingredients.database is not None:
        lines = work / layout.CATALOGUE_LINES
        with lines.open("w", encoding="utf-8") as file:
            file.writelines(catalogue_part.lines(ingredients.database))
        yield layout.CATALOGUE_LINES, lines
    if ingredients.texts is not None:
        found = dict(_tree(layout.TEXTS, ingredients.texts, "*.yml"))
        for place, folder in ingredients.taught.items():
            found |= dict(_tree(f"{layout.TEXTS}/{place}", folder, "*.yml"))
        yield from sorted(found.items())
    if ingredients.model is not None:
        with tarfile.open(ingredients.model) as archive:
            archive.extractall(work / layout.MODEL_TREE, filter="data")
        yield from _tree(layout.MODEL_TREE, work / layout.MODEL_TREE, "*")
        shutil.rmtree(work / layout.MODEL_TREE)
    if ingredients.prompts is not None and ingredients.prompts.is_dir():
        yield from _tree(layout.PROMPTS, ingredients.prompts, "*")
    if ingredients.settings is not None:
        layout.read_settings(ingredients.settings)
        yield layout.SETTINGS, ingredients.settings


def _tree(place: str, folder: Path, pattern: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            yield f"{place}/{path.relative_to(folder).as_posix()}", path
