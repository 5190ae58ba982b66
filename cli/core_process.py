"""The core's process; on an enrolled kiosk it asks the centre where dossiers stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.__main__ import main

if TYPE_CHECKING:
    from redis import Redis

    from actions.dossiers.service import LookUp
    from runtime.settings import Settings


def _look_up(settings: Settings, redis: Redis) -> LookUp | None:
    # Late, with the rest of what serving needs.
    from kiosk.dossiers.opening import kiosk_look_up

    return kiosk_look_up(settings, redis)


if __name__ == "__main__":
    main(_look_up)
