"""What the recogniser is given of a caller's sound."""

from __future__ import annotations

import pytest
from call_session_doubles import ToldEar, quiet, vowel

from channels.phone.calls.hearing import AHEAD_SECONDS, PAUSE_SECONDS, Hearing


def listening(*sounds: bytes, ear: ToldEar) -> Hearing:
    """An ear of a call whose utterance began with a vowel, and heard more."""
    hearing = Hearing(ear)
    for frame in hearing.take(vowel(0.2)):
        hearing.hear(frame)
    hearing.listen()
    for sound in sounds:
        for frame in hearing.take(sound):
            hearing.hear(frame)
    return hearing


def given(*sounds: bytes, tells_words: bool = True, behind: float = 0.0) -> float:
    """Seconds of sound the recogniser has had since the utterance began."""
    ear = ToldEar(tells_words=tells_words, behind=behind)
    listening(*sounds, ear=ear)
    return ear.opened[0].sound / 16000 - 0.2


def test_at_the_first_pause_more_silence_is_given_at_once_and_never_more_than_comes() -> None:
    said = vowel(0.6)
    before, after = given(said, quiet(PAUSE_SECONDS - 0.1)), given(said, quiet(PAUSE_SECONDS + 0.2))
    assert before == pytest.approx(0.6 + PAUSE_SECONDS - 0.1, abs=0.05)
    assert after == pytest.approx(0.6 + PAUSE_SECONDS + AHEAD_SECONDS, abs=0.1)
    assert given(said, quiet(2.0)) == pytest.approx(2.6, abs=0.05)


def test_who_speaks_on_is_heard_whole() -> None:
    assert given(vowel(0.6), quiet(0.3), vowel(0.6)) >= 1.2 + PAUSE_SECONDS + AHEAD_SECONDS - 0.1


@pytest.mark.parametrize("ear", [{"tells_words": False}, {"behind": 1.0}])
def test_no_silence_is_given_ahead_to_a_recogniser_that_has_no_use_for_it(ear: dict[str, float]) -> None:
    assert given(vowel(0.6), quiet(0.4), **ear) == pytest.approx(1.0, abs=0.05)
