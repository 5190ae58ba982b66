"""Whose turn it is: keys, speech and silence while the machine speaks and after, without audio and without clock."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels.phone.calls.dtmf import KeyInput, KeysAhead
from channels.phone.calls.turn_taking import Give, Order, Step, TurnTaking
from channels.phone.dialogue.carrier_protocol import Expect, KeyEntry, Keys, Noise, Silence
from speech.listening.turn_end import Completeness

MENU = Expect(no_input_seconds=6.0, end_silence_seconds=0.9)
CODE = Expect(KeyEntry(26, "#", 4.0), no_input_seconds=10.0)

Do = Callable[[TurnTaking], tuple[Step, ...]]


def line(may_interrupt: bool = True) -> Do:
    return lambda turn: turn.line(may_interrupt=may_interrupt)


def played() -> Do:
    return lambda turn: turn.played()


def key(digits: str) -> Do:
    return lambda turn: tuple(step for digit in digits for step in turn.key(digit))


def speech(seconds: float) -> Do:
    return lambda turn: frames(turn, seconds, is_speech=True)


def quiet(seconds: float) -> Do:
    return lambda turn: frames(turn, seconds, is_speech=False)


def told(*, speaking: float, words: bool = False) -> Do:
    """Sound while a recogniser tells words as they come, or finds none."""
    return lambda turn: tuple(
        step
        for _ in range(round(speaking / 0.02))
        for step in turn.sound(0.02, True, has_words=words, wordless=not words)
    )


def frames(
    turn: TurnTaking, seconds: float, *, is_speech: bool, text: Completeness = Completeness.OPEN
) -> tuple[Step, ...]:
    return tuple(step for _ in range(round(seconds / 0.02)) for step in turn.sound(0.02, is_speech, text))


CASES = {
    "a key cuts the voice off and is the answer": (MENU, [line(), key("2")], [Order.STOP_PLAYING, Give(Keys("2"))]),
    "speech cuts the voice off and is understood when it ends": (
        MENU,
        [line(), speech(1.0), quiet(1.0)],
        [Order.LISTEN, Order.STOP_PLAYING, Order.UNDERSTAND],
    ),
    "a knock of a fifth of a second interrupts nothing and is only looked at": (
        MENU,
        [line(), speech(0.2), quiet(1.0)],
        [Order.LISTEN, Order.CHECK],
    ),
    "where words are told a tractor interrupts nothing, however long": (
        MENU,
        [line(), told(speaking=6.0)],
        [Order.LISTEN, Order.FORGET, Order.LISTEN],
    ),
    "where words are told the first word interrupts": (
        MENU,
        [line(), told(speaking=0.5), told(speaking=0.5, words=True), quiet(1.0)],
        [Order.LISTEN, Order.STOP_PLAYING, Order.UNDERSTAND],
    ),
    "what began during the voice and lasts beyond it is a turn like others": (
        MENU,
        [line(), told(speaking=1.0), played(), told(speaking=0.5, words=True), quiet(1.0)],
        [Order.LISTEN, Order.UNDERSTAND],
    ),
    "music that goes on behind the voice is told": (
        MENU,
        [line(), told(speaking=2.0), played(), told(speaking=4.0)],
        [Order.LISTEN, Order.FORGET, Give(Noise())],
    ),
    "speech after the voice interrupts nothing": (
        MENU,
        [line(), played(), speech(1.0), quiet(1.0)],
        [Order.LISTEN, Order.UNDERSTAND],
    ),
    "a click on the line interrupts nothing": (MENU, [line(), speech(0.08), quiet(1.0)], []),
    "a line that must be heard is not cut off by speech": (MENU, [line(False), speech(2.0), quiet(1.0)], []),
    "nor by keys, which are kept until it is over": (
        MENU,
        [line(False), key("2"), quiet(1.0), line()],
        [Order.STOP_PLAYING, Give(Keys("2"))],
    ),
    "who says nothing is asked again after the voice, not during it": (
        MENU,
        [line(), quiet(30.0), played(), quiet(6.0)],
        [Give(Silence())],
    ),
    "a short pause inside a sentence does not end it": (
        MENU,
        [line(), played(), speech(0.5), quiet(0.6), speech(0.5), quiet(0.6)],
        [Order.LISTEN],
    ),
    "who speaks without end is cut after twenty seconds": (
        MENU,
        [line(), played(), speech(21.0)],
        [Order.LISTEN, Order.UNDERSTAND],
    ),
    "keys win over speech": (
        MENU,
        [line(), played(), speech(0.5), key("1")],
        [Order.LISTEN, Order.FORGET, Give(Keys("1"))],
    ),
    "a code is complete with its finishing key": (
        CODE,
        [line(), key("15500521"), quiet(1.0), key("3#")],
        [Order.STOP_PLAYING, Give(Keys("155005213#"))],
    ),
    "a code is complete after a pause": (
        CODE,
        [line(), key("155"), quiet(3.9), key("0"), quiet(4.0)],
        [Order.STOP_PLAYING, Give(Keys("1550"))],
    ),
    "speech during an entry by keys is the room": (
        CODE,
        [line(), key("155"), speech(2.0), key("#")],
        [Order.STOP_PLAYING, Give(Keys("155#"))],
    ),
    "a star before any digit goes back at once": (CODE, [line(), key("*")], [Order.STOP_PLAYING, Give(Keys("*"))]),
    "a line without expected speech ignores it": (
        Expect(speech=False),
        [line(), played(), speech(3.0), quiet(1.0), quiet(3.0)],
        [Give(Silence())],
    ),
}


class Clock:
    """A clock in the test's hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.mark.parametrize("name", CASES)
def test_turns(name: str) -> None:
    expect, happenings, expected = CASES[name]
    turn = TurnTaking(expect, hears=True, ahead=KeysAhead(Clock()))
    assert [step for happening in happenings for step in happening(turn)] == expected


def noise(turn: TurnTaking, seconds: float, *, wordless: bool = True) -> list[Step]:
    return [step for _ in range(round(seconds / 0.02)) for step in turn.sound(0.02, True, wordless=wordless)]


def test_a_voice_in_which_no_word_is_found_is_taken_for_noise_after_four_seconds() -> None:
    turn = TurnTaking(MENU, hears=True, ahead=KeysAhead(Clock()))
    turn.line(may_interrupt=True)
    turn.played()
    assert noise(turn, 4.0) == [Order.LISTEN]
    assert noise(turn, 0.2) == [Order.FORGET, Give(Noise())]
    assert not noise(turn, 1.0)


def test_one_word_among_the_noise_begins_the_four_seconds_anew() -> None:
    turn = TurnTaking(MENU, hears=True, ahead=KeysAhead(Clock()))
    turn.line(may_interrupt=True)
    turn.played()
    assert noise(turn, 3.5) == [Order.LISTEN]
    assert not noise(turn, 0.02, wordless=False)
    assert not noise(turn, 3.9)
    assert noise(turn, 0.2) == [Order.FORGET, Give(Noise())]


def test_the_last_of_the_keys_being_answered_pressed_again_is_no_new_answer() -> None:
    ahead = KeysAhead(Clock())
    ahead.answering("12")
    ahead.press("2")
    assert ahead.take() == ""
    ahead.press("1")
    assert ahead.take() == "1"


def test_without_a_recogniser_only_keys_count() -> None:
    turn = TurnTaking(MENU, hears=False, ahead=KeysAhead(Clock()))
    turn.line(may_interrupt=True)
    assert not frames(turn, 3.0, is_speech=True)
    assert turn.key("1") == (Order.STOP_PLAYING, Give(Keys("1")))


def test_a_complete_answer_to_a_closed_question_waits_less() -> None:
    turn = TurnTaking(MENU, hears=True, ahead=KeysAhead(Clock()))
    turn.line(may_interrupt=True)
    turn.played()
    frames(turn, 0.4, is_speech=True)
    assert not frames(turn, 0.36, is_speech=False, text=Completeness.COMPLETE)
    assert frames(turn, 0.1, is_speech=False, text=Completeness.COMPLETE) == (Order.UNDERSTAND,)


def test_after_the_turn_nothing_comes_any_more() -> None:
    turn = TurnTaking(MENU, hears=True, ahead=KeysAhead(Clock()))
    turn.line(may_interrupt=True)
    turn.key("1")
    assert turn.is_over
    assert turn.played() == turn.line(may_interrupt=True) == frames(turn, 20.0, is_speech=False) == ()


@pytest.mark.parametrize(
    ("entry", "pressed", "given"),
    [
        (KeyEntry(1), "1", "1"),
        # Ten keys a second are one input, which the dialogue asks to repeat.
        (KeyEntry(1), "1234567890", "1234567890"),
        (KeyEntry(4), "12345", "1234"),
        (KeyEntry(26, "#"), "#", "#"),
        (KeyEntry(26, "#"), "12#", "12#"),
        (KeyEntry(26, "#"), "12*34#", "12*34#"),
        (KeyEntry(26, "#"), "12", None),
        (KeyEntry(500), "7" * 600, "7" * 64),
    ],
)
def test_keys_become_one_input(entry: KeyEntry, pressed: str, given: str | None) -> None:
    assert KeyInput(entry).press(pressed) == (Keys(given) if given else None)


def test_a_key_pressed_again_in_doubt_is_no_new_wish() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    ahead.answering("1")
    ahead.press("1")
    clock.wait(0.5)
    ahead.press("1")
    assert ahead.take() == ""


def test_keys_pressed_ahead_are_taken_question_by_question() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    ahead.answering("2")
    for digit in "215":
        clock.wait(0.3)
        ahead.press(digit)
    first, second = (TurnTaking(MENU, hears=True, ahead=ahead) for _ in range(2))
    assert first.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys("1")))
    assert second.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys("5")))
    assert ahead.take() == ""


def test_keys_hammered_ahead_are_one_input() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    for digit in "123456789" * 20:
        clock.wait(0.1)
        ahead.press(digit)
    turn = TurnTaking(MENU, hears=True, ahead=ahead)
    assert turn.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys(("123456789" * 20)[:64])))
    assert ahead.take() == ""


def test_a_choice_and_a_code_keyed_during_the_greeting() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    greeting = TurnTaking(MENU, hears=True, ahead=ahead)
    greeting.line(may_interrupt=False)
    for digit in "2155#":
        frames(greeting, 0.3, is_speech=False)
        clock.wait(0.3)
        greeting.key(digit)
    assert greeting.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys("2")))
    code = TurnTaking(CODE, hears=True, ahead=ahead)
    assert code.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys("155#")))


def test_the_same_key_much_later_is_meant() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    ahead.answering("1")
    clock.wait(1.5)
    ahead.press("1")
    assert ahead.take() == "1"


def test_keys_held_while_the_line_sends_no_sound_are_not_hammered() -> None:
    clock = Clock()
    ahead = KeysAhead(clock)
    for digit in "2155005212611239101":
        clock.wait(1 / 3)
        ahead.press(digit)
    menu = TurnTaking(MENU, hears=True, ahead=ahead)
    assert menu.line(may_interrupt=True) == (Order.STOP_PLAYING, Give(Keys("2")))
    code = TurnTaking(CODE, hears=True, ahead=ahead)
    assert code.line(may_interrupt=True) == (Order.STOP_PLAYING,)
    frames(code, 4.0, is_speech=False)
    assert code.is_over
