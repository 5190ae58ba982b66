"""The beat of calls: punctual, and what becomes of it after the process stood still."""

from __future__ import annotations

import asyncio

import pytest

from channels.phone.calls import pacer as pacer_module
from channels.phone.calls.carrier import FRAME_SECONDS
from channels.phone.calls.pacer import MOST_BEHIND, PacedOutput, Pacer


class Time:
    """A clock that goes on when somebody sleeps, or when the process stands still."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.rests = 0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.rests += seconds == 0


class Line:
    """Sent frames by the time they went out; stands still once, at a frame."""

    def __init__(self, time: Time, stall_at: int, seconds: float, ends_after: int) -> None:
        self._time, self._stall_at, self._seconds, self._ends_after = time, stall_at, seconds, ends_after
        self.sent: list[float] = []

    def send(self, frame: bytes) -> None:
        self.sent.append(self._time.now)
        if len(self.sent) == self._stall_at:
            self._time.now += self._seconds
        if len(self.sent) == self._ends_after:
            raise asyncio.CancelledError


async def played(monkeypatch: pytest.MonkeyPatch, stall_frames: float, frames: int) -> tuple[list[int], list[int], int]:
    """After a stall at the third frame: when each frame went out and how late each beat was, in frames."""
    time = Time()
    start, late = time.now, []
    line = Line(time, 3, stall_frames * FRAME_SECONDS, frames)
    monkeypatch.setattr(pacer_module.asyncio, "sleep", time.sleep)
    pacer = Pacer(late.append, time)
    pacer.add(PacedOutput(line.send, b"\xff", lambda mark: None))
    await pacer.start()
    assert pacer._task is not None
    with pytest.raises(asyncio.CancelledError):
        await pacer._task
    return (
        [round((at - start) / FRAME_SECONDS) for at in line.sent],
        [round(seconds / FRAME_SECONDS) for seconds in late],
        time.rests,
    )


async def test_beats_without_a_call_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    time, late, rests = Time(), [], []

    async def sleep(seconds: float) -> None:
        await time.sleep(seconds)
        rests.append(seconds)
        if len(rests) == 5:
            raise asyncio.CancelledError

    monkeypatch.setattr(pacer_module.asyncio, "sleep", sleep)
    pacer = Pacer(late.append, time)
    await pacer.start()
    assert pacer._task is not None
    with pytest.raises(asyncio.CancelledError):
        await pacer._task
    assert late == []


async def test_frames_go_out_on_the_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, late, rests = await played(monkeypatch, 0, 6)
    assert (sent, late, rests) == ([1, 2, 3, 4, 5, 6], [0] * 6, 0)


async def test_a_short_stall_is_made_up_for_and_the_beat_is_the_old_one(monkeypatch: pytest.MonkeyPatch) -> None:
    sent, late, rests = await played(monkeypatch, 4, 9)
    # Frames 4 to 7 were due while nothing moved; the eighth comes when it would have come anyway.
    assert sent == [1, 2, 3, 7, 7, 7, 7, 8, 9]
    assert late == [0, 0, 0, 3, 2, 1, 0, 0, 0]
    assert rests >= 3, "making up for lost time lets others have their turn"


async def test_after_a_long_stall_nothing_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stall = MOST_BEHIND + 10
    sent, late, _ = await played(monkeypatch, stall, 6)
    # What the other side's jitter buffer would throw away is not sent: one frame, then a new beat from there.
    assert sent == [1, 2, 3, 3 + stall, 4 + stall, 5 + stall]
    assert late == [0, 0, 0, stall - 1, 0, 0]


@pytest.mark.parametrize(("behind", "at_once"), [(MOST_BEHIND, True), (MOST_BEHIND + 1, False)])
async def test_how_much_is_made_up_for(monkeypatch: pytest.MonkeyPatch, behind: int, at_once: bool) -> None:
    # The frame after the stall is late by one frame less than it lasted.
    sent, _, _ = await played(monkeypatch, behind + 0.9, 5)
    assert (sent[4] == sent[3]) == at_once
