"""Parts of long messages, kept on the disk until the last one is there: each is confirmed for itself."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from channels.sms.providers.smpp_link.text import Place
from runtime import durable
from stores.sealing import Seal, SealBroken

GAP = "…"
"""Stands where a part is missing."""
WAIT_SECONDS = 600.0
"""For the parts that are missing; then the message is taken as it is."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A message whose parts are there, or have been waited for."""

    key: str
    sender: str
    recipient: str
    text: str


class PartStore:
    """The parts of one route, for one process at a time.

    Args:
        folder: made when it is first needed.
        seal: hides what is kept.
        clock: seconds since 1970.
    """

    def __init__(self, folder: Path, seal: Seal, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._seal = seal
        self._clock = clock

    def add(self, sender: str, recipient: str, place: Place, text: str) -> Whole | None:
        """Keep a part; the whole message when it was the last one. It is safe on the disk when this returns.

        Raises:
            OSError: it is not kept.
        """
        named = "\x00".join((sender, recipient, str(place.reference), str(place.total)))
        key = f"{self._seal.hash('smpp-part', named)}-{place.total:03d}"
        content = json.dumps({"from": sender, "to": recipient, "text": text, "at": self._clock()})
        durable.write(self._folder / f"{key}-{place.number:03d}", self._seal.close(content).encode("ascii"))
        return self._whole(key, or_as_it_is=False)

    def overdue(self) -> list[Whole]:
        """Messages whose missing parts have been waited for."""
        if not self._folder.exists():
            return []
        keys = {path.name.rpartition("-")[0] for path in self._folder.iterdir() if not path.name.startswith(".")}
        old = self._clock() - WAIT_SECONDS
        found = [self._whole(key, or_as_it_is=True) for key in sorted(keys) if self._newest(key) < old]
        return [whole for whole in found if whole is not None]

    def drop(self, whole: Whole) -> None:
        """The message is stored: its parts are not needed any more."""
        for path in self._folder.glob(f"{whole.key}-*"):
            path.unlink(missing_ok=True)

    def _newest(self, key: str) -> float:
        return max((path.stat().st_mtime for path in self._folder.glob(f"{key}-*")), default=0.0)

    def _whole(self, key: str, *, or_as_it_is: bool) -> Whole | None:
        total = int(key.rpartition("-")[2])
        kept: dict[int, dict[str, str]] = {}
        for path in self._folder.glob(f"{key}-*"):
            try:
                kept[int(path.name.rpartition("-")[2])] = json.loads(self._seal.open(path.read_text(encoding="ascii")))
            except (SealBroken, ValueError):
                path.unlink(missing_ok=True)
        if not kept or (len(kept) < total and not or_as_it_is):
            return None
        first = next(iter(kept.values()))
        text = "".join(kept[number]["text"] if number in kept else GAP for number in range(1, total + 1))
        return Whole(key, first["from"], first["to"], text)
