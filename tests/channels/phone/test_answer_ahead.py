"""Answers prepared at a pause: used when the turn is over, thrown away when speech goes on, never in the way."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from call_session_doubles import Exchange, ScriptedDialogue, TestLine, ToldEar, quiet, say, until, vowel

from channels.phone.calls.answer_ahead import Room
from channels.phone.calls.hearing import PAUSE_SECONDS
from channels.phone.dialogue.carrier_protocol import Expect, KeyEntry, Said

WORDS = "làm giấy khai sinh cần gì ạ"
PATIENT = Expect(no_input_seconds=60.0, end_silence_seconds=2.0)
"""A turn that is not over by itself while the test looks."""


def exchange(*texts: str, most: int = 2, so_far: str = WORDS) -> Exchange:
    dialogue = ScriptedDialogue(say("xin chào", expect=PATIENT), say("cần tờ khai", expect=PATIENT))
    return Exchange(dialogue, ToldEar(list(texts), tells_words=True, so_far=so_far), room_ahead=Room(most))


async def greeted(here: Exchange, line: TestLine) -> asyncio.Task[None]:
    call = here.call(line)
    await until(lambda: here.voice.asked == ["xin chào"])
    return call


async def left(line: TestLine, call: asyncio.Task[None]) -> None:
    line.leave()
    await call


async def test_at_a_pause_the_first_words_are_made_before_the_turn_is_over() -> None:
    here, line = exchange("và chỉ thế"), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(PAUSE_SECONDS))
    await until(lambda: "cần tờ khai" in here.voice.asked)
    assert here.dialogue.asked_ahead == [WORDS]
    assert len(here.dialogue.given) == 1, "the turn is not over"
    assert len(line.given) == len(["xin", "chào"]) * 3, "nothing of it is heard before"
    await left(line, call)


async def test_a_turn_over_with_the_same_words_is_counted_as_prepared() -> None:
    here, line = exchange(WORDS), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(2.2))
    await until(lambda: here.voice.asked[1:] == ["cần tờ khai", "cần tờ khai"])
    assert here.dialogue.given[-1] == Said(WORDS)
    assert here.figure("motcua_call_answers_prepared_total", carrier="test", used="yes") == 1
    await left(line, call)


async def test_who_speaks_on_gets_the_answer_to_all_of_it() -> None:
    here, line = exchange("làm giấy khai sinh mất bao lâu"), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    here.dialogue.may_prepare.clear()
    line.speak(vowel(0.6) + quiet(PAUSE_SECONDS + 0.1))
    await until(lambda: here.dialogue.asked_ahead)
    here.ear.so_far = "làm giấy khai sinh mất bao lâu"
    line.speak(vowel(0.6))
    await asyncio.sleep(0.1)
    assert here.around.room_ahead.taken == 1, "a look-up that hangs gave its place to another"
    here.dialogue.may_prepare.set()
    await until(lambda: here.around.room_ahead.taken == 0)
    line.speak(quiet(2.2))
    await until(lambda: len(here.dialogue.given) == 2)
    assert here.dialogue.given[-1] == Said("làm giấy khai sinh mất bao lâu")
    assert here.dialogue.asked_ahead == [WORDS, "làm giấy khai sinh mất bao lâu"]
    await left(line, call)


async def test_a_pause_is_prepared_once_however_long() -> None:
    here, line = exchange("thôi"), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(1.5))
    await until(lambda: here.dialogue.asked_ahead)
    await asyncio.sleep(0.1)
    assert here.dialogue.asked_ahead == [WORDS]
    await left(line, call)


async def test_words_that_want_to_go_on_are_not_prepared() -> None:
    here, line = exchange("làm giấy khai sinh cho", so_far="làm giấy khai sinh cho"), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(2.5))
    await until(lambda: len(here.dialogue.given) == 2)
    assert here.dialogue.asked_ahead == []
    await left(line, call)


async def test_where_there_is_no_room_the_turn_is_answered_as_ever() -> None:
    here, line = exchange(WORDS, most=0), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(2.2))
    await until(lambda: here.voice.asked[1:] == ["cần tờ khai"])
    assert here.dialogue.asked_ahead == []
    await left(line, call)


async def test_preparing_that_fails_or_hangs_harms_nothing() -> None:
    here, line = exchange(WORDS), TestLine(hears_at_once=True)
    here.dialogue.preparing_fails = True
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(2.2))
    await until(lambda: here.voice.asked[1:] == ["cần tờ khai"])
    here.dialogue.preparing_fails = False
    here.dialogue.may_prepare.clear()
    line.speak(vowel(0.6) + quiet(0.5))
    await until(lambda: len(here.dialogue.asked_ahead) == 2)
    line.leave()
    await asyncio.wait_for(call, 5)
    here.dialogue.may_prepare.set()
    await until(lambda: here.around.room_ahead.taken == 0)


async def test_a_question_that_can_be_answered_as_it_stands_ends_its_turn_sooner() -> None:
    waited, words = {}, "khai sinh phải mang theo thứ nào"
    for is_whole in (False, True):
        here, line = exchange(words, so_far=words), TestLine(hears_at_once=True)
        here.dialogue.script[0] = say("xin chào", expect=Expect(no_input_seconds=60.0))
        here.dialogue.is_whole = is_whole
        call = await greeted(here, line)
        line.speak(vowel(0.6) + quiet(PAUSE_SECONDS))
        await until(lambda here=here: "cần tờ khai" in here.voice.asked)
        frames = 0
        while len(here.dialogue.given) < 2:
            line.speak(quiet(0.02))
            frames += 1
            await asyncio.sleep(0.002)
        waited[is_whole] = PAUSE_SECONDS + 0.02 * frames
        await left(line, call)
    assert waited[True] < waited[False] - 0.15, waited
    assert waited[True] >= 0.4


async def test_who_has_only_named_something_is_given_the_usual_time() -> None:
    words = "con tôi mười bảy tuổi đi đăng ký nghĩa vụ"
    here, line = exchange(words, so_far=words), TestLine(hears_at_once=True)
    here.dialogue.script[0] = say("xin chào", expect=Expect(no_input_seconds=60.0))
    here.dialogue.is_whole = True
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(PAUSE_SECONDS))
    await until(lambda: "cần tờ khai" in here.voice.asked)
    line.speak(quiet(0.4))
    await asyncio.sleep(0.1)
    assert len(here.dialogue.given) == 1
    await left(line, call)


async def test_a_turn_ended_by_keys_leaves_nothing_that_counts_for_the_next() -> None:
    expect = replace(PATIENT, keys=KeyEntry(most=1))
    dialogue = ScriptedDialogue(*(say(text, expect=expect) for text in ("xin chào", "phím nào", "cần tờ khai")))
    ear = ToldEar([WORDS], tells_words=True, so_far=WORDS)
    here, line = Exchange(dialogue, ear, room_ahead=Room(2)), TestLine(hears_at_once=True)
    call = await greeted(here, line)
    line.speak(vowel(0.6) + quiet(PAUSE_SECONDS))
    await until(lambda: here.voice.asked.count("phím nào") == 1)
    line.press("1")
    await until(lambda: here.voice.asked.count("phím nào") == 2)
    line.speak(vowel(0.6) + quiet(2.2))
    await until(lambda: len(here.dialogue.given) == 3)
    assert here.dialogue.asked_ahead == [WORDS, WORDS], "the same words were not prepared for another question"
    await left(line, call)
