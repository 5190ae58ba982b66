"""Reads the one-time code somebody was sent, from the queue of messages, as its owner would."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from channels.sms.queue.content import Content
from channels.sms.queue.tables import outgoing
from contract.turn import TurnResult
from installation.one_time import PostWhenAsked
from installation.root import Installation

if TYPE_CHECKING:
    from conftest import CoreInProcess

Newest = Callable[[str], str]


@pytest.fixture
def newest(core: CoreInProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Newest]:
    """Gives the digits in the newest message to a number."""
    monkeypatch.setattr(PostWhenAsked, "works", True)
    here = Installation(core.settings)

    def digits(phone: str) -> str:
        with here.database.reading() as session:
            sealed = session.scalars(select(outgoing.c.sealed).order_by(outgoing.c.id)).all()
        sent = [Content.opened(one, here.seal) for one in sealed]
        mine = [one.text for one in sent if one.citizen == f"+84{phone[1:]}"]
        found = "".join(sign for sign in mine[-1].split(".")[0] if sign.isdigit())
        assert len(found) == 6, mine[-1]
        return found

    yield digits
    here.close()


def text(result: TurnResult) -> str:
    """Everything that was said."""
    return " ".join(" ".join((reply.short, *reply.details, reply.next_step or "")) for reply in result.replies)
