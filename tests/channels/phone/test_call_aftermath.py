"""What a call leaves behind on purpose: a ticket, a text message."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from channels.phone.answer_texts import OutboxTexts
from channels.phone.call_backs import TicketCallBacks
from channels.rendering.segments import size
from channels.rendering.sms import SmsStyle
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from contract.tried import Step
from runtime import clock
from stores.database import Database
from stores.limiter import Limiter, rules
from stores.sealing import Seal
from tickets.store import TicketStore
from tickets.ticket import TicketKind

NUMBER = "+84900000123"
STYLE = SmsStyle(diacritics=False, segments=3)


@pytest.fixture
def limiter(redis: Redis, seal: Seal) -> Limiter:
    return Limiter(redis, seal, rules())


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'calls.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def tickets(database: Database, seal: Seal) -> TicketStore:
    return TicketStore(database, seal, clock.now)


def test_a_wish_to_be_called_back_becomes_one_ticket(tickets: TicketStore, limiter: Limiter) -> None:
    call_backs = TicketCallBacks(tickets, limiter)
    number = call_backs.add("phone:1", NUMBER, "Người gọi nhờ cán bộ gọi lại.", "1.001193")
    assert call_backs.add("phone:1", NUMBER, "Người gọi nhờ cán bộ gọi lại.", "1.001193") == number
    (ticket,) = tickets.find()
    assert ticket.number == number
    assert ticket.draft.kind is TicketKind.CALL_BACK
    assert (ticket.draft.contact, ticket.draft.procedure, ticket.draft.channel) == (NUMBER, "1.001193", "phone")


def test_the_ticket_hands_on_what_the_machine_tried_in_the_call(tickets: TicketStore, limiter: Limiter) -> None:
    step = Step(said="làm khai sinh cần gì", taken_for="ask_procedure", answered="Cần giấy chứng sinh.")
    TicketCallBacks(tickets, limiter, {"phone:1": (step,)}.__getitem__).add("phone:1", NUMBER, "", None)
    (ticket,) = tickets.find()
    assert ticket.draft.tried == (step,)
    (listed,) = tickets.find(with_words=False)
    assert listed.draft.tried == ()


def test_without_a_database_there_is_no_ticket_number(tmp_path: Path, seal: Seal, limiter: Limiter) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'missing' / 'calls.db'}")
    assert TicketCallBacks(TicketStore(nowhere, seal, clock.now), limiter).add("phone:1", NUMBER, "", None) is None


class NotedOutbox(Outbox):
    """The real queue, which also shows what was put into it."""

    added: list[NewMessage]

    def add(self, messages):  # type: ignore[no-untyped-def]
        self.added = list(messages)
        return super().add(messages)


def test_an_answer_goes_out_whole_in_messages_that_fit(
    database: Database, seal: Seal, redis: Redis, limiter: Limiter
) -> None:
    outbox = NotedOutbox(database, seal, NumberTable({"": ("modem",)}))
    text = "\n".join(f"Giấy tờ thứ {number}: tờ khai, bản chính, bản sao." for number in range(40))
    assert OutboxTexts(outbox, Wake(redis), seal, STYLE, limiter, ("+84",)).send("phone:1.7", NUMBER, text)
    assert len(outbox.added) > 1
    assert all(size(message.text).segments <= 3 for message in outbox.added)
    assert {message.kind for message in outbox.added} == {Kind.ANSWER}
    assert "Giay to thu 39" in outbox.added[-1].text


def test_without_a_database_the_caller_learns_that_nothing_was_sent(
    tmp_path: Path, seal: Seal, redis: Redis, limiter: Limiter
) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'missing' / 'calls.db'}")
    outbox = Outbox(nowhere, seal, NumberTable({"": ("modem",)}))
    assert not OutboxTexts(outbox, Wake(redis), seal, STYLE, limiter, ("+84",)).send(
        "phone:1.7", NUMBER, "Cần tờ khai."
    )


def test_a_number_that_waits_for_a_call_gets_no_second_ticket(tickets: TicketStore, limiter: Limiter) -> None:
    call_backs = TicketCallBacks(tickets, limiter)
    first = call_backs.add("phone:1", NUMBER, "", None)
    assert call_backs.add("phone:2", NUMBER, "", None) == first
    assert call_backs.add("phone:3", "+84900000999", "", None) != first
    assert tickets.count() == 2


class TestPumping:
    def texts(self, database: Database, seal: Seal, redis: Redis, limiter: Limiter) -> OutboxTexts:
        outbox = Outbox(database, seal, NumberTable({"": ["twilio"]}))
        return OutboxTexts(outbox, Wake(redis), seal, STYLE, limiter, ("+84",))

    @pytest.mark.parametrize("number", ["+19005550100", "+447700900123", "+88213000001"])
    def test_dear_numbers_abroad_get_nothing(
        self, database: Database, seal: Seal, redis: Redis, limiter: Limiter, number: str
    ) -> None:
        assert not self.texts(database, seal, redis, limiter).send("phone:1.1", number, "Cần tờ khai.")

    def test_one_number_gets_a_few_a_day(self, database: Database, seal: Seal, redis: Redis, limiter: Limiter) -> None:
        texts = self.texts(database, seal, redis, limiter)
        sent = [texts.send(f"phone:1.{index}", NUMBER, "Cần tờ khai.") for index in range(12)]
        assert sum(sent) == rules()["texts_number"].most
        # A request that comes again is the same text, not one more.
        assert texts.send("phone:1.0", NUMBER, "Cần tờ khai.")
