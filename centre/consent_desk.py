"""What the page of the consent ledger works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents
from channels.warnings.register import WarningRegister


@dataclass(frozen=True)
class ConsentDesk:
    """The ledger, and how a number is found in it."""

    consents: Consents
    citizen: Callable[[str], Citizen | None]
    """The citizen behind a number as people write it; None for what is no telephone's."""
    warned: WarningRegister | None = None
    """Who asked to be warned of danger, and where; None where nobody is warned."""
