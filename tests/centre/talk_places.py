"""Conversations by text message in a database of the tests."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels.sms.queue.content import Content
from channels.sms.queue.tables import incoming, outgoing
from stores.database import Database
from stores.sealing import Seal


class Messages:
    """Rows as the channels leave them."""

    def __init__(self, database: Database, seal: Seal, now: datetime) -> None:
        self.database, self.seal = database, seal
        self.now = now
        self.count = 0

    def came(self, person: str, words: str, *answers: str, state: str = "answered", days_ago: int = 0) -> None:
        self.count += 1
        at = (self.now - timedelta(days=days_ago)).timestamp() + self.count
        fixed = {"route": "gsm", "media": 0, "attempts": 1, "cause": "", "received_at": at, "next_try_at": at}
        sealed = Content("+84900000123", None, words).sealed(self.seal) if words else ""
        row = {"id": self.count, "key": f"k{self.count}", "person": person, "sealed": sealed, "stored_at": at}
        with self.database.writing() as session:
            session.execute(incoming.insert().values(**fixed, **row, state=state))
            for number, answer in enumerate(answers):
                texts = {
                    "sealed": Content("+84900000123", None, answer).sealed(self.seal),
                    "refused_by": "",
                    "code": "",
                }
                times = {"next_try_at": at, "created_at": at, "expires_at": at, "handed_at": at}
                counts = {"attempts": 1, "attempts_in_all": 1, "maybe_twice": 0, "segments": 1, "priority": 0}
                sent = {"reference": f"r{self.count}-{number}", "answer_to": self.count, "kind": "answer"}
                session.execute(
                    outgoing.insert().values(
                        **sent, **texts, **times, **counts, route="gsm", state="delivered", person=person
                    )
                )
