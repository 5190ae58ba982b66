"""What a process remembers of conversations: few, for a short time, and only with the domain they were read with."""

from __future__ import annotations

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.tracker_cache import KEPT_CONVERSATIONS, KEPT_SECONDS, Known, RecentlyRead

DOMAIN = Domain.empty()


def known(conversation: str) -> Known:
    return Known(DialogueStateTracker(conversation, []), DOMAIN, 1, "{}")


def test_a_conversation_is_forgotten_when_nobody_spoke_for_a_while() -> None:
    now = 0.0
    read = RecentlyRead(clock=lambda: now)
    read.keep(known("a"))
    now = KEPT_SECONDS
    assert read.find("a", DOMAIN) is not None
    now = KEPT_SECONDS + 1
    assert read.find("b", DOMAIN) is None
    assert not read._known


def test_the_one_unused_longest_makes_room() -> None:
    read = RecentlyRead()
    for number in range(KEPT_CONVERSATIONS):
        read.keep(known(str(number)))
    read.keep(known("0"))
    read.keep(known("one more"))
    assert read.find("0", DOMAIN) is not None
    assert read.find("1", DOMAIN) is None


def test_another_model_reads_anew() -> None:
    read = RecentlyRead()
    read.keep(known("a"))
    assert read.find("a", Domain.empty()) is None


def test_forgetting_leaves_nothing() -> None:
    read = RecentlyRead()
    read.keep(known("a"))
    read.forget("a")
    assert read.find("a", DOMAIN) is None
