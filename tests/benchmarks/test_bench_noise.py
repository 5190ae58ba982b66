"""How a detector is judged over noise, with detectors whose verdicts are known."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from benchmarks.calls.system import share_above
from benchmarks.noise import AFTER_SECONDS, BEFORE_SECONDS, judged, mixed, music, street, television
from channels.phone.calls.carrier import FRAME_SECONDS
from speech.audio import level, silence

VOICE = b"\x00\x20\x00\xe0" * 4000
SPOKEN = 1.0


@dataclass
class Told:
    """Says voice from one second to another."""

    begin: float
    end: float

    def feed(self, pcm: bytes) -> list[bool]:
        return [self.begin <= at * FRAME_SECONDS < self.end for at in range(len(pcm) // 320)]


def test_who_takes_everything_for_a_voice_begins_turns_that_do_not_end() -> None:
    assert judged(Told(0, 99), mixed(VOICE, None, 0), SPOKEN) == (True, True, None)


def test_who_knows_the_voice_alone_ends_its_turn_after_the_silence() -> None:
    begun, noticed, after = judged(Told(BEFORE_SECONDS, BEFORE_SECONDS + SPOKEN), mixed(VOICE, None, 0), SPOKEN)
    assert (begun, noticed) == (False, True)
    assert after == pytest.approx(0.75, abs=0.03)


def test_who_hears_nothing_misses_the_voice() -> None:
    assert judged(Told(99, 99), mixed(VOICE, None, 0), SPOKEN) == (False, False, None)


@pytest.mark.parametrize("noise", [street, music, lambda seconds, seed: television(seconds, seed, [VOICE])])
def test_backgrounds_lie_so_far_below_the_voice_and_are_the_same_every_time(noise: object) -> None:
    assert callable(noise)
    made = [noise(BEFORE_SECONDS + SPOKEN + AFTER_SECONDS + 0.1, 4) for _ in range(2)]
    assert (made[0] == made[1]).all()
    before = mixed(VOICE, made[0], 15.0)[: len(silence(BEFORE_SECONDS, 8000))]
    assert level(before) == pytest.approx(level(VOICE) - 15.0, abs=3.0)


def test_the_share_of_slow_answers_is_read_between_two_counts() -> None:
    before = {1.2: 5.0, 4.0: 6.0, float("inf"): 6.0}
    after = {1.2: 12.0, 4.0: 15.0, float("inf"): 16.0}
    assert share_above(before, after, 1.2) == pytest.approx(0.3)
    assert share_above(after, after, 1.2) == 0.0
