"""The same words of one number, come twice within seconds, are answered once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sms_engine_doubles import Queues
from sms_queues import postgres_server, postgres_url, quick_queues  # noqa: F401 - fixtures

from channels.sms.queue.inbox import SAME_KEY_SECONDS, SAME_WORDS_SECONDS, Inbox
from channels.sms.queue.states import IncomingState

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments


@pytest.fixture
def inbox(quick_queues: Queues) -> Inbox:
    return Inbox(quick_queues.database, quick_queues.seal, quick_queues.outbox, quick_queues.clock)


@pytest.mark.parametrize(
    ("seconds", "changes", "answered"),
    [
        (1.0, {}, 1),
        (SAME_WORDS_SECONDS - 1, {}, 1),
        (SAME_WORDS_SECONDS + 1, {}, 2),
        (1.0, {"route": "smpp"}, 1),
        (1.0, {"sender": "0900000123"}, 1),
        (1.0, {"sender": "+84900000124"}, 2),
        (1.0, {"body": "làm giấy khai sinh cần gì ạ"}, 2),
        (SAME_KEY_SECONDS - 1, {"body": "1"}, 2),
        (1.0, {"route": "gsm", "provider_id": None}, 1),
    ],
)
def test_one_answer_where_nobody_types_so_fast(
    quick_queues: Queues, inbox: Inbox, seconds: float, changes: dict[str, Any], answered: int
) -> None:
    first = quick_queues.incoming("1")
    inbox.take(first)
    quick_queues.clock.later(seconds)
    second = replace(quick_queues.incoming("2"), **changes)
    taken = inbox.take(replace(second, received_at=first.received_at + timedelta(seconds=seconds)))
    assert taken.is_new is (answered == 2)
    states = [record.state for record in quick_queues.records.incoming()]
    assert states.count(IncomingState.WAITING) == answered


def test_a_key_pressed_twice_in_earnest_counts_twice_and_one_sent_twice_counts_once(
    quick_queues: Queues, inbox: Inbox
) -> None:
    first = quick_queues.incoming("1", body="1")
    assert inbox.take(first).is_new
    again = replace(first, provider_id="2", received_at=first.received_at + timedelta(seconds=1))
    assert not inbox.take(again).is_new
    in_earnest = replace(
        first, provider_id="3", received_at=first.received_at + timedelta(seconds=SAME_KEY_SECONDS + 2)
    )
    assert inbox.take(in_earnest).is_new


def test_the_second_one_brought_again_is_still_no_new_message(quick_queues: Queues, inbox: Inbox) -> None:
    inbox.take(quick_queues.incoming("1"))
    second = inbox.take(quick_queues.incoming("2"))
    assert (second.is_new, second.state) == (False, IncomingState.IGNORED)
    assert inbox.take(quick_queues.incoming("2")) == second


def test_pictures_without_words_are_told_by_their_ids(quick_queues: Queues, inbox: Inbox) -> None:
    inbox.take(quick_queues.incoming("1", body="", media=1))
    assert inbox.take(quick_queues.incoming("2", body="", media=1)).is_new
