"""What Kannel's numbers and sentences mean (``receipts.yml``, ``faults.yml``), read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from channels.sms.routes.messages import Delivery
from channels.sms.routes.route import Fault

ROUTE = "smpp"
"""The route's name, in rows, logs and figures."""


@dataclass(frozen=True, slots=True)
class ReceiptKind:
    """What one type of delivery report says."""

    delivery: Delivery
    code: str | None
    """Told to the operator where the report brings no code of its own."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """What one refusal of ``sendsms`` means."""

    status: int
    begins: str
    """How the answer's text begins; empty for any."""
    fault: Fault
    code: str
    meaning: str
    """For the operator, with the cure."""
    elsewhere: bool
    """Whether another route may still carry the message."""


@cache
def receipt_kinds() -> Mapping[str, ReceiptKind]:
    """By the number Kannel writes for ``%d``."""
    return {
        str(number): ReceiptKind(Delivery(row["delivery"]), row.get("code"))
        for number, row in _load("receipts.yml").items()
    }


def fault_of(status: int, text: str) -> FaultKind | None:
    """The meaning of a refusal; None for answers Kannel does not give."""
    return next((kind for kind in _faults() if kind.status == status and text.startswith(kind.begins)), None)


@cache
def _faults() -> tuple[FaultKind, ...]:
    return tuple(
        FaultKind(
            status=row["status"],
            begins=row.get("begins", ""),
            fault=Fault(row["fault"]),
            code=row["code"],
            meaning=row["meaning"],
            elsewhere=row.get("elsewhere", False),
        )
        for row in _load("faults.yml")
    )


def _load(name: str) -> Any:
    return yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8"))
