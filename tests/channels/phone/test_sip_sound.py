"""What a SIP call agrees on, and who its caller is."""

from __future__ import annotations

import asyncio
import base64
import os
import random
import socket
import struct
from dataclasses import replace

import pytest
from aiosipua import SipRequest, parse_sdp
from free_ports import free_ports
from process_memory import resident

from channels.phone.calls.rtp import PCMA, PCMU, NoCommonSound, NoPort, Ports, Sound, agree
from channels.phone.calls.sip_line import caller_of, key_of, unknown_requirements
from channels.phone.calls.srtp import Opening, Protecting

PACKETS = 2000
STREAMS = int(os.environ.get("MOTCUA_TEST_STREAMS", "40"))
PACKETS_OF_A_STREAM = 20
ROOM = 4_000_000
"""Bytes a process may have grown by in the second half: what Python takes for itself. A stream holds kilobytes."""

OFFER = """\
v=0
o=- 1 1 IN IP4 192.0.2.7
s=-
c=IN IP4 {address}
t=0 0
m=audio {port} RTP/AVP {formats}
{lines}"""


def offer(formats: str = "0 8 101", lines: str = "", address: str = "192.0.2.7", port: int = 4000) -> str:
    events = "a=rtpmap:101 telephone-event/8000\n" if "101" in formats else ""
    return OFFER.format(formats=formats, lines=events + lines, address=address, port=port).replace("\n", "\r\n")


@pytest.mark.parametrize(
    ("formats", "lines", "payload_type", "events_type"),
    [
        ("0 8 101", "", PCMU, 101),
        ("8 0 101", "", PCMA, 101),
        ("8", "", PCMA, None),
        ("0 96", "a=rtpmap:96 telephone-event/8000\n", PCMU, 96),
        ("9 18 8", "a=rtpmap:9 G722/8000\na=rtpmap:18 G729/8000\n", PCMA, None),
    ],
)
def test_the_first_offered_coding_we_know_is_taken(
    formats: str, lines: str, payload_type: int, events_type: int | None
) -> None:
    agreed = agree(parse_sdp(offer(formats, lines)), "127.0.0.1", 20000)
    assert (agreed.payload_type, agreed.events_type) == (payload_type, events_type)
    assert agreed.remote == ("192.0.2.7", 4000)
    assert len(agreed.silent_frame) == 160
    assert agreed.answer.audio is not None
    assert agreed.answer.audio.port == 20000


@pytest.mark.parametrize(
    "written",
    [
        offer("9", "a=rtpmap:9 G722/8000\n"),
        offer(address="exchange.example"),
        offer(port=0),
        offer(address="127.0.0.1\0"),
        offer().replace("RTP/AVP", "RTP/SAVP"),
        offer(lines="a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\n").replace("RTP/AVP", "RTP/SAVPF"),
        "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nt=0 0\r\n",
    ],
)
def test_an_offer_without_usable_sound_is_refused(written: str) -> None:
    with pytest.raises(NoCommonSound):
        agree(parse_sdp(written), "127.0.0.1", 20000)


SECRET = base64.b64encode(bytes(range(30))).decode()
CRYPTO = f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{SECRET}\n"


def secure_offer(crypto: str = CRYPTO) -> str:
    return offer(lines=crypto).replace("RTP/AVP", "RTP/SAVP")


def test_sound_that_is_to_be_encrypted_is_agreed_on_with_a_secret_of_our_own() -> None:
    agreed = agree(parse_sdp(secure_offer()), "127.0.0.1", 20000)
    assert agreed.answer.audio is not None
    assert agreed.answer.audio.proto == "RTP/SAVP"
    (line,) = agreed.answer.audio.attributes["crypto"]
    assert line.startswith("1 AES_CM_128_HMAC_SHA1_80 inline:")
    assert SECRET not in line
    assert agreed.keys is not None
    again = agree(parse_sdp(secure_offer()), "127.0.0.1", 20000, agreed.keys.ours)
    assert again.keys == agreed.keys, "an offer made anew leaves our secret as it is"


async def test_encrypted_sound_is_heard_and_plain_sound_is_not() -> None:
    """Our end, and one made of the other side's secret."""
    loop = asyncio.get_running_loop()
    ours = agree(parse_sdp(secure_offer()), "127.0.0.1", free_ports(2))
    received: list[bytes] = []

    class Other(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            received.append(data)

    transport, _ = await loop.create_datagram_endpoint(Other, local_addr=("127.0.0.1", 0))
    ours = replace(ours, remote=transport.get_extra_info("sockname")[:2])
    assert ours.keys is not None
    assert ours.answer.audio is not None
    port, heard = ours.answer.audio.port, list[bytes]()
    sound = await Sound.open(ours, "127.0.0.1", port, "127.0.0.1", on_sound=heard.append, on_key=lambda key: None)
    try:
        sends, opens = Protecting(ours.keys.theirs), Opening(ours.keys.ours)
        for number in range(10):
            packet = struct.pack("!BBHII", 0x80, PCMU, number, 160 * number, 7) + b"\x55" * 160
            transport.sendto(sends.sound(packet), ("127.0.0.1", port))
            plain = struct.pack("!BBHII", 0x80, PCMU, number, 160 * number, 9) + b"\x11" * 160
            transport.sendto(plain, ("127.0.0.1", port))
            sound.send(ours.silent_frame)
        async with asyncio.timeout(10):
            while len(received) < 10 or len(heard) < 9:
                await asyncio.sleep(0.01)
        assert all(opens.sound(packet)[12:] == ours.silent_frame for packet in received)
        assert ours.silent_frame not in b"".join(received)
        assert len(heard) <= 10, "what came unencrypted is not heard"
    finally:
        await sound.close()
        transport.close()


@pytest.mark.parametrize("order", [("100", "101"), ("101", "100")])
def test_of_several_telephone_events_the_one_with_the_clock_of_the_sound_is_taken(order: tuple[str, str]) -> None:
    events = "a=rtpmap:100 telephone-event/48000\na=rtpmap:101 telephone-event/8000\n"
    written = OFFER.format(formats=" ".join(("8", *order)), lines=events, address="192.0.2.7", port=4000)
    agreed = agree(parse_sdp(written.replace("\n", "\r\n")), "127.0.0.1", 20000)
    assert agreed.events_type == 101


@pytest.mark.parametrize(
    ("lines", "address", "on_hold", "direction"),
    [
        ("", "192.0.2.7", False, "sendrecv"),
        ("a=sendonly\n", "192.0.2.7", True, "recvonly"),
        ("a=inactive\n", "192.0.2.7", True, "inactive"),
        ("", "0.0.0.0", True, "sendrecv"),
    ],
)
def test_a_held_call_is_known_by_its_offer(lines: str, address: str, on_hold: bool, direction: str) -> None:
    agreed = agree(parse_sdp(offer(lines=lines, address=address)), "127.0.0.1", 20000)
    assert agreed.on_hold is on_hold
    assert agreed.answer.audio is not None
    assert agreed.answer.audio.direction == direction


@pytest.mark.parametrize(
    ("kind", "body", "key"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", "5"),
        ("application/dtmf-relay", "Signal= #\r\nDuration= 160", "#"),
        ("application/dtmf-relay; charset=utf-8", "signal=10", "*"),
        ("application/dtmf", "7", "7"),
        ("application/dtmf", "11", "#"),
        ("application/dtmf-relay", "Duration=160", None),
        ("application/dtmf", "", None),
        ("application/media_control+xml", "<x/>", None),
        ("", "5", None),
    ],
)
def test_keys_come_in_messages_too(kind: str, body: str, key: str | None) -> None:
    info = SipRequest(method="INFO", uri="sip:1022@192.0.2.1")
    info.headers.set_single("Content-Type", kind)
    info.text = body
    assert key_of(info) == key


@pytest.mark.parametrize(
    ("required", "unknown"), [([], []), (["timer"], []), (["100rel, foo"], ["foo"]), (["a", "b"], ["a", "b"])]
)
def test_what_a_call_requires_and_nobody_knows_is_named(required: list[str], unknown: list[str]) -> None:
    invite = SipRequest(method="INVITE", uri="sip:1022@192.0.2.1")
    for value in required:
        invite.headers.append("Require", value)
    assert unknown_requirements(invite) == unknown


def test_a_call_without_offer_is_refused() -> None:
    with pytest.raises(NoCommonSound):
        agree(None, "127.0.0.1", 20000)


@pytest.mark.parametrize(
    ("headers", "caller"),
    [
        ({"From": "<sip:0900000123@192.0.2.7>;tag=1"}, "0900000123"),
        ({"From": '"Lan" <sip:+84900000123@192.0.2.7;user=phone>;tag=1'}, "+84900000123"),
        ({"From": "<tel:+84900000123>;tag=1"}, "+84900000123"),
        ({"From": "<sip:anonymous@anonymous.invalid>;tag=1"}, None),
        ({"From": "<sip:lan@192.0.2.7>;tag=1"}, None),
        ({"From": "<sip:x@192.0.2.7>", "P-Asserted-Identity": "<sip:+84900000123@192.0.2.7>"}, "+84900000123"),
        ({"From": "<sip:0900000123@192.0.2.7>", "Privacy": "id"}, None),
        ({"From": "no address at all"}, None),
        ({}, None),
    ],
)
def test_the_callers_number_is_read_from_what_the_exchange_says(headers: dict[str, str], caller: str | None) -> None:
    invite = SipRequest(method="INVITE", uri="sip:1022@192.0.2.1")
    for name, value in headers.items():
        invite.headers.set_single(name, value)
    assert caller_of(invite) == caller


def test_ports_are_taken_in_turns_and_never_one_in_use() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        busy = probe.getsockname()[1] // 2 * 2
        ports = Ports(busy, busy + 1)
        with pytest.raises(NoPort):
            ports.take("127.0.0.1")
    first = ports.take("127.0.0.1")
    assert first == busy
    several = Ports(30001, 30008)
    assert several.take("127.0.0.1") != several.take("127.0.0.1")


async def test_mutated_sound_is_dropped_and_what_comes_after_it_is_heard() -> None:
    chance, heard, failed = random.Random(5), bytearray(), []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: failed.append(context))
    ours, theirs = free_ports(2), free_ports(2)
    agreed = agree(parse_sdp(offer(address="127.0.0.1", port=theirs)), "127.0.0.1", ours)
    sound = await Sound.open(agreed, "127.0.0.1", ours, "127.0.0.1", on_sound=heard.extend, on_key=lambda key: None)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
            other.bind(("127.0.0.1", theirs))
            for number in range(PACKETS):
                packet = bytearray(rtp(number, chance.choice([PCMU, 101, 72])))
                for _ in range(chance.randint(1, 6)):
                    packet[chance.randrange(len(packet))] = chance.randrange(256)
                del packet[chance.randrange(len(packet) + 1) :]
                other.sendto(packet or b"\0", ("127.0.0.1", ours + chance.randrange(2)))
                if number % 20 == 0:
                    await asyncio.sleep(0)
            await asyncio.sleep(0.1)
            heard.clear()
            for number in range(10):
                other.sendto(rtp(60_000 + number, PCMU, ssrc=99), ("127.0.0.1", ours))
            async with asyncio.timeout(10):
                while not heard:
                    await asyncio.sleep(0.01)
    finally:
        await sound.close()
    assert failed == []


async def test_stream_after_stream_of_mutated_sound_leaves_nothing_behind() -> None:
    chance, failed, sizes = random.Random(11), [], []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failed.append(context))
    theirs = free_ports(2)
    offered = parse_sdp(offer(address="127.0.0.1", port=theirs))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", theirs))
        for stream in range(STREAMS):
            heard, ours = bytearray(), free_ports(2)
            agreed = agree(offered, "127.0.0.1", ours)
            sound = await Sound.open(
                agreed, "127.0.0.1", ours, "127.0.0.1", on_sound=heard.extend, on_key=lambda key: None
            )
            try:
                for number in range(PACKETS_OF_A_STREAM):
                    packet = bytearray(rtp(number, chance.choice([PCMU, 101, 72]), ssrc=stream))
                    for _ in range(chance.randint(1, 6)):
                        packet[chance.randrange(len(packet))] = chance.randrange(256)
                    del packet[chance.randrange(len(packet) + 1) :]
                    other.sendto(packet or b"\0", ("127.0.0.1", ours + chance.randrange(2)))
                    await asyncio.sleep(0)
                heard.clear()
                async with asyncio.timeout(10):
                    while not heard:
                        # Jitter is made up for: of the first packets some may wait for one that never comes.
                        other.sendto(rtp(60_000 + number, PCMU, ssrc=99), ("127.0.0.1", ours))
                        number += 1
                        await asyncio.sleep(0.001)
            finally:
                await sound.close()
            if stream >= STREAMS // 2:
                sizes.append(resident())
    assert failed == []
    assert sizes[-1] < sizes[0] + ROOM, "memory grows with every stream"


def rtp(number: int, payload_type: int, ssrc: int = 7) -> bytes:
    """A packet of 20 ms."""
    return struct.pack(">BBHII", 0x80, payload_type, number % 65536, number * 160 % 2**32, ssrc) + b"\x55" * 160
