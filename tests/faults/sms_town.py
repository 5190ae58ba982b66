"""A system that answers text messages through the outbox, and the provider it hands them to."""

from __future__ import annotations

import os
from dataclasses import dataclass

from provider_process import ProviderProcess
from running_system import RunningSystem


def how_many(number: int) -> int:
    """Citizens of one run; fewer with MOTCUA_TEST_CITIZENS, on a machine that has other work."""
    return min(number, int(os.environ.get("MOTCUA_TEST_CITIZENS", "1000000")))


@dataclass
class Town:
    """A system that answers through the outbox, and the provider it hands to."""

    system: RunningSystem
    provider: ProviderProcess
