"""The inbox: each message once, one a person at a time, answered and written down in one step."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sms_engine_doubles import NUMBER, OURS, SECRET, Queues
from sms_queues import postgres_server, postgres_url, queues, quick_queues  # noqa: F401 - fixtures

from channels.sms.queue.inbox import SHORT_TWIN_SECONDS, TWIN_SECONDS
from channels.sms.queue.leases import LEASE_SECONDS
from channels.sms.queue.states import IncomingState
from channels.sms.queue.tables import incoming
from stores.database import Database
from stores.sealing import Seal

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments


def take_many(url: str, ids: list[str | None], results: multiprocessing.Queue[int]) -> None:
    """In a process of its own: how many of the messages were new to it."""
    queues = Queues(Database(url))
    results.put(sum(queues.inbox.take(queues.incoming(id)).is_new for id in ids))


class TestTaking:
    def test_a_message_is_asked_as_it_came(self, queues: Queues) -> None:
        message = queues.incoming(media=2)
        taken = queues.inbox.take(message)
        assert (taken.is_new, taken.state) == (True, IncomingState.WAITING)
        (question,) = queues.questions()
        assert question.message.sender == NUMBER
        assert question.message.recipient == OURS
        assert question.message.body == message.body
        assert question.message.received_at == message.received_at
        assert (question.message.media, question.attempts, question.turn_id) == (2, 1, taken.turn_id)

    def test_number_and_words_stand_nowhere_in_clear(self, quick_queues: Queues) -> None:
        quick_queues.inbox.take(quick_queues.incoming())
        with quick_queues.database.engine.connect() as connection:
            stored = repr(connection.execute(incoming.select()).all())
        assert "900000123" not in stored
        assert "khai sinh" not in stored
        assert "SM1" not in stored

    def test_the_same_id_again_is_the_same_message(self, queues: Queues) -> None:
        first = queues.inbox.take(queues.incoming("SM1"))
        queues.clock.later(3600 * 48)
        again = queues.inbox.take(queues.incoming("SM1", body="other words"))
        assert (again.id, again.turn_id, again.is_new) == (first.id, first.turn_id, False)

    def test_the_same_id_of_another_route_is_another_message(self, quick_queues: Queues) -> None:
        quick_queues.inbox.take(quick_queues.incoming("1"))
        assert quick_queues.inbox.take(quick_queues.incoming("1", route="smpp")).is_new

    def test_of_many_threads_one_takes_it(self, queues: Queues) -> None:
        together = threading.Barrier(8)

        def take(_: int) -> bool:
            together.wait(10)
            return queues.inbox.take(queues.incoming()).is_new

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(take, range(8))) == 1

    @pytest.mark.parametrize("with_id", [True, False])
    def test_of_two_processes_one_takes_it(self, queues: Queues, with_id: bool) -> None:
        url = queues.database.engine.url.render_as_string(hide_password=False)
        ids = [f"SM{index}" for index in range(40)] if with_id else [None] * 40
        context = multiprocessing.get_context("spawn")
        results: multiprocessing.Queue[int] = context.Queue()  # type: ignore[assignment]
        processes = [context.Process(target=take_many, args=(url, ids, results)) for _ in range(2)]
        for process in processes:
            process.start()
        assert results.get(timeout=60) + results.get(timeout=60) == (40 if with_id else 1)
        for process in processes:
            process.join(60)


class TestTwins:
    @pytest.mark.parametrize(
        ("body", "seconds", "is_new"),
        [
            ("khai sinh", 0.0, False),
            ("khai sinh", TWIN_SECONDS - 1, False),
            ("khai sinh", 1 - TWIN_SECONDS, False),
            ("khai sinh", TWIN_SECONDS + 1, True),
            ("1", SHORT_TWIN_SECONDS - 1, False),
            # To read on, people send the same key again as soon as a page has come.
            ("1", SHORT_TWIN_SECONDS + 1, True),
            # Three characters are a key still, however much space is around them; four are words.
            ("XEM", SHORT_TWIN_SECONDS + 1, True),
            ("  XEM \n", SHORT_TWIN_SECONDS + 1, True),
            ("STOP", SHORT_TWIN_SECONDS + 1, False),
        ],
    )
    def test_without_an_id_the_same_words_within_a_short_time_are_one_message(
        self, queues: Queues, body: str, seconds: float, is_new: bool
    ) -> None:
        queues.inbox.take(queues.incoming(None, route="gsm", body=body))
        queues.clock.later(seconds)
        assert queues.inbox.take(queues.incoming(None, route="gsm", body=body)).is_new is is_new

    @pytest.mark.parametrize("changes", [{"body": "khác"}, {"sender": "+84900000124"}])
    def test_other_words_or_another_sender_are_another_message(
        self, quick_queues: Queues, changes: dict[str, str]
    ) -> None:
        quick_queues.inbox.take(quick_queues.incoming(None, route="gsm"))
        assert quick_queues.inbox.take(quick_queues.incoming(None, **{"route": "gsm", **changes})).is_new

    def test_with_ids_load_tests_may_repeat_themselves(self, quick_queues: Queues) -> None:
        quick_queues.inbox.take(quick_queues.incoming("SM1"))
        assert quick_queues.inbox.take(quick_queues.incoming("SM2")).is_new


class TestClaiming:
    def test_of_one_person_only_the_oldest_is_answered(self, queues: Queues) -> None:
        for id in ("SM1", "SM2"):
            queues.inbox.take(queues.incoming(id, body=id))
        queues.inbox.take(queues.incoming("SM3", sender="+84900000124", body="SM3"))
        first, other = queues.questions()
        assert (first.message.body, other.message.body) == ("SM1", "SM3")
        assert queues.questions(owner="another") == []
        queues.inbox.settle(first, "me", ["Re"])
        (second,) = queues.questions()
        assert second.message.body == "SM2"

    def test_of_many_claimers_at_once_never_two_get_the_same(self, queues: Queues) -> None:
        for index in range(60):
            queues.inbox.take(queues.incoming(f"SM{index}", sender=f"+8490000{index:04d}"))

        def drain(owner: str) -> list[int]:
            got: list[int] = []
            while found := queues.questions(owner=owner, most=5):
                got += [question.id for question in found]
            return got

        with ThreadPoolExecutor(3) as threads:
            taken = [id for got in threads.map(drain, ["a", "b", "c"]) for id in got]
        taken += drain("d")
        assert sorted(taken) == list(range(1, 61))

    def test_a_message_taken_with_a_lease_is_the_taker_s(self, queues: Queues) -> None:
        assert queues.inbox.take(queues.incoming(), queues.lease()).state is IncomingState.ANSWERING
        assert queues.questions(owner="another") == []

    def test_no_lease_while_an_earlier_message_of_the_person_is_open(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming("SM1"), queues.lease())
        assert queues.inbox.take(queues.incoming("SM2"), queues.lease()).state is IncomingState.WAITING

    def test_a_repeat_gives_no_lease(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming())
        assert not queues.inbox.take(queues.incoming(), queues.lease()).is_new
        (question,) = queues.questions(owner="worker")
        assert question.attempts == 1


class TestSettling:
    def test_answer_and_state_are_written_together(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming())
        (question,) = queues.questions()
        references = queues.inbox.settle(question, "me", ["one", "two"])
        assert references is not None
        assert queues.inbox.state(question.id) is IncomingState.ANSWERED
        (claimed,) = queues.claim()
        assert claimed.message.reference == references[0]
        assert (claimed.message.recipient, claimed.message.sender, claimed.message.text) == (NUMBER, OURS, "one")

    def test_who_lost_the_lease_writes_nothing(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming())
        (slow,) = queues.questions(owner="slow")
        queues.clock.later(LEASE_SECONDS + 1)
        assert queues.inbox.release() == 1
        (next_one,) = queues.questions(owner="next")
        assert next_one.attempts == 2
        assert next_one.turn_id == slow.turn_id
        assert queues.inbox.settle(slow, "slow", ["late"]) is None
        assert not queues.inbox.put_back(slow, "slow", next_try_at=0.0, cause="c")
        queues.inbox.settle(next_one, "next", ["in time"])
        assert [claimed.message.text for claimed in queues.claim()] == ["in time"]

    def test_a_renewed_lease_holds(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming())
        queues.questions()
        queues.clock.later(LEASE_SECONDS - 1)
        queues.inbox.renew(queues.lease())
        queues.clock.later(LEASE_SECONDS - 1)
        assert queues.inbox.release() == 0
        assert queues.inbox.release(dead=["me"]) == 1

    def test_what_is_put_back_comes_again_after_its_pause_and_says_sorry_once(self, queues: Queues) -> None:
        queues.inbox.take(queues.incoming())
        (question,) = queues.questions()
        queues.inbox.put_back(question, "me", next_try_at=queues.clock() + 5, cause="CoreUnavailable", sorry="Xin loi")
        assert queues.questions() == []
        queues.clock.later(5)
        (again,) = queues.questions()
        assert (again.attempts, again.sorry) == (2, True)
        queues.inbox.put_back(again, "me", next_try_at=queues.clock(), cause="CoreUnavailable", sorry="Xin loi")
        assert [claimed.message.text for claimed in queues.claim()] == ["Xin loi"]

    def test_a_machine_is_never_written_to(self, quick_queues: Queues) -> None:
        quick_queues.inbox.take(quick_queues.incoming(sender="VNPT"))
        (question,) = quick_queues.questions()
        assert quick_queues.inbox.settle(question, "me", ["Re"]) == ()
        assert quick_queues.claim() == []

    def test_a_message_sealed_with_another_key_ends_alone(self, quick_queues: Queues) -> None:
        quick_queues.inbox.take(quick_queues.incoming("SM1"))
        with quick_queues.database.writing() as session:
            session.execute(incoming.update().values(sealed=Seal(SECRET + b"2").close("[]")))
        quick_queues.inbox.take(quick_queues.incoming("SM2", sender="+84900000124"))
        (question,) = quick_queues.questions()
        assert question.id == 2
        assert quick_queues.inbox.state(1) is IncomingState.FAILED
