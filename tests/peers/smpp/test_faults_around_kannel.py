"""The gateway, Kannel and the line fail, one at a time; nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from kannel_boxes import SECRET, Gateway, Kannel, eventually
from smpp_centre import Centre

from channels.sms.providers.smpp.send import KannelRoute
from channels.sms.routes.messages import Delivery, OutgoingMessage, Receipt
from channels.sms.routes.route import Fault, SendFailed

PENDING = 10
"""``max-pending-submits``: so many messages are on their way to the operator without its answer."""


def message(number: int) -> OutgoingMessage:
    return OutgoingMessage(f"r{number}", "+84900000123", f"câu trả lời số {number}", sender="8079")


async def send_all(route: KannelRoute, count: int) -> list[str]:
    messages = [message(number) for number in range(count)]
    for outgoing in messages:
        await route.send(outgoing)
    return [outgoing.text for outgoing in messages]


def all_taken(gateway: Gateway, count: int) -> Callable[[], bool]:
    return lambda: len({told.reference for told in gateway.kept.receipts}) == count


class TestQuestions:
    def test_they_wait_while_the_gateway_is_away(self, centre: Centre, gateway: Gateway, kannel: Kannel) -> None:
        gateway.stop()
        texts = [f"câu hỏi {number}" for number in range(3)]
        for text in texts:
            centre.deliver_text(text)
        gateway.start()
        eventually(lambda: len(gateway.kept.messages) == 3, "every question was brought")
        assert sorted(kept.body for kept in gateway.kept.messages) == texts

    def test_they_wait_while_the_password_is_wrong(self, centre: Centre, gateway: Gateway, kannel: Kannel) -> None:
        gateway.stop()
        gateway.start(secret="another-secret-of-the-tests")
        centre.deliver_text("câu hỏi")
        eventually(lambda: gateway.refused, "Kannel was refused")
        assert gateway.kept.messages == []
        gateway.stop()
        gateway.start(SECRET)
        eventually(lambda: gateway.kept.messages, "the question was brought")

    def test_they_wait_while_the_store_is_out_of_order(self, centre: Centre, gateway: Gateway, kannel: Kannel) -> None:
        gateway.kept.broken = True
        centre.deliver_text("câu hỏi")
        eventually(lambda: gateway.refused, "the gateway failed")
        gateway.kept.broken = False
        eventually(lambda: gateway.kept.messages, "the question was brought again")
        assert len(gateway.kept.messages) == 1

    def test_one_whose_answer_was_lost_is_brought_again_under_its_id(
        self, centre: Centre, gateway: Gateway, kannel: Kannel
    ) -> None:
        gateway.lost_answers = 2
        centre.deliver_text("câu hỏi")
        eventually(lambda: gateway.kept.repeats == 2, "it was brought three times")
        assert [kept.body for kept in gateway.kept.messages] == ["câu hỏi"]
        assert centre.arrived() == []


class TestAnswers:
    async def test_a_line_that_breaks_in_the_middle_loses_none(
        self, centre: Centre, gateway: Gateway, route: KannelRoute
    ) -> None:
        centre.behave(hold_ms=100)
        texts = await send_all(route, 15)
        centre.drop()
        texts += [outgoing.text for outgoing in [message(number) for number in range(15, 30)]]
        for number in range(15, 30):
            await route.send(message(number))
        eventually(all_taken(gateway, 30), "the operator took every answer")
        times = {text: centre.times(text) for text in texts}
        assert all(times.values()), times
        # What was on its way without an answer, and nothing else, goes out a second time.
        assert sum(count - 1 for count in times.values()) <= PENDING

    async def test_a_line_that_falls_silent_is_cut_and_made_anew(
        self, centre: Centre, gateway: Gateway, route: KannelRoute
    ) -> None:
        centre.behave(silent=True)
        texts = await send_all(route, 5)
        before = centre.binds
        eventually(lambda: centre.binds > before, "the silent line was cut")
        assert centre.arrived() == []
        centre.behave(silent=False)
        eventually(all_taken(gateway, 5), "the operator took every answer")
        assert [centre.times(text) for text in texts] == [1] * 5

    async def test_one_the_operator_forgets_is_sent_again(
        self, centre: Centre, gateway: Gateway, route: KannelRoute
    ) -> None:
        centre.behave(forget=1)
        texts = await send_all(route, 3)
        eventually(all_taken(gateway, 3), "the operator took every answer")
        assert [centre.times(text) for text in texts] == [1] * 3

    async def test_a_killed_bearerbox_goes_on_with_what_it_had_taken(
        self, centre: Centre, gateway: Gateway, kannel: Kannel, route: KannelRoute
    ) -> None:
        centre.behave(silent=True)
        texts = await send_all(route, 20)
        assert kannel.waiting() == 20
        kannel.kill("bearerbox")
        centre.behave(silent=False)
        kannel.start_box("bearerbox")
        eventually(all_taken(gateway, 20), "the operator took every answer")
        assert [centre.times(text) for text in texts] == [1] * 20
        eventually(lambda: kannel.waiting() == 0, "nothing is left to send")

    async def test_receipts_find_their_message_after_a_restart(
        self, centre: Centre, gateway: Gateway, kannel: Kannel, route: KannelRoute
    ) -> None:
        await send_all(route, 1)
        eventually(all_taken(gateway, 1), "the operator took it")
        (arrived,) = centre.arrived()
        gateway.kept.receipts.clear()
        kannel.kill("bearerbox")
        eventually(lambda: centre.bound == 0, "the line is gone")
        kannel.start_box("bearerbox")
        kannel.wait()
        centre.report(arrived.id, "DELIVRD", 0)
        eventually(lambda: gateway.kept.receipts, "the receipt came back")
        assert gateway.kept.receipts == [Receipt("smpp", Delivery.DELIVERED, arrived.id, "r0")]

    async def test_while_kannel_is_away_they_are_surely_not_taken(self, centre: Centre, kannel: Kannel) -> None:
        route = kannel.route()
        kannel.kill("smsbox")
        with pytest.raises(SendFailed) as caught:
            await route.send(message(1))
        assert (caught.value.fault, caught.value.code) == (Fault.RETRYABLE, "unreachable")
        kannel.start_box("smsbox")
        kannel.wait()
        await route.send(message(1))
        eventually(lambda: centre.times(message(1).text) == 1, "it was sent after all")
        await route.close()

    async def test_while_the_line_is_down_only_so_many_pile_up(
        self, centre: Centre, gateway: Gateway, start_kannel: Callable[..., Kannel]
    ) -> None:
        kannel = start_kannel(queue=3)
        route = kannel.route()
        centre.behave(closed=True)
        centre.drop()
        eventually(lambda: centre.bound == 0, "the line is gone")
        texts = await send_all(route, 3)
        with pytest.raises(SendFailed) as caught:
            await route.send(message(99))
        assert (caught.value.fault, caught.value.code) == (Fault.RETRYABLE, "queue_full")
        centre.behave(closed=False)
        eventually(all_taken(gateway, 3), "the operator took what had waited")
        assert [centre.times(text) for text in texts] == [1] * 3
        assert centre.times(message(99).text) == 0
        await route.close()
