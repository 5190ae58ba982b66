"""Whatever dies whenever: no message is lost, and none goes twice but where nobody can know, which is counted."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sms_engine_doubles import FAST, Queues

from channels.sms.delivery.retry_policy import UNSURE_WAIT, after_failure
from channels.sms.queue.leases import LEASE_SECONDS
from channels.sms.queue.queued import Claimed, HandedOver, Result, Room
from channels.sms.queue.states import IncomingState, OutgoingState
from channels.sms.routes.messages import Delivery, Receipt
from channels.sms.routes.route import Fault, SendFailed
from stores.database import Database

WORKERS = ("one", "two")


class Worker:
    """What a worker process holds in its memory, and loses when it is killed."""

    def __init__(self) -> None:
        self.claimed: list[Claimed] = []
        self.results: list[Result] = []


class CrashingSystem:
    """Two workers and a provider without idempotency; anything may stop between any two steps."""

    harmless = False
    """Whether the provider knows messages by their reference."""

    def __init__(self, file: Path) -> None:
        database = Database(f"sqlite:///{file}")
        self.queues = Queues(database)
        self.workers = {name: Worker() for name in WORKERS}
        self.arrived: Counter[str] = Counter()
        """What reached telephones, by reference."""
        self.added: set[str] = set()
        self.questions = 0
        self.held: dict[str, list[object]] = {name: [] for name in WORKERS}
        # Something to do from the first step on.
        for person in range(3):
            self.citizen_writes(person, again=False)
        self.claims_question("one")
        self.answers("one")
        self.exchanges("one", 1)

    def citizen_writes(self, person: int, again: bool) -> None:
        """A provider brings a message, perhaps for the second time."""
        self.questions += not again
        self.queues.inbox.take(self.queues.incoming(f"SM{max(self.questions, 1)}", sender=f"+8490000012{person}"))
        self.questions = max(self.questions, 1)

    def claims_question(self, name: str) -> None:
        self.held[name] += self.queues.questions(owner=name, most=1)

    def answers(self, name: str) -> None:
        while self.held[name]:
            question = self.held[name].pop()
            references = self.queues.inbox.settle(question, name, ["one", "two"])  # type: ignore[arg-type]
            self.added |= set(references or ())

    def exchanges(self, name: str, most: int) -> None:
        worker = self.workers[name]
        results, worker.results = worker.results, []
        exchange = self.queues.outbox.exchange(name, results, [Room("twilio", FAST, most)])
        worker.claimed += exchange.claimed

    def hands_over(self, name: str, fault: Fault | None, taken: bool) -> None:
        """One hand-over; an unsure one may have succeeded."""
        worker = self.workers[name]
        if not worker.claimed or fault is Fault.PERMANENT:
            return
        claimed = worker.claimed.pop()
        reference = claimed.message.reference
        if claimed.unsure and not self.harmless:
            self.queues.outbox.sent_again_unsure(claimed.id)
        if fault is None or (fault is Fault.UNSURE and taken):
            self.arrived[reference] = 1 if self.harmless else self.arrived[reference] + 1
        if fault is None:
            worker.results.append(HandedOver(claimed.id, f"P-{reference}"))
        else:
            worker.results.append(
                after_failure(
                    claimed,
                    SendFailed(fault, fault.value, "scripted"),
                    now=self.queues.clock(),
                    chance=0.0,
                    others=(),
                    repeats_harmless=self.harmless,
                    still_unsure=False,
                )
            )

    def is_killed(self, name: str) -> None:
        """Everything in its memory is gone, also messages the provider has taken a moment ago."""
        self.workers[name] = Worker()
        self.held[name] = []

    def is_killed_while_sending(self, name: str, taken: bool) -> None:
        if taken and self.workers[name].claimed:
            claimed = self.workers[name].claimed[-1]
            if claimed.unsure and not self.harmless:
                self.queues.outbox.sent_again_unsure(claimed.id)
            self.arrived[claimed.message.reference] = (
                1 if self.harmless else self.arrived[claimed.message.reference] + 1
            )
        self.is_killed(name)

    def receipts_come(self, delivery: Delivery) -> None:
        for reference in self.arrived:
            self.queues.receipts.record(Receipt("twilio", delivery, None, reference))

    def time_passes(self, seconds: float) -> None:
        for name, worker in self.workers.items():
            # The living renew their leases.
            if worker.claimed or worker.results or self.held[name]:
                self.queues.upkeep.renew(self.queues.lease(name))
                self.queues.inbox.renew(self.queues.lease(name))
        self.queues.clock.later(seconds)
        harmless = ("twilio",) if self.harmless else ()
        self.queues.inbox.release()
        self.queues.upkeep.release(UNSURE_WAIT, harmless)

    def nothing_goes_twice_uncounted(self) -> None:
        for reference, times in self.arrived.items():
            if times > 1:
                assert times - 1 <= self.queues.record(reference).maybe_twice

    def settle_everything(self) -> None:
        """All workers die, one new one does its work undisturbed: nothing may be left."""
        for name in WORKERS:
            self.is_killed(name)
        for _ in range(400):
            self.time_passes(LEASE_SECONDS + 1)
            self.claims_question("one")
            self.answers("one")
            self.exchanges("one", 3)
            while self.workers["one"].claimed:
                self.hands_over("one", None, True)
            self.exchanges("one", 1)
            while self.workers["one"].claimed:
                self.hands_over("one", None, True)
            if self.queues.records.waiting() == (0, 0):
                break
        self.exchanges("one", 3)
        for record in self.queues.records.incoming(limit=1_000):
            assert record.state is IncomingState.ANSWERED
            assert len(self.queues.records.answers(record.id)) == 2
        for sent in self.queues.records.outgoing(limit=1_000):
            assert sent.state in (OutgoingState.HANDED, OutgoingState.DELIVERED)
            assert self.arrived[sent.reference] >= 1
        assert {sent.reference for sent in self.queues.records.outgoing(limit=1_000)} >= self.added
        self.nothing_goes_twice_uncounted()
        if self.harmless:
            assert set(self.arrived.values()) <= {1}


class CrashingSystemWithIdempotency(CrashingSystem):
    """The same with a provider that knows a message by its reference."""

    harmless = True


STEPS = st.one_of(
    st.tuples(st.just("citizen_writes"), st.integers(0, 2), st.booleans()),
    st.tuples(st.sampled_from(["claims_question", "answers", "is_killed"]), st.sampled_from(WORKERS)),
    st.tuples(st.just("exchanges"), st.sampled_from(WORKERS), st.integers(1, 3)),
    st.tuples(st.just("exchanges"), st.sampled_from(WORKERS), st.integers(1, 3)),
    st.tuples(st.just("hands_over"), st.sampled_from(WORKERS), st.sampled_from([None, None, *Fault]), st.booleans()),
    st.tuples(st.just("is_killed_while_sending"), st.sampled_from(WORKERS), st.booleans()),
    st.tuples(st.just("receipts_come"), st.sampled_from([Delivery.HANDED, Delivery.DELIVERED])),
    st.tuples(st.just("time_passes"), st.sampled_from([1.0, UNSURE_WAIT, LEASE_SECONDS + 1])),
)


@pytest.mark.parametrize("kind", [CrashingSystem, CrashingSystemWithIdempotency])
def test_nothing_is_lost_and_nothing_goes_twice_uncounted(kind: type[CrashingSystem], migrated_file: Path) -> None:
    @settings(max_examples=20, deadline=None)
    @given(st.lists(STEPS, min_size=15, max_size=40))
    def live_through(steps: list[tuple[str, ...]]) -> None:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "crashes.db"
            shutil.copy(migrated_file, file)
            system = kind(file)
            for name, *details in steps:
                getattr(system, name)(*details)
                system.nothing_goes_twice_uncounted()
            system.settle_everything()
            system.queues.database.close()

    live_through()
