"""Kept messages: listed for operators without numbers, told and erased for citizens, erased when old."""

from __future__ import annotations

from datetime import timedelta

from sms_engine_doubles import NUMBER, Queues
from sms_queues import postgres_server, postgres_url, queues, quick_queues  # noqa: F401 - fixtures

from channels.sms.citizens.citizen import Citizen
from channels.sms.queue.message_records import IncomingRecord
from channels.sms.queue.queued import HandedOver
from channels.sms.queue.states import IncomingState, OutgoingState

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

DAY = 86_400.0


def citizen(queues: Queues, number: str = NUMBER) -> Citizen:
    found = Citizen.of(number, queues.seal)
    assert found is not None
    return found


def answered(queues: Queues, id: str = "SM1", sender: str = NUMBER) -> None:
    """A question that came in and whose answer went out."""
    queues.inbox.take(queues.incoming(id, sender=sender))
    (question,) = queues.questions()
    queues.inbox.settle(question, "me", ["Can to khai."])
    (claimed,) = queues.claim()
    queues.claim(HandedOver(claimed.id, f"P-{id}"))


def test_a_message_is_found_by_number_or_by_the_beginning_of_its_reference(quick_queues: Queues) -> None:
    answered(quick_queues)
    (sent,) = quick_queues.records.answers(1)
    found = quick_queues.records.find("1")
    assert isinstance(found, IncomingRecord)
    assert found.state is IncomingState.ANSWERED
    assert quick_queues.records.find(sent.reference[:8]) == sent
    assert quick_queues.records.find("%") is None
    assert quick_queues.records.find("") is None
    assert quick_queues.records.text(found) == "làm giấy khai sinh cần gì"
    assert quick_queues.records.text(sent) == "Can to khai."


def test_they_are_listed_by_state_the_newest_first(queues: Queues) -> None:
    for number in range(3):
        answered(queues, f"SM{number}")
    assert [record.id for record in queues.records.incoming(IncomingState.ANSWERED, 2)] == [3, 2]
    assert queues.records.incoming(IncomingState.WAITING) == []
    assert len(queues.records.outgoing(OutgoingState.HANDED)) == 3
    assert queues.records.waiting() == (0, 0)


def test_old_messages_lose_numbers_and_texts_and_stay_in_the_figures(queues: Queues) -> None:
    answered(queues, "old")
    queues.clock.later(DAY)
    answered(queues, "new", "+84900000124")
    assert queues.records.erase_before(queues.clock() - 60) == 2
    assert queues.records.erase_before(queues.clock() - 60) == 0
    assert [queues.records.text(record) is None for record in queues.records.incoming()] == [False, True]
    assert [queues.records.text(record) is None for record in queues.records.outgoing()] == [False, True]
    assert queues.records.holding(citizen(queues)).entries == 0
    assert queues.records.holding(citizen(queues, "+84900000124")).entries == 2


def test_a_message_too_old_to_keep_is_not_tried_any_more(queues: Queues) -> None:
    queues.inbox.take(queues.incoming())
    reference = queues.add(expires_at=queues.clock() + 90 * DAY)
    queues.clock.later(31 * DAY)
    queues.records.erase_before(queues.clock() - 30 * DAY)
    assert queues.questions() == []
    assert queues.claim() == []
    assert queues.inbox.state(1) is IncomingState.FAILED
    assert queues.record(reference).state is OutgoingState.EXPIRED


def test_a_citizen_learns_how_much_is_kept_and_until_when(queues: Queues) -> None:
    answered(queues)
    holding = queues.records.holding(citizen(queues))
    assert (holding.kind, holding.entries) == ("messages", 2)
    (record,) = queues.records.incoming()
    assert holding.until == record.stored_at.date() + timedelta(days=30)


def test_a_citizen_s_messages_are_erased_and_nobody_else_s(queues: Queues) -> None:
    answered(queues, "mine")
    answered(queues, "other", "+84900000124")
    waiting = queues.add("k", person=citizen(queues).person)
    queues.records.erase(citizen(queues))
    assert queues.records.holding(citizen(queues)).entries == 0
    assert queues.records.holding(citizen(queues, "+84900000124")).entries == 2
    assert queues.record(waiting).state is OutgoingState.CANCELLED


def test_the_wish_to_be_forgotten_is_itself_still_answered(queues: Queues) -> None:
    answered(queues, "before")
    queues.inbox.take(queues.incoming("XOA", body="XOA"))
    (wish,) = queues.questions()
    queues.records.erase(citizen(queues))
    queues.inbox.settle(wish, "me", ["Da xoa."])
    (confirmation,) = queues.claim()
    assert (confirmation.message.text, confirmation.message.recipient) == ("Da xoa.", NUMBER)
