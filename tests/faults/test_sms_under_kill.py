"""kill -9 in the middle of a thousand conversations: everybody is answered, and nobody twice without our knowing.

Real processes throughout: ``motcua up`` with its own store, signed webhooks that are tried again as the provider does,
and a provider that remembers what it has taken. MOTCUA_TEST_CITIZENS makes the runs shorter.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import httpx
import pytest
from running_system import RunningSystem
from sms_citizens import Citizen, MessagesFromProvider, citizens
from sms_town import Town, how_many
from town_books import Rows, is_whole, kill, processes, wait_for, wait_until_settled
from twilio.request_validator import RequestValidator

from channels.sms.queue.states import IncomingState, OutgoingState
from cli.processes import MODULES

pytestmark = pytest.mark.xdist_group("one-at-a-time")


def kill_gunicorn_worker(town: Town) -> None:
    kill(processes(town.system, MODULES["web"])[1:])


def kill_gateway(town: Town) -> None:
    """Arbiter and worker."""
    kill(processes(town.system, MODULES["web"]))


def kill_core(town: Town) -> None:
    kill(processes(town.system, MODULES["core"]))


def kill_worker(town: Town) -> None:
    kill(processes(town.system, MODULES["worker"]))


def kill_store(town: Town) -> None:
    kill(processes(town.system, "valkey"))


def break_connections(town: Town) -> None:
    town.provider.reset_connections()


def kill_provider(town: Town) -> None:
    town.provider.kill()
    time.sleep(1.0)  # what a provider that is started again takes; requests meanwhile are refused
    town.provider.start()


FAULTS: tuple[Callable[[Town], None], ...] = (
    kill_worker,
    kill_gunicorn_worker,
    kill_core,
    kill_gateway,
    kill_store,
    break_connections,
    kill_provider,
)
"""In the order they happen, spread over the run: what one has broken may still be coming back when the next breaks."""


@pytest.fixture(scope="module")
def expected(town: Town) -> dict[str, list[str]]:
    """What a citizen gets for each question when nothing breaks."""
    first = citizens(9, 8)
    nobody_gets_texts_in_responses(town, first, lambda _: None)
    wait_until_settled(town.system)
    taken = town.provider.taken()
    answers = {citizen.question: taken[citizen.phone] for citizen in first}
    assert all(answers.values())
    assert len({tuple(texts) for texts in answers.values()}) == len(first)
    return answers


def nobody_gets_texts_in_responses(
    town: Town, people: Sequence[Citizen], meanwhile: Callable[[MessagesFromProvider], None]
) -> MessagesFromProvider:
    """Bring all messages, and do something beside it."""
    bringing = MessagesFromProvider(town.system.url, town.system.token)
    inline: list[str] = []

    async def both() -> None:
        await asyncio.gather(
            bringing.bring(people, lambda _, texts: inline.extend(texts)), asyncio.to_thread(meanwhile, bringing)
        )

    asyncio.run(both())
    assert inline == []
    return bringing


WITHOUT_PAGES = 0.1
"""Share of citizens who may be answered while the store, which keeps next pages, is being killed."""


def test_everybody_is_answered_whatever_is_killed(town: Town, expected: dict[str, list[str]]) -> None:
    people = citizens(1, how_many(1200))
    before, started = Rows.of(town.system), town.provider.taken()

    def is_reached(bringing: MessagesFromProvider, share: int) -> bool:
        answered = town.provider.figures()["taken"] - sum(map(len, started.values()))
        return bringing.progress.accepted >= share and answered >= share // 2

    def break_everything(bringing: MessagesFromProvider) -> None:
        share = len(people) // (len(FAULTS) + 1)
        for number, fault in enumerate(FAULTS, start=1):
            wait_for(partial(is_reached, bringing, number * share), often=0.02)
            fault(town)

    nobody_gets_texts_in_responses(town, people, break_everything)
    wait_until_settled(town.system)

    taken = town.provider.taken()
    # Each text once, in the order it came first.
    told = {citizen: list(dict.fromkeys(taken[citizen.phone])) for citizen in people}
    others = {citizen: texts for citizen, texts in told.items() if texts != expected[citizen.question]}
    assert [texts for citizen, texts in others.items() if not is_whole(texts, expected[citizen.question])] == []
    assert len(others) <= WITHOUT_PAGES * len(people)
    texts = sum(map(len, told.values()))
    twice = sum(len(taken[citizen.phone]) for citizen in people) - texts
    after = Rows.of(town.system)
    assert after.incoming - before.incoming == Counter({IncomingState.ANSWERED: len(people)})
    assert after.outgoing - before.outgoing == Counter({OutgoingState.HANDED: texts})
    assert twice <= len(FAULTS)
    assert twice <= after.maybe_twice - before.maybe_twice


TROUBLES: tuple[dict[str, object], ...] = (
    {"answer": "429", "takes": False, "code": 20429, "retry_after": "1"},
    {"answer": "500", "takes": False},
    {"answer": "500", "takes": True},
    {"answer": "hang", "takes": False},
    {"answer": "hang", "takes": True},
    {"answer": "drop", "takes": True},
    {"answer": "garbage", "takes": True},
    {"answer": "other", "takes": False},
    {"answer": "endless", "takes": True},
    {"receipts_first": ("sent", "delivered")},
    {"receipts": ("delivered", "sent", "delivered")},
    {"receipts": ("nonsense", "undelivered", "delivered")},
    {"answer": "drop", "takes": True, "receipts_first": ("delivered",)},
)
EACH = 2
DELIVERED = EACH * sum("delivered" in str(trouble) for trouble in TROUBLES)


def test_a_provider_that_fails_in_every_way_loses_nobody_an_answer(town: Town, expected: dict[str, list[str]]) -> None:
    people = citizens(6, 60)
    before = Rows.of(town.system)
    town.provider.behave([dict(trouble) for trouble in TROUBLES for _ in range(EACH)])

    def report_nonsense(_: MessagesFromProvider) -> None:
        for fields in ({}, {"MessageSid": "SM" + "f" * 32, "MessageStatus": "delivered"}, {"MessageStatus": "sent"}):
            assert wrong_receipt(town, fields, TOKEN_OF_OTHERS) == 403
            assert wrong_receipt(town, fields, town.system.token) in (204, 400)

    nobody_gets_texts_in_responses(town, people, report_nonsense)
    wait_until_settled(town.system)

    # Some receipts come after the answer to our request.
    wait_for(lambda: (Rows.of(town.system).outgoing - before.outgoing)[OutgoingState.DELIVERED] >= DELIVERED)
    taken, after = town.provider.taken(), Rows.of(town.system)
    assert town.provider.figures()["behaviours_ahead"] == 0
    for citizen in people:
        assert taken[citizen.phone] == expected[citizen.question]
    assert after.incoming - before.incoming == Counter({IncomingState.ANSWERED: len(people)})
    ended = after.outgoing - before.outgoing
    assert set(ended) == {OutgoingState.HANDED, OutgoingState.DELIVERED}
    assert ended.total() == sum(len(expected[citizen.question]) for citizen in people)


TOKEN_OF_OTHERS = "somebody else's token"


def wrong_receipt(town: Town, fields: dict[str, str], token: str) -> int:
    """The answer to a receipt about a message that is none of ours."""
    address = f"{town.system.url}/sms/twilio/status?message={secrets.token_hex(16)}"
    signature = RequestValidator(token).compute_signature(address, fields)
    response = httpx.post(address, data=fields, headers={"X-Twilio-Signature": signature}, timeout=20, trust_env=False)
    return response.status_code


INLINE_IN_FLIGHT = 8


def test_answers_in_responses_survive_a_killed_gateway(inline_system: RunningSystem) -> None:
    people = citizens(7, how_many(400))
    got: dict[Citizen, list[str]] = {}
    bringing = MessagesFromProvider(inline_system.url, inline_system.token)

    def kill_twice() -> None:
        wait_for(lambda: bringing.progress.accepted >= len(people) // 3, often=0.02)
        kill(processes(inline_system, MODULES["web"])[1:])
        wait_for(lambda: bringing.progress.accepted >= len(people) * 2 // 3, often=0.02)
        kill(processes(inline_system, MODULES["web"]))

    async def both() -> None:
        await asyncio.gather(bringing.bring(people, got.__setitem__, INLINE_IN_FLIGHT), asyncio.to_thread(kill_twice))

    asyncio.run(both())
    by_question: dict[str, set[tuple[str, ...]]] = {}
    for citizen, texts in got.items():
        by_question.setdefault(citizen.question, set()).add(tuple(texts))
    assert [len(texts) for texts in by_question.values()] == [1] * len(by_question), "somebody got another answer"
    assert all(all(texts) and texts for (texts,) in by_question.values()), "somebody got an empty answer"
    rows = Rows.of(inline_system)
    assert rows.incoming == Counter({IncomingState.ANSWERED: len(people)})
    # What had left with the response when the process died, nobody could mark any more, and nobody comes again.
    unmarked = rows.outgoing.total() - rows.outgoing[OutgoingState.HANDED]
    assert unmarked <= 2 * INLINE_IN_FLIGHT
