"""Parts of incoming messages put together. Pure: rows in, whole messages out, the clock handed in.

smsd waits for one incomplete message at a time, and others behind it; so it is told not to wait at all, and the
waiting is done here: for each sender and each message apart. Source: 3GPP TS 23.040, 9.2.3.24.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

GAP = "…"
"""Stands where a part is missing."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One part as smsd stored it."""

    id: int
    sender: str
    sent_at: str
    """When the network's centre took it, ``YYYY-MM-DD hh:mm:ss`` in UTC."""
    stored_at: float
    """Seconds of Unix time."""
    text: str
    """Hexadecimal: UTF-16, or bytes when it is binary."""
    is_binary: bool
    header: str = ""
    """Hexadecimal user data header."""

    @property
    def is_damaged(self) -> bool:
        """Whether its text is no hexadecimal: a serial line that lost a byte, a full disk."""
        try:
            bytes.fromhex(self.text)
        except ValueError:
            return True
        return False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a part belongs."""

    reference: int
    total: int
    number: int


@dataclass(frozen=True, slots=True)
class Whole:
    """A message to hand on."""

    pieces: tuple[Piece, ...]
    """All rows it was made of, repeats too; in order of arrival."""
    sender: str
    sent_at: str
    body: str
    is_binary: bool
    missing: int


@dataclass(slots=True)
class _Assembly:
    total: int
    by_number: dict[int, Piece] = field(default_factory=dict)
    pieces: list[Piece] = field(default_factory=list)

    def takes(self, number: int, piece: Piece) -> bool:
        held = self.by_number.get(number)
        if held is None:
            return True
        # The network may deliver a part twice; the same number with another text is the next message.
        return held.text == piece.text

    def add(self, number: int, piece: Piece) -> None:
        self.by_number.setdefault(number, piece)
        self.pieces.append(piece)

    def whole(self) -> Whole:
        first = self.pieces[0]
        return Whole(
            pieces=tuple(self.pieces),
            sender=first.sender,
            sent_at=min(piece.sent_at for piece in self.pieces),
            body=_text([self.by_number.get(number) for number in range(1, self.total + 1)]),
            is_binary=all(piece.is_binary for piece in self.pieces),
            missing=self.total - len(self.by_number),
        )


def place_of(header: str) -> Place | None:
    """Read the concatenation element of a header; None where there is none, or nonsense."""
    try:
        octets = bytes.fromhex(header)
    except ValueError:
        return None
    position = 1
    while position + 1 < len(octets):
        kind, size = octets[position], octets[position + 1]
        value = octets[position + 2 : position + 2 + size]
        place = None
        if kind == 0x00 and len(value) == 3:
            place = Place(value[0], value[1], value[2])
        elif kind == 0x08 and len(value) == 4:
            place = Place(value[0] * 256 + value[1], value[2], value[3])
        if place is not None:
            return place if 1 <= place.number <= place.total and place.total > 1 else None
        position += 2 + size
    return None


def join(pieces: Iterable[Piece], now: float, wait_seconds: float) -> list[Whole]:
    """The messages that are ready: complete ones, and those whose last part has been awaited long enough.

    Args:
        pieces: every row there is, in the order of arrival.
        now: seconds of Unix time.
        wait_seconds: how long after the last part that came the missing ones are awaited.
    """
    ready: list[Whole] = []
    open_ones: dict[tuple[str, int, int, bool], list[_Assembly]] = {}
    for piece in pieces:
        place = place_of(piece.header)
        if place is None:
            ready.append(_alone(piece))
            continue
        key = (piece.sender, place.reference, place.total, piece.is_binary)
        assemblies = open_ones.setdefault(key, [])
        assembly = next((each for each in assemblies if each.takes(place.number, piece)), None)
        if assembly is None:
            assembly = _Assembly(place.total)
            assemblies.append(assembly)
        assembly.add(place.number, piece)
    for assemblies in open_ones.values():
        for assembly in assemblies:
            whole = assembly.whole()
            if not whole.missing or now - assembly.pieces[-1].stored_at >= wait_seconds:
                ready.append(whole)
    return sorted(ready, key=lambda whole: whole.pieces[0].id)


def _alone(piece: Piece) -> Whole:
    return Whole(
        pieces=(piece,),
        sender=piece.sender,
        sent_at=piece.sent_at,
        body=_text([piece]),
        is_binary=piece.is_binary,
        missing=0,
    )


def _text(pieces: Sequence[Piece | None]) -> str:
    """The text of all parts; a run of missing ones leaves one mark. Bytes are no text.

    Parts are joined before they are decoded: some telephones cut through a surrogate pair.
    """
    joined = bytearray()
    was_missing = False
    for piece in pieces:
        if piece is None:
            joined += b"" if was_missing else GAP.encode("utf-16-be")
        elif not piece.is_binary:
            joined += bytes.fromhex(piece.text)
        was_missing = piece is None
    return joined.decode("utf-16-be", "replace")
