"""Boxes that come back at the same moment: each brings a report, then fetches the bundle; prints when each was done."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path

from day_on_the_line import patiently
from sync_places import Box

from kiosk.centre_link.client import SyncError
from kiosk.centre_link.identity import identity_of


def main() -> None:
    folders = sorted(Path(sys.argv[1]).iterdir())
    begin = threading.Barrier(len(folders) + 1)
    reported: dict[str, float] = {}
    bundled: dict[str, float] = {}

    def play(folder: Path) -> None:
        box = Box(folder, folder.name)
        identity = identity_of(box.settings)
        assert identity is not None
        box.identity = identity
        box.report(f"report:fleet:{folder.name}")
        service = box.sync_service()
        begin.wait()
        since = time.monotonic()
        patiently(service.exchange, SyncError)
        reported[folder.name] = time.monotonic() - since
        patiently(service.talk, SyncError)
        bundled[folder.name] = time.monotonic() - since
        service.close()

    playing = [threading.Thread(target=play, args=(folder,)) for folder in folders]
    for one in playing:
        one.start()
    begin.wait()
    for one in playing:
        one.join()
    print(json.dumps({"reported": reported, "bundled": bundled}))


if __name__ == "__main__":
    main()
