"""Copies of a conversation share what they have in common, and go on apart."""

from __future__ import annotations

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

import pytest
from rasa.shared.core.events import AllSlotsReset, SlotSet
from rasa.shared.core.slots import TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

from assistant import trackers


@pytest.fixture
def tracker() -> DialogueStateTracker:
    trackers.install()
    made = DialogueStateTracker("made up", [TextSlot("town", mappings=[]), TextSlot("paper", mappings=[])])
    made.update(SlotSet("town", "Tuy An"))
    return made


def filled(tracker: DialogueStateTracker) -> dict[str, str | None]:
    return {name: slot.value for name, slot in tracker.slots.items()}


def test_what_a_copy_fills_or_empties_is_not_seen_by_the_other(tracker: DialogueStateTracker) -> None:
    copied = tracker.copy()
    copied.update(SlotSet("paper", "giấy khai sinh"))
    assert filled(tracker) == {"town": "Tuy An", "paper": None}
    emptied = copied.copy()
    emptied.update(AllSlotsReset())
    assert filled(emptied) == {"town": None, "paper": None}
    assert filled(copied) == {"town": "Tuy An", "paper": "giấy khai sinh"}


def test_nor_is_what_the_first_one_fills_afterwards(tracker: DialogueStateTracker) -> None:
    copied = tracker.copy()
    tracker.update(SlotSet("town", "Sông Hinh"))
    assert filled(copied) == {"town": "Tuy An", "paper": None}


def test_a_slot_nobody_knows_is_no_slot_afterwards(tracker: DialogueStateTracker) -> None:
    tracker.update(SlotSet("river", "Ba"))
    assert set(tracker.slots) == {"town", "paper"}


def test_conversations_do_not_fill_the_slots_they_were_made_from() -> None:
    trackers.install()
    town = TextSlot("town", mappings=[])
    DialogueStateTracker("made up", [town]).update(SlotSet("town", "Tuy An"))
    assert town.value is None
