"""Answering stored messages: through the outbox, inside the response to a webhook, and when the core is away."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from redis import Redis
from sms_engine_doubles import NUMBER, CannedAnswers, Queues, Said
from sms_queues import postgres_server, postgres_url, quick_queues  # noqa: F401 - fixtures

from channels.core_client import CoreFault, CoreUnavailable
from channels.sms.answering.inline_answers import InlineAnswers, NotAnswered
from channels.sms.answering.replying import MOST_FAULTS, Replying, sorry_text, trouble_texts
from channels.sms.arrivals import StoredArrivals
from channels.sms.queue.arrival_spool import ArrivalSpool
from channels.sms.queue.lease_owners import Owner
from channels.sms.queue.leases import LEASE_SECONDS
from channels.sms.queue.states import IncomingState, OutgoingState
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import IncomingMessage
from runtime.settings import Settings

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

SETTINGS = Settings(sms_trouble_seconds=120, sms_answer_hours=24, turn_timeout=2.0, web_threads=4)


def fails_with(error: Exception) -> Callable[[IncomingMessage], Said]:
    def script(message: IncomingMessage) -> Said:
        raise error

    return script


@pytest.fixture
def answers() -> CannedAnswers:
    return CannedAnswers()


@pytest.fixture
def replying(quick_queues: Queues, answers: CannedAnswers) -> Replying:
    return Replying(
        quick_queues.inbox, answers, SETTINGS, quick_queues.figures, "me", quick_queues.clock, chance=lambda: 1.0
    )


def texts(queues: Queues) -> list[str]:
    """Everything written to citizens, in order."""
    return [queues.records.text(record) or "" for record in reversed(queues.records.outgoing())]


class TestThroughTheOutbox:
    def test_a_message_is_answered(self, quick_queues: Queues, replying: Replying, answers: CannedAnswers) -> None:
        taken = quick_queues.inbox.take(quick_queues.incoming(body="khai sinh"))
        (question,) = quick_queues.questions()
        assert replying.reply(question)
        assert texts(quick_queues) == ["Re: khai sinh"]
        assert answers.asked[0][1] == taken.turn_id

    def test_silence_is_written_down_with_its_reason(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        answers.script = lambda message: Said((), "loop")
        quick_queues.inbox.take(quick_queues.incoming())
        (question,) = quick_queues.questions()
        assert not replying.reply(question)
        (record,) = quick_queues.records.incoming()
        assert (record.state, record.cause) == (IncomingState.IGNORED, "loop")

    def test_while_the_core_is_away_the_message_waits_says_sorry_once_and_is_answered_in_the_end(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        answers.script = fails_with(CoreUnavailable("away"))
        quick_queues.inbox.take(quick_queues.incoming(body="khai sinh"))
        tries = 0
        while quick_queues.clock() < 1_790_000_000.0 + 600:
            for question in quick_queues.questions():
                tries += 1
                replying.reply(question)
            quick_queues.clock.later(1)
        assert tries > MOST_FAULTS
        assert texts(quick_queues) == [sorry_text(SETTINGS)]
        answers.script = lambda message: Said(("Can to khai.",))
        quick_queues.clock.later(20)
        (question,) = quick_queues.questions()
        replying.reply(question)
        assert texts(quick_queues) == [sorry_text(SETTINGS), "Can to khai."]
        assert len({turn for _, turn in answers.asked}) == 1

    def test_tries_while_the_core_was_away_do_not_count_against_a_message(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        troubles: list[Exception] = [CoreUnavailable("away")] * 10 + [CoreFault("500")] * (MOST_FAULTS - 1)
        answers.script = lambda message: fails_with(troubles.pop(0))(message) if troubles else Said()
        quick_queues.inbox.take(quick_queues.incoming())
        for _ in range(400):
            for question in quick_queues.questions():
                replying.reply(question)
            quick_queues.clock.later(1)
        assert troubles == []
        assert texts(quick_queues) == [sorry_text(SETTINGS), "Can to khai."]

    def test_a_message_a_living_core_cannot_answer_is_given_up_with_a_way_out(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        answers.script = fails_with(CoreFault("500"))
        quick_queues.inbox.take(quick_queues.incoming())
        for _ in range(60):
            for question in quick_queues.questions():
                replying.reply(question)
            quick_queues.clock.later(1)
        assert len(answers.asked) == MOST_FAULTS
        assert texts(quick_queues) == list(trouble_texts(SETTINGS))
        (record,) = quick_queues.records.incoming()
        assert (record.state, record.cause) == (IncomingState.FAILED, "CoreFault")

    def test_a_defect_of_ours_is_a_fault_too_and_blocks_nobody_else(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        answers.script = lambda message: 1 // 0 if message.body == "bad" else Said()  # type: ignore[return-value]
        quick_queues.inbox.take(quick_queues.incoming("SM1", body="bad"))
        quick_queues.inbox.take(quick_queues.incoming("SM2", sender="+84900000124"))
        for question in quick_queues.questions():
            replying.reply(question)
        assert texts(quick_queues) == ["Can to khai."]

    def test_after_a_day_an_answer_is_not_tried_any_more(
        self, quick_queues: Queues, replying: Replying, answers: CannedAnswers
    ) -> None:
        answers.script = fails_with(CoreUnavailable("away"))
        quick_queues.inbox.take(quick_queues.incoming())
        quick_queues.clock.later(24 * 3600 + 1)
        (question,) = quick_queues.questions()
        replying.reply(question)
        (record,) = quick_queues.records.incoming()
        assert record.state is IncomingState.FAILED


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    owner = Owner(tmp_path / "owners", "web")
    yield owner
    owner.close()


def arrivals_of(queues: Queues, redis: Redis, folder: Path) -> StoredArrivals:
    spool = ArrivalSpool(folder / "spool", queues.seal)
    return StoredArrivals(queues.inbox, queues.receipts, Wake(redis), queues.figures, spool)


@pytest.fixture
def inline(
    quick_queues: Queues, answers: CannedAnswers, owner: Owner, redis: Redis, tmp_path: Path
) -> Iterator[Callable[..., InlineAnswers]]:
    """Makes what a gateway process has; ``other_way`` is whether an account to send with is set up."""
    made: list[InlineAnswers] = []

    def build(*, other_way: bool = True, settings: Settings = SETTINGS, own: Owner = owner) -> InlineAnswers:
        replying = Replying(
            quick_queues.inbox, answers, settings, quick_queues.figures, own.name, quick_queues.clock, lambda: 1.0
        )
        made.append(
            InlineAnswers(
                quick_queues.inbox,
                arrivals_of(quick_queues, redis, tmp_path),
                quick_queues.texts,
                replying,
                Wake(redis),
                quick_queues.figures,
                settings,
                own,
                other_way=other_way,
                clock=quick_queues.clock,
            )
        )
        return made[-1]

    yield build
    for one in made:
        one.close()


Inline = Callable[..., InlineAnswers]


class TestInTheResponse:
    @pytest.mark.parametrize("other_way", [True, False])
    def test_an_answer_that_is_ready_in_time_goes_into_the_response(
        self, quick_queues: Queues, inline: Inline, other_way: bool
    ) -> None:
        reply = inline(other_way=other_way).receive(quick_queues.incoming(body="khai sinh"))
        assert (reply.texts, reply.is_repeat) == (("Re: khai sinh",), False)
        (record,) = quick_queues.records.outgoing()
        assert (record.state, reply.references) == (OutgoingState.SENDING, (record.reference,))
        reply.handed()
        (record,) = quick_queues.records.outgoing()
        assert record.state is OutgoingState.HANDED
        assert quick_queues.claim() == []

    def test_an_answer_that_takes_longer_goes_through_the_outbox(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        released = threading.Event()

        def slow(message: IncomingMessage) -> Said:
            released.wait(20)
            return Said(("late",))

        answers.script = slow
        impatient = SETTINGS.model_copy(update={"sms_reply_in_webhook_seconds": 0.1})
        service = inline(settings=impatient)
        assert service.receive(quick_queues.incoming()).texts == ()
        released.set()
        service.close()
        (claimed,) = quick_queues.claim()
        assert claimed.message.text == "late"

    def test_with_no_patience_set_every_answer_goes_through_the_outbox(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        never = SETTINGS.model_copy(update={"sms_reply_in_webhook_seconds": 0.0})
        assert inline(settings=never).receive(quick_queues.incoming()).texts == ()
        assert answers.asked == []
        assert len(quick_queues.questions()) == 1

    def test_messages_beyond_those_that_may_wait_are_stored_without_waiting(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        released = threading.Event()

        def slow(message: IncomingMessage) -> Said:
            released.wait(20)
            return Said()

        answers.script = slow
        service = inline()
        with ThreadPoolExecutor(2) as threads:
            waiting = [
                threads.submit(service.receive, quick_queues.incoming(f"SM{n}", sender=f"+8490000010{n}"))
                for n in range(2)
            ]
            deadline = time.monotonic() + 10
            while len(answers.asked) < 2:
                assert time.monotonic() < deadline
                time.sleep(0.01)
            # Two of the four threads wait: the next message is for the worker.
            assert service.receive(quick_queues.incoming("SM9")).texts == ()
            (left,) = quick_queues.questions()
            assert left.message.sender == NUMBER
            released.set()
            assert [one.result().texts for one in waiting] == [("Can to khai.",)] * 2

    def test_a_second_message_of_the_same_person_waits_for_the_first(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        quick_queues.inbox.take(quick_queues.incoming("SM1"), quick_queues.lease("elsewhere"))
        assert inline().receive(quick_queues.incoming("SM2")).texts == ()
        assert answers.asked == []

    def test_a_core_that_is_away_leaves_the_message_to_the_worker(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        answers.script = fails_with(CoreUnavailable("away"))
        assert inline().receive(quick_queues.incoming()).texts == ()
        quick_queues.clock.later(2)
        assert len(quick_queues.questions("worker")) == 1

    def test_without_another_way_the_citizen_is_told_at_once(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers
    ) -> None:
        answers.script = fails_with(CoreUnavailable("away"))
        assert inline(other_way=False).receive(quick_queues.incoming()).texts == trouble_texts(SETTINGS)

    def test_a_repeat_gets_nothing_once_the_texts_are_handed_over(self, quick_queues: Queues, inline: Inline) -> None:
        service = inline(other_way=False)
        service.receive(quick_queues.incoming()).handed()
        again = service.receive(quick_queues.incoming())
        assert (again.texts, again.is_repeat) == ((), True)

    def test_with_another_way_a_repeat_gets_nothing_and_nothing_is_lost(
        self, quick_queues: Queues, inline: Inline
    ) -> None:
        service = inline()
        service.receive(quick_queues.incoming())
        assert service.receive(quick_queues.incoming()).texts == ()
        quick_queues.clock.later(LEASE_SECONDS + 1)
        quick_queues.upkeep.release(0.0, ())
        assert len(quick_queues.claim()) == 1


class TestKilledGateway:
    """A process is killed between the steps of answering in the response, with no other way out."""

    def killed(self, tmp_path: Path) -> Owner:
        return Owner(tmp_path / "owners", "web")

    def test_before_it_answered_the_repeat_is_answered(
        self, quick_queues: Queues, inline: Inline, tmp_path: Path
    ) -> None:
        dead = self.killed(tmp_path)
        quick_queues.inbox.take(quick_queues.incoming(body="khai sinh"), quick_queues.lease(dead.name))
        dead.close()
        reply = inline(other_way=False).receive(quick_queues.incoming())
        assert (reply.texts, reply.is_repeat) == (("Re: khai sinh",), True)

    def test_before_the_response_was_written_the_repeat_gets_the_same_texts(
        self, quick_queues: Queues, inline: Inline, answers: CannedAnswers, tmp_path: Path
    ) -> None:
        dead = self.killed(tmp_path)
        lost = inline(other_way=False, own=dead).receive(quick_queues.incoming())
        dead.close()
        again = inline(other_way=False).receive(quick_queues.incoming())
        assert (again.texts, again.references) == (lost.texts, lost.references)
        assert len(answers.asked) == 1

    def test_while_another_process_still_answers_the_provider_is_asked_to_come_again(
        self, quick_queues: Queues, inline: Inline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("channels.sms.answering.inline_answers.PROVIDER_SECONDS", 0.3)
        hasty = SETTINGS.model_copy(update={"turn_timeout": 0.3})
        quick_queues.inbox.take(quick_queues.incoming(), quick_queues.lease("elsewhere"))
        with pytest.raises(NotAnswered):
            inline(other_way=False, settings=hasty).receive(quick_queues.incoming())


class TestOwners:
    def test_a_living_process_is_not_gone(self, tmp_path: Path) -> None:
        one, two = Owner(tmp_path, "web"), Owner(tmp_path, "worker")
        assert one.gone() == two.gone() == ()
        two.close()
        assert one.gone() == (two.name,)
        one.forget(one.gone())
        assert one.gone() == ()
        one.close()

    def test_a_killed_process_is_gone(self, tmp_path: Path) -> None:
        program = (
            "import sys, time, pathlib\n"
            "from channels.sms.queue.lease_owners import Owner\n"
            "owner = Owner(pathlib.Path(sys.argv[1]), 'worker')\n"
            "print(owner.name, flush=True)\n"
            "time.sleep(600)\n"
        )
        process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        owner = Owner(tmp_path, "web")
        assert owner.gone() == ()
        process.kill()
        process.wait()
        assert owner.gone() == (name,)
        owner.close()
