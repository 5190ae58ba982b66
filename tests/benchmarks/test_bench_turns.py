"""When turns end and how sure the figures are, on verdicts written by hand."""

from __future__ import annotations

import pytest

from benchmarks.turn_taking import Judged, delays, ended_after, is_cut, quietest
from benchmarks.voice import spread_of
from channels.phone.calls.hearing import Frame
from speech.audio import silence
from speech.listening.turn_end import Completeness, TurnTimes


def judged(*parts: tuple[float, bool], text: Completeness = Completeness.OPEN) -> Judged:
    """A turn of (seconds, is speech), and three seconds of silence behind it."""
    frames = [
        Frame(is_speech, text) for seconds, is_speech in (*parts, (3.0, False)) for _ in range(round(seconds * 50))
    ]
    return Judged("spoken", tuple(frames), sum(seconds for seconds, _ in parts))


def test_delay_counts_from_the_last_syllable() -> None:
    turn = judged((1.0, True))
    after = ended_after(turn, TurnTimes(end_silence=0.8))
    assert after == pytest.approx(0.8)
    assert not is_cut(turn, after)


def test_a_turn_that_ends_in_its_pause_is_cut_off() -> None:
    turn = judged((1.0, True), (0.7, False), (1.0, True))
    after = ended_after(turn, TurnTimes(end_silence=0.5))
    assert after == pytest.approx(-1.2)
    assert is_cut(turn, after)


def test_a_turn_nobody_noticed_has_no_delay() -> None:
    assert ended_after(judged((0.04, True)), TurnTimes()) is None


def test_the_shortest_silence_that_cuts_off_few_is_found_and_words_make_it_shorter() -> None:
    paused = [judged((1.0, True), (0.5, False), (1.0, True), text=Completeness.UNFINISHED)] * 5
    whole = [judged((1.0, True), text=Completeness.COMPLETE)] * 15
    found = {row.way: row for row in delays([*paused, *whole]) if row.kind == "all"}
    assert found["silence"].threshold == pytest.approx(0.55)
    assert found["both"].cut == 0
    assert found["both"].median < found["silence"].median


def test_a_word_is_looked_for_where_a_sentence_is_quietest() -> None:
    loud = b"\x00\x20" * 4000
    place = quietest(loud + silence(0.1, 8000) + loud)
    assert abs(place / 2 - 4400) < 500


def test_a_spread_holds_the_figure_and_shrinks_with_more_lines() -> None:
    few = [(10, 5), (10, 10)] * 5
    (low, high), (lower, higher) = spread_of(few), spread_of(few * 20)
    assert low < 0.75 < high
    assert higher - lower < (high - low) / 2
