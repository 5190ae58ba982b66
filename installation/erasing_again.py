"""After a restore: whoever asked to be forgotten since the backup was made is erased from it, too."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Text, column, delete, select, table, update

from installation.root import Installation
from installation.text_messages import TextMessageStores
from stores.erased_list import FILE, Listed

_MESSAGES = {"sms_incoming": "stored_at", "sms_outgoing": "created_at"}
_OTHERS = (
    "citizens_consents",
    "citizens_preferences",
    "sms_campaign_recipient",
    "warning_register",
    "warning_recipient",
)


def erase_again(here: Installation, before: Path | None) -> int:
    """Erase them; returns how many persons something was found of.

    Args:
        here: the restored installation, its tables made.
        before: the folder in which lies what was there before, and its list with it.
    """
    erased = here.erased_list
    if before is not None:
        erased.take_in(before / FILE)
    listed = erased.read()
    found = {person: wish for person in _persons(here) if (wish := listed.get(erased.mark(person))) is not None}
    for person, wish in found.items():
        _erase(here, person, wish)
    return len(found)


def _persons(here: Installation) -> set[str]:
    """Every keyed hash of a number that rows stand under."""
    found: set[str] = set()
    with here.database.reading() as session:
        for name in (*_MESSAGES, *_OTHERS, "tickets"):
            person = column("person", Text)
            found |= set(session.scalars(select(person).select_from(table(name, person)).distinct()))
    return {person for person in found if person}


def _erase(here: Installation, person: str, wish: Listed) -> None:
    mine = column("person", Text) == person
    with here.database.writing() as session:
        for name, at in _MESSAGES.items():
            rows = table(name, column("person", Text), column("sealed", Text), column(at))
            session.execute(update(rows).where(mine, rows.c[at] <= wish.at).values(person="", sealed=""))
        for name in ("sms_campaign_recipient", "warning_register", "warning_recipient"):
            session.execute(delete(table(name, column("person", Text))).where(mine))
    stores = TextMessageStores(here)
    # A refusal in force stays, as it does at an erasure.
    stores.consents.forget(person)
    stores.preferences.forget(person)
    if wish.tickets:
        here.tickets.erase_of(person, datetime.fromtimestamp(wish.at, UTC))
    for key in here.redis.scan_iter(match=f"*{person}*", count=1_000):
        here.redis.delete(key)
