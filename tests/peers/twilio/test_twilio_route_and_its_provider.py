"""The route and a provider that works, refuses, fails and lies."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta

import pytest

from channels.sms.providers.twilio import http
from channels.sms.providers.twilio.send import CONNECTIONS, TwilioRoute
from channels.sms.routes.messages import OutgoingMessage
from channels.sms.routes.route import Fault, SendFailed
from runtime import clock
from tests.peers.twilio.provider import ACCOUNT, NUMBER, TOKEN, Behaviour, Provider

CITIZEN = "+84900000123"
SERVICE = "MG" + "0" * 32


def message(reference: str = "ref1", **changes: object) -> OutgoingMessage:
    usual = {"recipient": CITIZEN, "text": "Can to khai.", "sender": NUMBER, "created_at": clock.now()}
    return OutgoingMessage(reference, **{**usual, **changes})  # type: ignore[arg-type]


async def fault_of(route: TwilioRoute, outgoing: OutgoingMessage) -> SendFailed:
    with pytest.raises(SendFailed) as failed:
        await route.send(outgoing)
    assert "900000" not in str(failed.value)
    return failed.value


class TestHandingOver:
    async def test_a_message_arrives_as_it_was_written(self, route: TwilioRoute, provider: Provider) -> None:
        handed = await route.send(message(text="Cần tờ khai & giấy chứng sinh; 100 % = đủ + xong?\n1. Có"))
        (taken,) = provider.messages.values()
        assert handed.provider_id == taken.sid
        assert handed.segments == 1
        assert (taken.to, taken.sender) == (CITIZEN, NUMBER)
        assert taken.body == "Cần tờ khai & giấy chứng sinh; 100 % = đủ + xong?\n1. Có"

    async def test_without_a_public_address_no_receipts_are_asked_for(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        await route.send(message())
        (taken,) = provider.messages.values()
        assert taken.callback is None
        assert taken.validity is None

    @pytest.mark.parametrize(("wanted", "given"), [(0, "1"), (60, "60"), (86_400, "36000")])
    async def test_a_message_lives_as_long_as_the_provider_allows(
        self, route: TwilioRoute, provider: Provider, wanted: int, given: str
    ) -> None:
        await route.send(message(valid_seconds=wanted))
        assert next(iter(provider.messages.values())).validity == given

    async def test_the_address_may_have_a_path(self, provider: Provider) -> None:
        route = TwilioRoute(ACCOUNT, TOKEN, api_url=f"{provider.url}/api/laml/", number=NUMBER)
        assert (await fault_of(route, message())).code == "20404"
        await route.close()

    async def test_the_environment_does_not_turn_messages_elsewhere(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name, value in [("EDGE", "sydney"), ("REGION", "au1"), ("ACCOUNT_SID", "ACx"), ("AUTH_TOKEN", "x")]:
            monkeypatch.setenv(f"TWILIO_{name}", value)
        route = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url, number=NUMBER)
        assert (await route.send(message())).provider_id in provider.messages
        await route.close()


class TestOurNumber:
    async def test_a_message_without_sender_goes_from_the_configured_number(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        await route.send(message(sender=None))
        assert next(iter(provider.messages.values())).sender == NUMBER

    async def test_a_messaging_service_chooses_the_number(self, provider: Provider) -> None:
        route = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url, number=SERVICE)
        handed = await route.send(message(sender=None))
        await route.close()
        (taken,) = provider.messages.values()
        assert (taken.service, taken.sender) == (SERVICE, "")
        assert handed.segments is None

    async def test_without_any_number_the_operator_is_told(self, provider: Provider) -> None:
        route = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url)
        failed = await fault_of(route, message(sender=None))
        await route.close()
        assert (failed.fault, failed.code) == (Fault.RETRYABLE, "no-sender")
        assert "MOTCUA_TWILIO_NUMBER" in failed.message

    async def test_a_number_of_another_route_is_replaced_and_not_tried_again(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        provider.numbers = frozenset({NUMBER})
        for reference in ("ref1", "ref2"):
            await route.send(message(reference, sender="+84900000888"))
        assert [taken.sender for taken in provider.messages.values()] == [NUMBER, NUMBER]
        assert provider.requests == 3

    @pytest.mark.parametrize("messenger", ["whatsapp", "rcs"])
    async def test_who_wrote_by_a_messenger_is_answered_there_and_nowhere_else(
        self, route: TwilioRoute, provider: Provider, messenger: str
    ) -> None:
        ours = f"{messenger}:+84900000888"
        sent = message(sender=ours)
        handed = await route.send(sent)
        assert provider.messages[handed.provider_id or ""].to == f"{messenger}:{sent.recipient}"
        provider.numbers = frozenset({NUMBER})
        fault = await fault_of(route, message("ref2", sender=ours))
        assert fault.fault is Fault.PERMANENT

    async def test_a_configured_number_the_provider_refuses_is_an_error(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        provider.numbers = frozenset({"+84900000777"})
        failed = await fault_of(route, message(sender=None))
        assert (failed.fault, failed.code) == (Fault.PERMANENT, "21606")


class TestRefusals:
    @pytest.mark.parametrize(
        ("changes", "code"),
        [({"recipient": "12"}, "21211"), ({"text": ""}, "21602"), ({"text": "x" * 1601}, "21617")],
    )
    async def test_a_message_the_provider_can_never_send_is_permanent(
        self, route: TwilioRoute, provider: Provider, changes: dict[str, str], code: str
    ) -> None:
        failed = await fault_of(route, message(**changes))
        assert (failed.fault, failed.code) == (Fault.PERMANENT, code)
        assert provider.messages == {}

    async def test_the_longest_message_is_taken(self, route: TwilioRoute, provider: Provider) -> None:
        await route.send(message(text="x" * 1600))
        assert len(provider.messages) == 1

    async def test_somebody_who_opted_out_at_the_provider_is_left_alone(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        provider.opted_out.add(CITIZEN)
        failed = await fault_of(route, message())
        assert (failed.fault, failed.code) == (Fault.PERMANENT, "21610")

    async def test_a_wrong_token_is_no_fault_of_the_message(self, provider: Provider) -> None:
        route = TwilioRoute(ACCOUNT, "wrong", api_url=provider.url, number=NUMBER)
        failed = await fault_of(route, message())
        await route.close()
        assert (failed.fault, failed.code) == (Fault.RETRYABLE, "20003")

    @pytest.mark.parametrize(
        ("behaviour", "fault", "code", "wait"),
        [
            (Behaviour("429", takes=False, retry_after="7", code=20429), Fault.THROTTLED, "20429", 7.0),
            (Behaviour("429", takes=False), Fault.THROTTLED, "http-429", None),
            (Behaviour("503", takes=False, retry_after="2.5"), Fault.RETRYABLE, "http-503", 2.5),
            (Behaviour("500", takes=False), Fault.UNSURE, "http-500", None),
            (Behaviour("500"), Fault.UNSURE, "http-500", None),
            (Behaviour("502"), Fault.UNSURE, "http-502", None),
            (Behaviour("302", takes=False), Fault.RETRYABLE, "http-302", None),
        ],
    )
    async def test_a_status_says_whether_the_message_may_have_been_taken(
        self,
        route: TwilioRoute,
        provider: Provider,
        behaviour: Behaviour,
        fault: Fault,
        code: str,
        wait: float | None,
    ) -> None:
        provider.behaviour = behaviour
        failed = await fault_of(route, message())
        assert (failed.fault, failed.code, failed.retry_after) == (fault, code, wait)


class TestBrokenConnections:
    async def test_nobody_there_means_nothing_was_taken(self) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            route = TwilioRoute(ACCOUNT, TOKEN, api_url=address, number=NUMBER)
            failed = await fault_of(route, message())
            await route.close()
        assert (failed.fault, failed.code) == (Fault.RETRYABLE, "no-connection")

    @pytest.mark.parametrize("behaviour", [Behaviour("drop"), Behaviour("drop", takes=False)])
    async def test_a_connection_that_breaks_leaves_it_open(
        self, route: TwilioRoute, provider: Provider, behaviour: Behaviour
    ) -> None:
        provider.behaviour = behaviour
        failed = await fault_of(route, message())
        assert (failed.fault, failed.code) == (Fault.UNSURE, "broken-connection")

    async def test_a_provider_that_says_nothing_is_given_up(
        self, provider: Provider, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(http, "READ_SECONDS", 0.2)
        route = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url, number=NUMBER)
        provider.behaviour = Behaviour("hang")
        failed = await fault_of(route, message())
        await route.close()
        assert (failed.fault, failed.code) == (Fault.UNSURE, "timeout")

    @pytest.mark.parametrize("answer", ["garbage", "other", "endless"])
    async def test_an_answer_that_is_no_message_leaves_it_open(
        self, route: TwilioRoute, provider: Provider, answer: str
    ) -> None:
        provider.behaviour = Behaviour(answer)
        failed = await fault_of(route, message())
        assert (failed.fault, failed.code) == (Fault.UNSURE, "unreadable-answer")

    async def test_the_route_works_again_after_every_trouble(self, route: TwilioRoute, provider: Provider) -> None:
        for answer in ("drop", "garbage", "endless", "500"):
            provider.behaviour = Behaviour(answer, times=1)
            await fault_of(route, message(answer))
        await route.send(message("after"))
        assert len(provider.messages) == 5


class TestLookUp:
    async def test_a_message_taken_before_the_connection_broke_is_found(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        provider.behaviour = Behaviour("drop", times=1)
        await fault_of(route, message())
        found = await route.look_up(message())
        assert found is not None
        assert found.provider_id in provider.messages

    async def test_a_message_that_was_not_taken_is_not_found(self, route: TwilioRoute, provider: Provider) -> None:
        provider.behaviour = Behaviour("drop", takes=False, times=1)
        await fault_of(route, message())
        assert await route.look_up(message()) is None

    @pytest.mark.parametrize(
        "changes",
        [{"text": "Khac."}, {"recipient": "+84900000124"}, {"created_at": clock.now() + timedelta(days=1)}],
    )
    async def test_another_message_is_not_taken_for_it(
        self, route: TwilioRoute, provider: Provider, changes: dict[str, object]
    ) -> None:
        provider.behaviour = Behaviour("drop", times=1)
        await fault_of(route, message())
        assert await route.look_up(message("ref2", **changes)) is None

    async def test_the_same_answer_given_twice_counts_twice(self, route: TwilioRoute, provider: Provider) -> None:
        """A citizen asks the same again: the first answer is no proof of the second."""
        await route.send(message("first"))
        provider.behaviour = Behaviour("drop", takes=False, times=1)
        await fault_of(route, message("second"))
        assert await route.look_up(message("second")) is None

    async def test_one_message_at_the_provider_is_one_of_two_equal_ones(
        self, route: TwilioRoute, provider: Provider
    ) -> None:
        provider.behaviour = Behaviour("drop", times=1)
        await fault_of(route, message("first"))
        provider.behaviour = Behaviour("drop", takes=False, times=1)
        await fault_of(route, message("second"))
        found = [await route.look_up(message(reference)) for reference in ("second", "first")]
        assert [one is not None for one in found] == [True, False]

    async def test_without_its_age_a_message_is_not_looked_up(self, route: TwilioRoute, provider: Provider) -> None:
        await route.look_up(message(created_at=None))
        assert await route.look_up(message(created_at=None)) is None

    @pytest.mark.parametrize("answer", ["500", "503", "429", "401", "drop", "garbage", "other"])
    async def test_while_the_provider_cannot_be_asked_the_question_stays_open(
        self, route: TwilioRoute, provider: Provider, answer: str
    ) -> None:
        provider.listing = Behaviour(answer)
        with pytest.raises(SendFailed) as failed:
            await route.look_up(message())
        assert failed.value.fault is not Fault.PERMANENT

    @pytest.mark.parametrize("answer", ["400", "403", "404", "405", "422"])
    async def test_a_provider_without_a_list_keeps_no_message_back(
        self, route: TwilioRoute, provider: Provider, answer: str
    ) -> None:
        provider.listing = Behaviour(answer)
        assert await route.look_up(message()) is None

    async def test_a_provider_that_is_away_is_no_proof(self, route: TwilioRoute, provider: Provider) -> None:
        await provider.stop()
        with pytest.raises(SendFailed):
            await route.look_up(message())
        await provider.start()


async def test_many_messages_at_once_go_over_few_connections(route: TwilioRoute, provider: Provider) -> None:
    references = [f"ref{number}" for number in range(300)]
    await asyncio.gather(*(route.send(message(reference, text=reference)) for reference in references))
    assert sorted(taken.body for taken in provider.messages.values()) == sorted(references)
    assert provider.open_connections <= CONNECTIONS


async def test_nothing_personal_is_logged(
    route: TwilioRoute, provider: Provider, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(0)
    provider.numbers = frozenset({NUMBER})
    await route.send(message(sender="+84900000888"))
    await route.look_up(message())
    provider.behaviour = Behaviour("drop", times=1)
    await fault_of(route, message())
    written = caplog.text + "".join(capfd.readouterr())
    assert "refuses the number" in written
    assert not [word for word in ("900000", "Can to khai", TOKEN) if word in written]
