"""Dependencies between the rooms point one way; docs/decisions/0007-rooms.md gives the reasons."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_USE = {
    "language": set(),
    "speech": {"language"},
    "stores": {"assistant"},
    "catalogue": {"language", "stores"},
    "actions": {"assistant", "catalogue", "language", "stores", "tickets"},
    "learning": {"assistant", "catalogue", "language", "stores"},
    "assistant": {"actions", "catalogue", "language", "learning", "stores"},
    "tickets": {"stores"},
    "channels": {"assistant", "language", "speech", "stores", "tickets"},
    "kiosk": {"actions", "assistant", "catalogue", "channels", "language", "speech", "stores", "tickets"},
    "centre": {"actions", "assistant", "catalogue", "channels", "kiosk", "language", "stores", "tickets"},
    "cli": {
        *(
            "actions",
            "assistant",
            "catalogue",
            "centre",
            "channels",
            "kiosk",
            "language",
            "learning",
            "speech",
            "stores",
        ),
        "tickets",
    },
}

LEAVES_OF_ASSISTANT = {
    "assistant",
    "assistant.catalogue",
    "assistant.clock",
    "assistant.evaluation",
    "assistant.logs",
    "assistant.model",
    "assistant.nlu",
    "assistant.reply",
    "assistant.settings",
    "assistant.turn",
    "assistant.wording",
}
"""What the rooms below may take of the assistant: values and settings, never the running core."""


def imports_of(room: str) -> set[tuple[str, str]]:
    """Each module of a room with each module it imports from this project."""
    found = set()
    for path in (ROOT / room).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                names = [node.module]
            else:
                continue
            found |= {(str(path.relative_to(ROOT)), name) for name in names if name.split(".")[0] in MAY_USE}
    return found


@pytest.mark.parametrize("room", MAY_USE)
def test_a_room_uses_only_the_rooms_below_it(room: str) -> None:
    used = {(path, name) for path, name in imports_of(room) if name.split(".")[0] not in MAY_USE[room] | {room}}
    assert not used


@pytest.mark.parametrize("room", ["actions", "learning", "stores"])
def test_rooms_below_the_core_never_import_the_running_core(room: str) -> None:
    of_assistant = {(path, name) for path, name in imports_of(room) if name.split(".")[0] == "assistant"}
    used = {
        (path, name)
        for path, name in of_assistant
        if name not in LEAVES_OF_ASSISTANT and not name.startswith("assistant.nlu.")
    }
    assert not used
