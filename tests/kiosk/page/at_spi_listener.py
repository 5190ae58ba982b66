"""Prints what AT-SPI tells a screen reader, an event a line; run by the system's Python, which has the bindings.

A program of its own: Orca takes its events in the same way, by the session's accessibility bus.
"""

import json
import sys
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi  # type: ignore[import-not-found]  # noqa: E402

EVENTS = ("object:state-changed:focused", "object:text-changed:insert", "document:load-complete")


def told(event: Any) -> None:
    """One event: its kind, the role and name of what it is about, and the words that came."""
    if event.type.startswith("object:state-changed") and not event.detail1:
        return
    try:
        about = {"role": event.source.get_role_name(), "name": event.source.get_name() or ""}
    except gi.repository.GLib.Error:
        # What it was about has gone meanwhile: a reader says nothing of it.
        return
    words = event.any_data if isinstance(event.any_data, str) else ""
    print(json.dumps({"event": event.type, **about, "words": words}), flush=True)


def main() -> None:
    """Listen until the end of the bus."""
    listener = Atspi.EventListener.new(told)
    for name in EVENTS:
        listener.register(name)
    print(json.dumps({"event": "listening", "role": "", "name": "", "words": ""}), flush=True)
    Atspi.event_main()


if __name__ == "__main__":
    sys.exit(main())
