"""A transfer that nobody takes is tried once, also when the store that knows of it hangs."""

from __future__ import annotations

import pytest
from redis import Redis, TimeoutError
from telephone_calls import Call, Line

from contract.turn import Turn, TurnResult


class NoCore:
    """Is never reached: the store fails first."""

    def result(self, turn: Turn) -> TurnResult:
        raise AssertionError("a call that cannot be kept asked the core")


@pytest.fixture
def line(redis: Redis, monkeypatch: pytest.MonkeyPatch) -> Line:
    def hangs(*_args: object, **_options: object) -> object:
        raise TimeoutError("Timeout reading from socket")

    monkeypatch.setattr(redis, "execute_command", hangs)
    return Line(NoCore(), redis)


def test_a_hung_store_sends_a_caller_to_an_officer_once(line: Line) -> None:
    call = Call(line)
    call.starts()
    assert call.dials
    call.comes_back(answered=False)
    assert call.is_over
    assert "đang nối với cán bộ" not in call.hears
    assert "một tám không không" in call.hears


def test_who_was_helped_by_an_officer_hears_of_no_trouble(line: Line) -> None:
    call = Call(line)
    call.starts()
    call.comes_back(answered=True)
    assert call.is_over
    assert not call.hears
