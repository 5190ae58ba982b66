"""The worker also erases what other rooms keep no longer than they may."""

from __future__ import annotations

from pathlib import Path

from sms_engine_doubles import Queues

from channels.sms.queue.lease_owners import Owner
from channels.sms.upkeep import CLEAN_SECONDS, Upkeep
from stores.database import Database


def test_what_else_is_old_is_erased_now_and_then(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'messages.db'}")
    database.migrate()
    queues, cleaned = Queues(database), []
    owner = Owner(tmp_path, "worker")
    upkeep = Upkeep(
        queues.inbox,
        queues.upkeep,
        queues.receipts,
        queues.records,
        owner,
        queues.figures,
        lambda: cleaned.append(queues.clock()),
        queues.clock,
    )
    for seconds in (0, 1, CLEAN_SECONDS):
        queues.clock.later(seconds)
        upkeep.run([], [])
    assert len(cleaned) == 2
    owner.close()
    database.close()
