"""Turn-taking, told as what is said and when; no sound and no clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech.listening.turn_end import Completeness, TurnEnd, TurnEvent, completeness_of

FRAME = 0.02


def played(turn: TurnEnd, *parts: tuple[bool, float], completeness: Completeness = Completeness.OPEN) -> list[str]:
    """Each event with its time in seconds of sound."""
    events, at = [], 0.0
    for is_speech, seconds in parts:
        for _ in range(round(seconds / FRAME)):
            at += FRAME
            if event := turn.process(FRAME, is_speech, completeness):
                events.append(f"{event} at {at:.2f}")
    return events


@pytest.mark.parametrize(
    ("parts", "events"),
    [
        ([(False, 1.0), (True, 1.0), (False, 2.0)], ["speech started at 1.12", "speech ended at 2.80"]),
        ([(True, 0.12), (False, 3.0)], ["speech started at 0.12", "speech ended at 0.92"]),
        ([(True, 0.1), (False, 3.0)], []),
        ([(True, 0.1), (False, 0.1), (True, 0.1), (False, 0.9)], ["speech started at 0.22", "speech ended at 1.10"]),
        ([(True, 0.1), (False, 0.2), (True, 0.1), (False, 0.9)], []),
        ([(True, 0.5), (False, 0.6), (True, 0.5), (False, 1.0)], ["speech started at 0.12", "speech ended at 2.40"]),
        ([(False, 7.0)], ["nothing said at 6.00"]),
        ([(False, 5.9), (True, 0.5), (False, 1.0)], ["speech started at 6.02", "speech ended at 7.20"]),
        ([(True, 30.0)], ["speech started at 0.12", "too long at 20.00"]),
        ([(True, 1.0), (False, 1.0), (True, 1.0), (False, 9.0)], ["speech started at 0.12", "speech ended at 1.80"]),
    ],
    ids=[
        "a turn",
        "the shortest turn",
        "a cough is no turn",
        "a gap inside the first syllables",
        "two coughs are no turn",
        "a pause for thought inside a turn",
        "nobody speaks",
        "who starts at the last moment is heard",
        "somebody who never stops",
        "nothing more after the turn is over",
    ],
)
def test_turns_begin_and_end(parts: list[tuple[bool, float]], events: list[str]) -> None:
    assert played(TurnEnd(), *parts) == events


def test_nobody_is_in_speech_once_the_turn_is_over() -> None:
    turn = TurnEnd()
    played(turn, (True, 1.0))
    assert turn.in_speech
    played(turn, (False, 1.0))
    assert (turn.in_speech, turn.is_over) == (False, True)


@pytest.mark.parametrize(
    ("completeness", "silence"),
    [(Completeness.OPEN, 0.8), (Completeness.COMPLETE, 0.4), (Completeness.UNFINISHED, 1.6)],
)
def test_a_complete_text_ends_sooner_and_an_unfinished_one_later(completeness: Completeness, silence: float) -> None:
    events = played(TurnEnd(), (True, 1.0), (False, 3.0), completeness=completeness)
    assert events[-1] == f"speech ended at {1.0 + silence:.2f}"


def test_a_text_that_becomes_complete_during_the_silence_ends_the_turn_then() -> None:
    turn = TurnEnd()
    played(turn, (True, 1.0), (False, 0.5), completeness=Completeness.UNFINISHED)
    assert turn.process(FRAME, False, Completeness.COMPLETE) is TurnEvent.SPEECH_ENDED


def test_the_time_for_an_answer_runs_only_after_the_machine_has_spoken() -> None:
    turn = TurnEnd(waiting=False)
    assert played(turn, (False, 60.0)) == []
    turn.wait()
    assert played(turn, (False, 7.0)) == ["nothing said at 6.00"]


def test_barge_in_is_noticed_while_the_machine_speaks() -> None:
    assert played(TurnEnd(waiting=False), (False, 2.0), (True, 0.2)) == ["speech started at 2.12"]


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 2.0)), max_size=60))
def test_events_come_once_and_in_order_whatever_is_said(parts: list[tuple[bool, float]]) -> None:
    turn = TurnEnd()
    events = [event for is_speech, seconds in parts if (event := turn.process(seconds, is_speech))]
    allowed = [
        [],
        [TurnEvent.SPEECH_STARTED],
        [TurnEvent.NOTHING_SAID],
        [TurnEvent.SPEECH_STARTED, TurnEvent.SPEECH_ENDED],
        [TurnEvent.SPEECH_STARTED, TurnEvent.TOO_LONG],
    ]
    assert events in allowed
    assert turn.is_over == (len(events) == 2 or events == [TurnEvent.NOTHING_SAID])


@pytest.mark.parametrize(
    ("text", "phrases", "digits", "expected"),
    [
        ("tôi muốn hỏi", (), None, Completeness.OPEN),
        ("đúng", ("đúng", "không phải"), None, Completeness.COMPLETE),
        ("Không  phải", ("đúng", "không phải"), None, Completeness.COMPLETE),
        ("không", ("không", "không phải"), None, Completeness.UNFINISHED),
        ("không", ("đúng", "không phải"), None, Completeness.UNFINISHED),
        ("khôn", ("không phải",), None, Completeness.OPEN),
        ("", ("đúng",), None, Completeness.OPEN),
        ("1 2", (), 4, Completeness.UNFINISHED),
        ("12 34", (), 4, Completeness.COMPLETE),
        ("", (), 4, Completeness.UNFINISHED),
    ],
)
def test_completeness_of_what_was_said(
    text: str, phrases: tuple[str, ...], digits: int | None, expected: Completeness
) -> None:
    assert completeness_of(text, phrases, digits) is expected
