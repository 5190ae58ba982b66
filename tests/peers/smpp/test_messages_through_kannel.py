"""Messages and receipts through Kannel and back, with the files in deploy/kannel."""

from __future__ import annotations

import asyncio

import pytest
from kannel_boxes import Gateway, Kannel, eventually
from smpp_centre import CODING, USER_DATA_HEADER, Centre, to_bytes

from channels.rendering.segments import Encoding, size
from channels.sms.providers.smpp.send import KannelRoute
from channels.sms.routes.messages import Delivery, Handed, OutgoingMessage, Receipt
from channels.sms.routes.route import Fault, SendFailed
from runtime import clock

VILLAGER = "+84900000123"
QUESTION = "Tôi muốn làm giấy khai sinh cho cháu, cần những giấy tờ gì? 😀"
LONG_QUESTION = "Nhà tôi ở xã, vợ mới sinh cháu hôm qua mà chưa đăng ký kết hôn. " * 4
ANSWER = (
    "Đăng ký khai sinh: tờ khai, giấy chứng sinh, giấy tờ của cha mẹ. Không mất phí. Nộp tại UBND xã. "
    "Nhận trong ngày; sau 15 giờ thì ngày hôm sau. Soạn 1 để xem tiếp."
)


def message(reference: str, text: str) -> OutgoingMessage:
    return OutgoingMessage(reference=reference, recipient=VILLAGER, text=text, sender="8079")


def in_parts(text: str) -> list[str]:
    return [text[start : start + 60] for start in range(0, len(text), 60)]


def test_a_question_in_any_shape_arrives_once_and_letter_for_letter(
    centre: Centre, gateway: Gateway, kannel: Kannel
) -> None:
    plain = "lam giay khai sinh [2] @ 5€ {a}"
    centre.deliver_text(plain)
    centre.deliver_text(QUESTION)
    ucs2 = CODING[Encoding.UCS2]
    centre.deliver(b"", ucs2, message_payload_hex=to_bytes(LONG_QUESTION + "1", Encoding.UCS2).hex())
    parts = in_parts(LONG_QUESTION + "2")
    for number in reversed(range(len(parts))):
        header = bytes([5, 0, 3, 77, len(parts), number + 1])
        centre.deliver(header + to_bytes(parts[number], Encoding.UCS2), ucs2, esm_class=USER_DATA_HEADER)
    parts = in_parts(LONG_QUESTION + "3")
    for number, part in enumerate(parts, 1):
        sar = {"sar_msg_ref_num": 78, "sar_total_segments": len(parts), "sar_segment_seqnum": number}
        centre.deliver(to_bytes(part, Encoding.UCS2), ucs2, **sar)
    expected = {plain, QUESTION, LONG_QUESTION + "1", LONG_QUESTION + "2", LONG_QUESTION + "3"}
    eventually(lambda: len(gateway.kept.messages) >= len(expected), "every question arrived")
    assert sorted(kept.body for kept in gateway.kept.messages) == sorted(expected)
    assert {kept.sender for kept in gateway.kept.messages} == {VILLAGER}
    assert {kept.recipient for kept in gateway.kept.messages} == {"8079"}
    assert all(abs((clock.now() - kept.received_at).total_seconds()) < 600 for kept in gateway.kept.messages)
    # Nothing of the empty answers went back to the citizen.
    assert centre.arrived() == []


def test_bytes_names_and_national_numbers_arrive_as_what_they_are(
    centre: Centre, gateway: Gateway, kannel: Kannel
) -> None:
    centre.deliver(b"\x00\xff\x80", 4)
    centre.deliver(to_bytes("khuyen mai", Encoding.GSM7), 0, sender="VIETTEL", ton=5)
    centre.deliver(to_bytes("trong nuoc", Encoding.GSM7), 0, sender="0900000123", ton=2)
    eventually(lambda: len(gateway.kept.messages) == 3, "three messages arrived")
    told = {(kept.sender, kept.body, kept.is_media_only) for kept in gateway.kept.messages}
    assert told == {(VILLAGER, "", True), ("VIETTEL", "khuyen mai", False), ("0900000123", "trong nuoc", False)}


async def test_an_answer_arrives_once_and_letter_for_letter_and_its_receipts_come_back(
    centre: Centre, gateway: Gateway, kannel: Kannel, route: KannelRoute
) -> None:
    answers = {"r1": ANSWER, "r2": "Can to khai [1] {2} ~ 5€ " * 12, "r3": "12ab", "r4": "dead beef", "r5": "😀" * 40}
    for reference, text in answers.items():
        assert await route.send(message(reference, text)) == Handed(None, size(text).segments)
    eventually(lambda: len(gateway.kept.receipts) == len(answers), "the operator took every answer")
    assert {(told.reference, told.delivery) for told in gateway.kept.receipts} == {
        (reference, Delivery.HANDED) for reference in answers
    }
    arrived = centre.arrived()
    assert sorted(telephone.text for telephone in arrived) == sorted(answers.values())
    assert {telephone.source for telephone in arrived} == {"8079"}
    assert {telephone.destination for telephone in arrived} == {VILLAGER.removeprefix("+")}
    ids = {telephone.text: telephone.id for telephone in arrived}
    gateway.kept.receipts.clear()
    centre.report(ids[answers["r1"]], "DELIVRD", 0)
    centre.report(ids[answers["r2"]], "UNDELIV", 34)
    centre.report(ids[answers["r3"]], "EXPIRED", 0)
    eventually(lambda: len(gateway.kept.receipts) == 3, "three receipts came back")
    assert sorted(gateway.kept.receipts, key=lambda told: str(told.reference)) == [
        Receipt("smpp", Delivery.DELIVERED, ids[answers["r1"]], "r1"),
        Receipt("smpp", Delivery.FAILED, ids[answers["r2"]], "r2", "34"),
        Receipt("smpp", Delivery.FAILED, ids[answers["r3"]], "r3", "undelivered"),
    ]
    written = kannel.logs()
    assert "900000123" not in written
    assert "Can to khai" not in written


async def test_what_the_operator_refuses_is_told_and_what_it_delays_arrives_once(
    centre: Centre, gateway: Gateway, route: KannelRoute
) -> None:
    invalid_destination, throttled, queue_full = 0x0B, 0x58, 0x14
    centre.behave(refuse={"status": invalid_destination, "times": 1})
    await route.send(message("r1", "so sai"))
    eventually(lambda: gateway.kept.receipts, "the refusal came back")
    assert gateway.kept.receipts == [Receipt("smpp", Delivery.FAILED, None, "r1", "not_taken")]
    for reference, status in (("r2", throttled), ("r3", queue_full)):
        gateway.kept.receipts.clear()
        centre.behave(refuse={"status": status, "times": 2})
        await route.send(message(reference, f"cham lai {reference}"))
        eventually(lambda: gateway.kept.receipts, "the operator took it in the end")
        assert [(told.reference, told.delivery) for told in gateway.kept.receipts] == [(reference, Delivery.HANDED)]
        assert centre.times(f"cham lai {reference}") == 1
    assert centre.times("so sai") == 0


@pytest.mark.parametrize(
    ("password", "text", "fault", "code"),
    [
        ("wrong", "a", Fault.RETRYABLE, "not_authorised"),
        ("a-password-of-the-tests", "x" * 460, Fault.PERMANENT, "too_long"),
    ],
)
async def test_a_message_kannel_does_not_take_reaches_nobody(
    centre: Centre, kannel: Kannel, password: str, text: str, fault: Fault, code: str
) -> None:
    route = kannel.route(password=password)
    with pytest.raises(SendFailed) as caught:
        await route.send(message("r1", text))
    await route.close()
    assert (caught.value.fault, caught.value.code) == (fault, code)
    assert centre.arrived() == []


async def test_many_answers_at_once_arrive_once_each(centre: Centre, gateway: Gateway, route: KannelRoute) -> None:
    texts = [f"cau tra loi {number}" for number in range(60)]
    sending = [route.send(message(f"r{number}", text)) for number, text in enumerate(texts)]
    await asyncio.gather(*sending)
    eventually(lambda: len(gateway.kept.receipts) == len(texts), "the operator took every answer")
    assert sorted(telephone.text for telephone in centre.arrived()) == sorted(texts)
