"""Utterances on PostgreSQL are kept as they are on SQLite."""

from __future__ import annotations

import threading
from datetime import date

from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures

from contract.meaning import Candidate
from contract.turn import Channel
from learning.kept import Kept, Reason
from learning.store import LearningStore
from stores.database import Database


def test_the_same_words_said_at_once_are_counted_once_each(postgres_url: str) -> None:  # noqa: F811
    database = Database(postgres_url)
    database.migrate()
    store = LearningStore(database)
    said = Kept(
        "nuôi yến", "nuôi yến", Channel.SMS, Reason.REFUSED, "out_of_scope",
        (Candidate(code="1.000001", chance=0.1),), "Việc này chưa rõ.", date(2026, 11, 20),
    )  # fmt: skip
    threads = [threading.Thread(target=store.add, args=(said,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    (found,) = store.open()
    assert (found.times, found.kept) == (8, said)
    store.mark_labelled(found.id, "1.000001")
    assert store.open() == []
    assert store.drop(found.id)
    assert store.forget_before(date(2026, 11, 21)) == 1
    assert store.get(found.id) is None
    database.close()
