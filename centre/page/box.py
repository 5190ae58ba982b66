"""How one kiosk was on a day, and what became of an order to it, in an officer's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from centre.health_history import HealthDay
from centre.orders import GivenOrder
from centre.page.fleet import Cell, Mood, device, moment, room
from centre.page.words import Say, say
from kiosk.protocol.messages import OrderKind

_NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class HealthRow:
    """One day."""

    day: str
    heard: Cell
    starts: str
    bundles: str
    waiting: str
    disk: str
    microphone: Cell
    printer: Cell


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One order."""

    id: str
    kind: OrderKind
    asked: str
    officer: str
    outcome: str
    has_log: bool


def health_row(day: HealthDay, say: Say = say) -> HealthRow:
    """A day as the table shows it; a day without a word has nothing but that."""
    shown = f"{day.day:%d/%m/%Y}"
    if not day.hours:
        nothing = Cell(Mood.WATCH, _NOTHING)
        return HealthRow(shown, Cell(Mood.BAD, "0"), _NOTHING, _NOTHING, _NOTHING, _NOTHING, nothing, nothing)
    return HealthRow(
        day=shown,
        heard=Cell(Mood.GOOD, str(day.hours)),
        starts=str(day.starts),
        bundles=", ".join(str(number) if number else say("installed") for number in day.bundles),
        waiting=str(day.waiting),
        disk=room(day.disk_free),
        microphone=device(day.microphone, say),
        printer=device(day.printer, say),
    )


def order_row(order: GivenOrder, say: Say = say) -> OrderRow:
    """An order as the table shows it."""
    when = moment(order.finished_at) if order.finished_at is not None else ""
    state = order.outcome or ("lapsed" if order.lapsed else "waits")
    return OrderRow(
        id=order.id,
        kind=order.kind,
        asked=moment(order.asked_at),
        officer=order.officer,
        outcome=say(f"order_{state}", **({"when": when} if state == "done" else {})),
        has_log=order.has_log,
    )
