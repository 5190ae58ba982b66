"""What the pages of warnings work with."""

from __future__ import annotations

from dataclasses import dataclass

from channels.warnings.given import Warnings
from channels.warnings.register import WarningRegister


@dataclass(frozen=True)
class WarningDesk:
    """Warnings, who is to be warned, and whether anybody can be called."""

    given: Warnings
    register: WarningRegister
    can_call: bool
