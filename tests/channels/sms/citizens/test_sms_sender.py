from __future__ import annotations

import pytest
from sms_engine_doubles import OURS, Queues
from sms_queues import postgres_server, postgres_url, quick_queues  # noqa: F401 - fixtures

from channels.sms.citizens import sender as module
from channels.sms.citizens.sender import Sender
from channels.sms.queue.leases import Lease
from language.phone_number import PhoneNumber
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("0900 000 123", "+84900000123"),
        ("+84900000123", "+84900000123"),
        ("84900000123", "+84900000123"),
        ("+999900000123", "+999900000123"),
        ("1022", None),
        ("NGANHANG", None),
    ],
)
def test_a_sender_is_read_and_comes_back_from_its_row_the_same(written: str, phone: str | None) -> None:
    read = Sender.of(written, SEAL)
    assert read.phone == phone
    again = Sender.stored(read.kept, read.person)
    assert (again.phone, again.person) == (read.phone, read.person)


def test_a_row_of_an_older_version_is_read_as_it_was_written() -> None:
    assert Sender.stored("0900000123", "p").phone == "+84900000123"


def test_every_way_of_writing_a_number_is_one_person() -> None:
    assert len({Sender.of(written, SEAL).person for written in ("0900000123", "+84900000123", "84900000123")}) == 1


def test_nothing_of_it_is_shown() -> None:
    assert "900000" not in repr(Sender.of("0900000123", SEAL))


def test_a_number_is_parsed_once_a_message(
    quick_queues: Queues,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parsed = []

    class Counted(PhoneNumber):
        @classmethod
        def parse(cls, text: str) -> PhoneNumber:
            parsed.append(text)
            return PhoneNumber.parse(text)

    monkeypatch.setattr(module, "PhoneNumber", Counted)
    quick_queues.inbox.take(quick_queues.incoming("1", sender="0900000123", recipient=OURS))
    (question,) = quick_queues.inbox.claim(Lease("me", quick_queues.clock() + 30), 1)
    quick_queues.inbox.settle(question, "me", ["Chào bạn"])
    (claimed,) = quick_queues.claim()
    assert claimed.message.recipient == "+84900000123"
    assert parsed == ["0900000123"]
