"""How a kiosk is, in an officer's words; the table of the fleet shows these."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from centre.kiosks import Kiosk
from centre.page.words import Say, say
from kiosk.protocol.messages import Condition
from runtime.clock import VIETNAM

LATE: Final = timedelta(hours=3)
"""Three signs of life missed: the line is down, which happens; reports wait on the box."""
LITTLE_ROOM: Final = 500
"""Megabytes; a bundle needs some 170."""
CLOCK_OFF: Final = 300.0
"""Seconds."""
COPY_SHOWN: Final = timedelta(days=7)
"""How long it is told that two machines spoke as one kiosk."""


class Mood(StrEnum):
    """How urgent it is; the page gives each a colour and a sign of its own."""

    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of the table."""

    mood: Mood
    words: str


@dataclass(frozen=True, slots=True)
class FleetRow:
    """One kiosk."""

    id: str
    name: str
    blocked: bool
    state: Cell
    heard: Cell
    program: str
    """Version of the program on the box."""
    version: Cell
    queue: Cell
    disk: Cell
    microphone: Cell
    printer: Cell
    enrolled: str
    advice: tuple[str, ...]
    """What to do about what is wrong, in sentences."""


def fleet_row(kiosk: Kiosk, offered: int, now: datetime, say: Say = say) -> FleetRow:
    """A kiosk as the table shows it.

    Args:
        kiosk: of this centre.
        offered: number of the newest bundle; 0: none.
        now: with zone.
        say: gives the words; those of the pages when nothing else is said.
    """
    state = kiosk.state
    heard = _heard(kiosk, now, say)
    version = _version(kiosk, offered, say)
    queue = Cell(Mood.GOOD if state.waiting < 50 else Mood.WATCH, say("queue", count=state.waiting))
    space = Mood.GOOD if state.disk_free >= LITTLE_ROOM else Mood.BAD
    disk = Cell(space, say("disk_room", free=room(state.disk_free), size=room(state.disk_size)))
    if kiosk.heard_at is None:
        queue = disk = Cell(Mood.WATCH, say("unknown"))
    microphone, printer = device(state.microphone, say), device(state.printer, say)
    cells = (heard, version, queue, disk, microphone, printer)
    worst = max((cell.mood for cell in cells), key=list(Mood).index)
    overall = Cell(worst, say(f"overall_{worst.value}"))
    if abs(kiosk.clock_off) > CLOCK_OFF:
        overall = Cell(max(worst, Mood.WATCH, key=list(Mood).index), say("clock_off"))
    copied = kiosk.copied_at is not None and now - kiosk.copied_at < COPY_SHOWN
    if copied:
        overall = Cell(Mood.BAD, say("copied"))
    if kiosk.blocked_at is not None:
        overall = Cell(Mood.BAD, say("blocked", when=moment(kiosk.blocked_at)))
    wrong = {
        "copied": copied,
        "clock_off": abs(kiosk.clock_off) > CLOCK_OFF,
        "silent": heard.mood is Mood.BAD,
        "bundle_failed": version.mood is Mood.BAD,
        "disk": disk.mood is Mood.BAD,
        "device": Mood.BAD in {microphone.mood, printer.mood},
    }
    return FleetRow(
        id=kiosk.id,
        name=kiosk.name,
        blocked=kiosk.blocked_at is not None,
        state=overall,
        heard=heard,
        program=state.program or say("unknown"),
        version=version,
        queue=queue,
        disk=disk,
        microphone=microphone,
        printer=printer,
        enrolled=moment(kiosk.enrolled_at),
        advice=tuple(say(f"advice_{name}") for name, is_so in wrong.items() if is_so),
    )


def _heard(kiosk: Kiosk, now: datetime, say: Say) -> Cell:
    silent = kiosk.is_silent(now)
    if kiosk.heard_at is None:
        return Cell(Mood.BAD if silent else Mood.WATCH, say("never"))
    mood = Mood.BAD if silent else Mood.GOOD if now - kiosk.heard_at < LATE else Mood.WATCH
    return Cell(mood, moment(kiosk.heard_at))


def _version(kiosk: Kiosk, offered: int, say: Say) -> Cell:
    state = kiosk.state
    number = str(state.bundle) if state.bundle else say("installed")
    if state.since:
        number = say("bundle_since", number=number, when=moment(datetime.fromtimestamp(state.since, VIETNAM)))
    if offered and state.refused == offered:
        return Cell(Mood.BAD, say("bundle_failed", number=number, offered=offered))
    if state.bundle > offered:
        return Cell(Mood.WATCH, say("bundle_ahead", number=number))
    if state.bundle < offered:
        return Cell(Mood.WATCH, say("bundle_old", number=number, offered=offered))
    return Cell(Mood.GOOD, number)


def device(condition: Condition, say: Say) -> Cell:
    """How a device is."""
    mood = {
        Condition.WORKS: Mood.GOOD,
        Condition.UNKNOWN: Mood.GOOD,
        Condition.MISSING: Mood.WATCH,
        Condition.TROUBLE: Mood.BAD,
    }[condition]
    return Cell(mood, say(f"device_{condition.value}"))


def room(megabytes: int) -> str:
    """Space on a disk."""
    return f"{megabytes} MB" if megabytes < 1000 else f"{megabytes / 1000:.1f} GB".replace(".", ",")


def moment(at: datetime) -> str:
    """In Vietnam: ``09:05 24/11/2026``."""
    return f"{at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
