"""The SMPP link against a message centre that speaks the protocol: out, in, broken, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from kept_arrivals import KeptArrivals
from message_centre import DELIVER, ENQUIRE, NACK, RESPONSE, UNBIND, Centre, delivery, running, tlv
from running_system import ROOT, without_settings
from sqlalchemy import func, select

from channels.sms.providers import registry
from channels.sms.providers.smpp_link import parts as part_store
from channels.sms.providers.smpp_link import send, session
from channels.sms.providers.smpp_link.address import LinkAddress
from channels.sms.providers.smpp_link.parts import PartStore
from channels.sms.providers.smpp_link.send import SmppLinkRoute
from channels.sms.queue.tables import incoming
from channels.sms.routes.messages import Delivery, OutgoingMessage
from channels.sms.routes.route import Fault, Limits, SendFailed
from runtime import clock
from runtime.settings import Settings
from stores.database import Database
from stores.sealing import Seal

SECRET = "a secret of the tests"
CITIZEN = "+84900000123"
LONG = "Làm giấy khai sinh cần tờ khai và giấy chứng sinh. " * 6


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Broken links are tried again at once."""
    monkeypatch.setattr(send.BACKOFF.__class__, "pause", lambda *_: 0.02)


Test = Callable[[Centre, SmppLinkRoute, KeptArrivals], Awaitable[None]]


@pytest.fixture
def on_a_line(tmp_path: Path) -> Callable[..., None]:
    """Runs a test with a centre, a route that runs, and what it brought."""

    def run(test: Test, centre: Centre | None = None, **address: Any) -> None:
        async def whole() -> None:
            async with running(centre or Centre()) as there, route(there, tmp_path, **address) as (link, arrivals):
                await test(there, link, arrivals)

        asyncio.run(whole())

    return run


@contextlib.asynccontextmanager
async def route(
    centre: Centre, folder: Path, *, wait: bool = True, **changes: Any
) -> AsyncIterator[tuple[SmppLinkRoute, KeptArrivals]]:
    address = LinkAddress(
        **{"host": "127.0.0.1", "port": centre.port, "system_id": "motcua", "password": "secret", **changes}
    )
    limits = Limits(100.0, address.window * address.binds, 459, idempotent=False)
    link = SmppLinkRoute((address,), limits, PartStore(folder / "parts", Seal(SECRET.encode())), clock.now)
    arrivals = KeptArrivals()
    task = asyncio.create_task(link.run(arrivals))
    try:
        if wait:
            await centre.until(lambda: centre.binds == address.binds)
            await centre.until(lambda: all(one.is_bound for one in link._sessions))
        yield link, arrivals
    finally:
        await link.close()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


def message(text: str = "Can to khai.", **changes: Any) -> OutgoingMessage:
    return OutgoingMessage(**{"reference": "r1", "recipient": CITIZEN, "text": text, "sender": "8088", **changes})


def test_a_message_goes_out_with_a_receipt_asked_for(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, link: SmppLinkRoute, _: KeptArrivals) -> None:
        handed = await link.send(message(valid_seconds=3600))
        assert (handed.provider_id, handed.segments) == ("1A", 1)
        (sent,) = centre.submitted
        assert (sent.to, sent.ton, sent.source, sent.registered) == ("84900000123", 1, "8088", 1)
        assert (sent.octets, sent.coding, sent.validity) == (b"Can to khai.", 0, "000000010000000R")

    on_a_line(test)


def test_a_long_message_goes_in_parts_and_the_last_ones_receipt_counts(on_a_line: Callable[..., None]) -> None:
    ids = iter(["A1", "A2", "A3", "A4", "A5"])

    async def test(centre: Centre, link: SmppLinkRoute, arrivals: KeptArrivals) -> None:
        handed = await link.send(message(LONG))
        count = len(centre.submitted)
        assert handed.segments == count > 1
        assert handed.provider_id == f"A{count}"
        assert all(sent.esm_class & 0x40 and len(sent.octets) <= 140 for sent in centre.submitted)
        centre.deliver(delivery(b"id:A1 stat:DELIVRD err:000", esm_class=4))
        centre.deliver(delivery(b"id:A1 stat:UNDELIV err:011", esm_class=4))
        centre.deliver(delivery(f"id:A{count} stat:DELIVRD err:000".encode(), esm_class=4))
        await centre.until(lambda: not centre.waiting)
        assert [(one.provider_id, one.delivery) for one in arrivals.receipts] == [
            (f"A{count}", Delivery.FAILED),
            (f"A{count}", Delivery.DELIVERED),
        ]

    on_a_line(test, Centre(answer=lambda _: (0, next(ids))))


@pytest.mark.parametrize(
    ("status", "fault"), [(0x58, Fault.THROTTLED), (0x0B, Fault.PERMANENT), (0x08, Fault.RETRYABLE)]
)
def test_a_refusal_has_its_meaning(on_a_line: Callable[..., None], status: int, fault: Fault) -> None:
    async def test(_: Centre, link: SmppLinkRoute, __: KeptArrivals) -> None:
        with pytest.raises(SendFailed) as failed:
            await link.send(message())
        assert failed.value.fault is fault

    on_a_line(test, Centre(answer=lambda _: (status, "")))


def test_a_link_that_breaks_before_the_answer_leaves_a_doubt_and_is_bound_again(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, link: SmppLinkRoute, _: KeptArrivals) -> None:
        sending = asyncio.create_task(link.send(message()))
        await centre.until(lambda: centre.submitted)
        centre.cut()
        with pytest.raises(SendFailed) as failed:
            await sending
        assert failed.value.fault is Fault.UNSURE
        await centre.until(lambda: centre.binds == 2)
        centre.answer = lambda _: (0, "2B")
        await centre.until(lambda: link._sessions[0].is_bound)
        assert (await link.send(message())).provider_id == "2B"

    on_a_line(test, Centre(answer=lambda _: None))


def test_a_wrong_password_sends_nothing_and_says_so(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, link: SmppLinkRoute, _: KeptArrivals) -> None:
        with pytest.raises(SendFailed) as failed:
            await link.send(message())
        assert (failed.value.fault, failed.value.code) == (Fault.RETRYABLE, "not_bound")
        assert centre.submitted == []

    on_a_line(test, wait=False, password="wrong")


def test_a_citizens_message_is_answered_when_it_is_stored_and_comes_again_when_not(
    on_a_line: Callable[..., None],
) -> None:
    async def test(centre: Centre, _: SmppLinkRoute, arrivals: KeptArrivals) -> None:
        arrivals.broken = True
        centre.deliver(delivery("tạm trú cần gì".encode("utf-16-be"), coding=8))
        await centre.until(lambda: centre.answered)
        assert centre.answered == [(DELIVER | RESPONSE, session.TEMPORARY)]
        assert centre.waiting
        arrivals.broken = False
        centre.cut()
        await centre.until(lambda: not centre.waiting)
        (stored,) = arrivals.messages
        assert (stored.sender, stored.recipient, stored.body) == (CITIZEN, "8088", "tạm trú cần gì")

    on_a_line(test)


def test_parts_in_any_order_become_one_message_each_confirmed_alone(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, _: SmppLinkRoute, arrivals: KeptArrivals) -> None:
        for number, words in ((2, b"can gi"), (1, b"tam tru ")):
            centre.deliver(delivery(bytes([5, 0, 3, 9, 2, number]) + words, esm_class=0x40))
        await centre.until(lambda: not centre.waiting)
        first = tlv(0x020C, b"\x00\x05") + tlv(0x020E, b"\x02") + tlv(0x020F, b"\x01")
        second = tlv(0x020C, b"\x00\x05") + tlv(0x020E, b"\x02") + tlv(0x020F, b"\x02")
        centre.deliver(delivery(b"khai ", tlvs=first))
        centre.deliver(delivery(b"sinh", tlvs=second))
        await centre.until(lambda: not centre.waiting)
        assert [one.body for one in arrivals.messages] == ["tam tru can gi"]

    # Without ids of their own the kept ones are one; only the first counts here.
    on_a_line(test)


def test_a_part_that_never_comes_leaves_a_gap_and_loses_nothing(
    on_a_line: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(part_store, "WAIT_SECONDS", -1.0)
    monkeypatch.setattr(send, "SWEEP_SECONDS", 0.05)

    async def test(centre: Centre, _: SmppLinkRoute, arrivals: KeptArrivals) -> None:
        centre.deliver(delivery(bytes([5, 0, 3, 9, 2, 2]) + b"can gi", esm_class=0x40))
        await centre.until(lambda: arrivals.messages)
        assert arrivals.messages[0].body == "…can gi"
        await centre.until(lambda: not list((tmp_path / "parts").iterdir()))

    on_a_line(test)


def test_a_text_in_message_payload_and_unknown_tlvs_are_read(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, _: SmppLinkRoute, arrivals: KeptArrivals) -> None:
        centre.deliver(delivery(b"", tlvs=tlv(0x1400, b"x") + tlv(0x0424, b"khai sinh")))
        await centre.until(lambda: arrivals.messages)
        assert arrivals.messages[0].body == "khai sinh"
        centre.deliver(delivery(b"", esm_class=4, tlvs=tlv(0x001E, b"1f2e\0") + tlv(0x0427, b"\x02")))
        await centre.until(lambda: arrivals.receipts)
        assert (arrivals.receipts[0].provider_id, arrivals.receipts[0].delivery) == ("1f2e", Delivery.DELIVERED)

    on_a_line(test)


def test_enquiries_are_answered_unknown_requests_refused_and_unbind_obeyed(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, _: SmppLinkRoute, __: KeptArrivals) -> None:
        centre.request(ENQUIRE)
        centre.request(0x0102)
        await centre.until(lambda: len(centre.answered) == 2)
        assert centre.answered == [(ENQUIRE | RESPONSE, 0), (NACK, 3)]
        centre.request(UNBIND)
        await centre.until(lambda: centre.binds == 2)

    on_a_line(test)


def test_what_is_no_smpp_ends_the_link_and_another_is_bound(on_a_line: Callable[..., None]) -> None:
    async def test(centre: Centre, _: SmppLinkRoute, __: KeptArrivals) -> None:
        centre.send_raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await centre.until(lambda: centre.binds == 2)

    on_a_line(test)


def test_a_silent_operator_is_left(on_a_line: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ENQUIRE_SECONDS", 0.05)
    monkeypatch.setattr(session, "ENQUIRE_ANSWER_SECONDS", 0.05)

    async def test(centre: Centre, _: SmppLinkRoute, __: KeptArrivals) -> None:
        monkeypatch.setattr(Centre, "_send", lambda *args, **named: None)
        await asyncio.sleep(0.3)
        monkeypatch.undo()
        await centre.until(lambda: centre.binds >= 2)

    on_a_line(test)


def test_answers_leave_by_the_link_their_number_belongs_to(tmp_path: Path) -> None:
    async def whole() -> None:
        async with running(Centre()) as one, running(Centre()) as other:
            addresses = tuple(
                LinkAddress("127.0.0.1", centre.port, "motcua", "secret", number=number)
                for centre, number in ((one, "8088"), (other, "8099"))
            )
            link = SmppLinkRoute(
                addresses, Limits(100.0, 20, 459, False), PartStore(tmp_path, Seal(SECRET.encode())), clock.now
            )
            task = asyncio.create_task(link.run(KeptArrivals()))
            await one.until(lambda: all(each.is_bound for each in link._sessions))
            await link.send(message(sender="8099"))
            assert (len(one.submitted), len(other.submitted)) == (0, 1)
            await other.stop()
            await one.until(lambda: not link._sessions[1].is_bound)
            with pytest.raises(SendFailed):
                await link.send(message(sender="8099"))
            await link.close()
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await other.start()

    asyncio.run(whole())


WORKER = """
import asyncio, sys
from pathlib import Path
from installation.root import Installation
from installation.channels import ChannelStores
from channels.sms.providers import registry
from runtime.settings import load
async def main():
    settings = load()
    here = Installation(settings).alone()
    here.make_tables()
    sms = ChannelStores(here, "worker").sms
    routes = await registry.connect(settings, here.seal, here.now)
    await routes["smpp_link"].run(sms.arrivals)
asyncio.run(main())
"""


async def until_bound(centre: Centre, before: int) -> None:
    await centre.until(lambda: centre.binds > before, seconds=60)


async def until_answered(centre: Centre, count: int) -> None:
    await centre.until(lambda: len(centre.answered) >= count, seconds=60)


def test_no_message_confirmed_to_the_operator_is_lost_when_the_worker_is_killed(tmp_path: Path) -> None:
    settings = {
        "PYTHONPATH": str(ROOT),
        "MOTCUA_DATA_DIR": str(tmp_path),
        "MOTCUA_SECRET_KEY": SECRET,
        "MOTCUA_REDIS_URL": f"unix://{tmp_path}/none",
        "MOTCUA_LOG_LEVEL": "ERROR",
    }

    async def whole() -> int:
        async with running(Centre()) as centre:
            settings["MOTCUA_SMPP_URL"] = f"smpp://motcua:secret@127.0.0.1:{centre.port}"
            environment = {**without_settings(), **settings}
            for start in range(3):
                process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, cwd=ROOT, env=environment)
                await until_bound(centre, start)
                for number in range(30 * start, 30 * start + 30):
                    centre.deliver(delivery(f"cau hoi so {number}".encode(), sender=f"84900{number:06d}"))
                await until_answered(centre, len(centre.answered) + 5)
                os.kill(process.pid, signal.SIGKILL)
                await process.wait()
            process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, cwd=ROOT, env=environment)
            await centre.until(lambda: not centre.waiting, seconds=60)
            os.kill(process.pid, signal.SIGKILL)
            await process.wait()
            return 90

    sent = asyncio.run(whole())
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    with database.reading() as reading:
        rows = reading.scalar(select(func.count()).select_from(incoming))
        people = reading.scalar(select(func.count(incoming.c.person.distinct())))
    database.close()
    assert (rows, people) == (sent, sent)


def test_named_links_are_routes_of_their_own_and_a_receipt_is_for_the_one_it_came_by(tmp_path: Path) -> None:
    async def whole() -> None:
        async with running(Centre()) as one, running(Centre()) as other:
            urls = [
                f"smpp://motcua:secret@127.0.0.1:{centre.port}?name={name}&number={number}&day=5"
                for name, centre, number in (("one", one, "8088"), ("two", other, "8099"))
            ]
            settings = Settings(data_dir=tmp_path, smpp_url=" ".join(urls))
            routes = await registry.connect(settings, Seal(SECRET.encode()), clock.now)
            arrivals = KeptArrivals()
            tasks = [asyncio.create_task(link.run(arrivals)) for link in routes.values()]
            await one.until(lambda: one.binds and other.binds)
            await one.until(lambda: all(each.is_bound for link in routes.values() for each in link._sessions))
            for name, centre, number in (("smpp_link_one", one, "8088"), ("smpp_link_two", other, "8099")):
                await routes[name].send(message(sender=number))
                assert [sent.source for sent in centre.submitted] == [number]
                assert routes[name].limits.per_day == 5
            # Both centres count alike; the same id means another message at each.
            other.deliver(delivery(b"id:1A stat:DELIVRD err:000", esm_class=4))
            one.deliver(delivery(b"xin chao", to="8088"))
            await one.until(lambda: arrivals.receipts and arrivals.messages)
            assert [(one.route, one.provider_id) for one in arrivals.receipts] == [("smpp_link_two", "1A")]
            assert [(one.route, one.recipient) for one in arrivals.messages] == [("smpp_link_one", "8088")]
            await asyncio.gather(*(link.close() for link in routes.values()))
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(whole())
