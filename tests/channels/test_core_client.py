from __future__ import annotations

import hashlib
import hmac
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest
from channels_doubles import ScriptedCore, short_answer

from channels.conversing import trouble
from channels.core_client import (
    CoreClient,
    CoreError,
    CoreFault,
    CoreRefused,
    CoreTimeout,
    CoreUnavailable,
)
from contract.turn import Channel, Turn
from runtime.core_key import core_key
from runtime.settings import Settings

TURN = Turn(channel=Channel.SMS, conversation="sms:a", text="làm giấy khai sinh cần gì")


def client(url: str, timeout: float = 2.0) -> CoreClient:
    return CoreClient(url, "key", timeout=timeout, connections=4)


def test_a_turn_brings_the_cores_answer(core: ScriptedCore) -> None:
    result = client(core.url).converse(TURN)
    assert result.replies[0].short == "Cần tờ khai và giấy chứng sinh."
    assert core.turns == [TURN]


def test_the_key_is_derived_from_the_secret(set_up: Callable[..., Settings], core: ScriptedCore) -> None:
    settings = set_up()
    CoreClient.from_settings(settings).converse(TURN)
    expected = hmac.new(settings.secret(), b"core", hashlib.sha256).hexdigest()
    assert core_key(settings.secret()) == expected
    assert core.keys == [f"Bearer {expected}"]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (503, CoreUnavailable),
        (500, CoreFault),
        (401, CoreRefused),
        (404, CoreRefused),
        (302, CoreFault),
        (b"", CoreFault),
        (b"<html>", CoreFault),
        (b'{"replies": []}', CoreFault),
        (b'{"replies": [{"kind": "answer"}], "understanding": {"intent": null}}', CoreFault),
    ],
)
def test_each_kind_of_failure_has_its_error(core: ScriptedCore, answer: int | bytes, error: type[CoreError]) -> None:
    core.script = lambda turn: answer
    with pytest.raises(CoreError) as caught:
        client(core.url).converse(TURN)
    assert type(caught.value) is error
    assert "khai sinh" not in str(caught.value)


def test_a_core_that_is_not_there_is_unavailable_at_once(free_port: int) -> None:
    started = time.monotonic()
    with pytest.raises(CoreUnavailable):
        client(f"http://127.0.0.1:{free_port}", timeout=10).converse(TURN)
    assert time.monotonic() - started < 5


def test_a_slow_core_ends_in_a_timeout(core: ScriptedCore) -> None:
    released = threading.Event()

    def slow(turn: Turn):
        released.wait(10)
        return short_answer()

    core.script = slow
    with pytest.raises(CoreTimeout, match=r"0\.2 s"):
        client(core.url, timeout=0.2).converse(TURN)
    released.set()


def test_a_core_that_hangs_up_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def hang_up() -> None:
            with suppress(OSError):  # Nobody listens any more.
                while True:
                    listener.accept()[0].close()

        core = threading.Thread(target=hang_up)
        core.start()
        try:
            with pytest.raises(CoreUnavailable):
                client(f"http://127.0.0.1:{listener.getsockname()[1]}").converse(TURN)
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            core.join(20)


def test_a_proxy_of_the_machine_never_sees_a_turn(core: ScriptedCore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    assert client(core.url).converse(TURN).replies


def test_ping_tells_a_starting_core_from_a_ready_one(core: ScriptedCore) -> None:
    client(core.url).ping()
    core.state = 503
    with pytest.raises(CoreUnavailable, match="starting"):
        client(core.url).ping()


@pytest.mark.parametrize("channel", list(Channel))
def test_a_citizen_is_told_what_to_do_when_the_core_is_down(set_up: Callable[..., Settings], channel: Channel) -> None:
    (reply,) = trouble(channel, set_up()).replies
    assert reply.text.lower().startswith(("xin lỗi", "xin loi"))
    assert "18001096" in reply.text or "cán bộ" in reply.text
    assert reply.speech
