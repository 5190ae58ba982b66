"""Turns are counted by channel and by how they went; nobody waits for the counts, and nobody is in them."""

from __future__ import annotations

from datetime import datetime

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from channels.turn_counts import TurnCounts, Went, went
from contract.reply import Reply, ReplyKind
from contract.turn import Channel, TurnResult, Understanding
from runtime.clock import VIETNAM

NOW = datetime(2026, 11, 24, 23, 59, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    ("kind", "intent", "how"),
    [
        (ReplyKind.ANSWER, "ask_procedure", Went.ANSWERED),
        (ReplyKind.ASK_BACK, "ask_procedure", Went.ASKED_BACK),
        (ReplyKind.ASK_DETAIL, "check_dossier", Went.ASKED_BACK),
        (ReplyKind.UNKNOWN, None, Went.REFUSED),
        (ReplyKind.TROUBLE, "check_dossier", Went.FAILED),
        (ReplyKind.ANSWER, "talk_to_officer", Went.HANDED_OVER),
    ],
)
def test_a_turn_is_counted_by_what_was_said_last(kind: ReplyKind, intent: str | None, how: Went) -> None:
    before = Reply(kind=ReplyKind.NOTICE, short="Chào bà con")
    result = TurnResult(replies=(before, Reply(kind=kind, short="…")), understanding=Understanding(intent=intent))
    assert went(result) is how


def test_turns_and_conversations_of_a_day(redis: Redis) -> None:
    counts = TurnCounts(redis, lambda: NOW)
    for conversation, how in (("sms:a", Went.ANSWERED), ("sms:a", Went.REFUSED), ("sms:b", Went.ANSWERED)):
        counts.note(Channel.SMS, conversation, how, "1.001193" if how is Went.ANSWERED else None)
    counts.note(Channel.KIOSK, "kiosk:a", Went.ANSWERED)
    assert counts.of(NOW.date()) == {
        "sms answered": 2,
        "sms refused": 1,
        "asked 1.001193": 2,
        "kiosk answered": 1,
        "sms talks": 2,
        "kiosk talks": 1,
    }
    assert all(int(redis.ttl(key)) > 0 for key in redis.scan_iter("motcua:t*:2026-11-24*"))


def test_without_redis_nothing_is_counted_and_nothing_breaks() -> None:
    counts = TurnCounts(Redis(unix_socket_path="/nonexistent/redis.sock", retry=Retry(NoBackoff(), 0)), lambda: NOW)
    counts.note(Channel.SMS, "sms:a", Went.ANSWERED)
    assert counts.of(NOW.date()) == {}
