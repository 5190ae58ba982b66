"""A box's day, played as fast as the line carries it: 24 signs of life, five reports, counts, one text message, and a
bundle the centre has published meanwhile."""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from pathlib import Path

from sync_places import PHONE, Box

from kiosk.bundles.applied import Applied
from kiosk.centre_link.client import SyncError
from kiosk.centre_link.identity import identity_of
from kiosk.queue.box_clock import Watch
from kiosk.queue.collecting import Collecting
from kiosk.queue.keeping import Keeping, Usage
from kiosk.sync.enrolling import EnrolmentFailed, enrol
from runtime.clock import today


def patiently(work, *known: type[Exception]) -> int:  # type: ignore[no-untyped-def]
    """Try until it works; how often it took."""
    until, tries = time.monotonic() + 400, 0
    while True:
        tries += 1
        try:
            work()
        except known:
            if time.monotonic() > until:
                raise
            continue
        return tries


def main() -> None:
    folder, name, url, code, what = sys.argv[1:]
    box = Box(Path(folder), name)
    if what == "enrol":
        patiently(lambda: enrol(box.settings, url, code), EnrolmentFailed)
        return
    identity = identity_of(box.settings)
    assert identity is not None
    box.identity = identity
    tries = 0
    if what == "bundle":
        tries = patiently(box.sync, SyncError)
    else:
        usage, keeping = Usage(box.database), Keeping.open(box.settings, box.database)
        assert keeping is not None
        for number in range(40):
            usage.count(f"turn.intent_{number % 12}")
        for hour in range(24):
            if hour % 5 == 0:
                box.report(f"report:day:{hour}", "đường vào xóm bị sạt từ tuần trước, xe không qua được")
            if hour == 9:
                keeping.text(PHONE, "Đăng ký khai sinh cần tờ khai và giấy chứng sinh. Lệ phí: không.", "day")
            if hour == 23:
                sync_service = box.sync_service()
                watch = Watch(box.database)
                Collecting(box.database, box.tickets, sync_service.outgoing, watch).usage(today() + timedelta(days=1))
                sync_service.close()
            # A connection of its own each hour, as after an hour's silence.
            sync_service = box.sync_service()
            tries += patiently(sync_service.exchange, SyncError)
            sync_service.close()
            if hour == 12:
                tries += patiently(box.sync, SyncError)
    print(json.dumps({"tries": tries, "bundle": Applied.of(box.settings).number}))


if __name__ == "__main__":
    main()
