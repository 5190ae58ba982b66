"""A call as sound: what is said, cut off, heard and understood, with doubles at every edge."""

from __future__ import annotations

import asyncio

import pytest
from call_session_doubles import (
    END,
    Exchange,
    HummingVoice,
    ScriptedDialogue,
    TestLine,
    ToldEar,
    kinds,
    quiet,
    say,
    until,
    vowel,
)

from benchmarks.noise import music
from channels.phone.calls.carrier import Gone, GoneBy, Hold, Played, Transferred
from channels.phone.calls.playing import AHEAD_SECONDS, PIECE_BYTES
from channels.phone.dialogue.carrier_protocol import (
    CallStarted,
    Expect,
    HungUp,
    KeyEntry,
    Keys,
    Line,
    Move,
    Noise,
    Said,
    Silence,
    Transfer,
    TransferEnded,
    Unheard,
)
from speech.recognition.pool import Failure


async def test_a_call_from_greeting_to_goodbye() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")), ToldEar(["làm giấy khai sinh"]))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked == ["xin chào"])
    line.speak(vowel(0.8) + quiet(1.2))
    await until(lambda: exchange.voice.asked[1:] == ["cần tờ khai"])
    line.press("9")
    await call
    assert exchange.dialogue.given == [CallStarted("+84900000123"), Said("làm giấy khai sinh"), Keys("9")]
    assert exchange.voice.asked[-1] == "tạm biệt"
    assert line.is_hung_up
    assert exchange.figure("motcua_calls_ended_total", carrier="test", outcome="done") == 1
    assert exchange.figure("motcua_calls_active", carrier="test") == 0


async def test_sound_is_given_only_a_little_ahead() -> None:
    exchange = Exchange(ScriptedDialogue(say(" ".join(["dài"] * 20))))
    line = TestLine()
    exchange.call(line)

    def given() -> float:
        return sum(len(pcm) for pcm, _ in line.given) / 16000

    await until(lambda: given() >= AHEAD_SECONDS)
    await asyncio.sleep(0.2)
    before = given()
    assert before <= AHEAD_SECONDS + PIECE_BYTES / 16000
    line.hear_everything()
    await until(lambda: given() > before)
    line.leave()


async def test_speech_cuts_the_voice_off_and_the_recogniser_hears_its_beginning() -> None:
    exchange = Exchange(ScriptedDialogue(say("một hai ba bốn năm")), ToldEar(["dạ"]))
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: line.given)
    line.speak(vowel(0.3))
    await until(lambda: line.cleared)
    assert exchange.figure("motcua_call_interruptions_total", carrier="test", by="speech") == 1
    line.speak(vowel(0.3) + quiet(1.0))
    await until(lambda: Said("dạ") in exchange.dialogue.given)
    assert exchange.ear.opened[0].sound >= len(vowel(0.6))
    line.leave()
    await call


async def test_who_speaks_while_the_answer_is_looked_up_is_heard_from_the_beginning() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")), ToldEar(["lệ phí bao nhiêu"]))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    exchange.dialogue.may_answer.clear()
    line.press("1")
    await until(lambda: len(exchange.dialogue.given) == 2)
    line.speak(quiet(1.0) + vowel(1.5))
    exchange.dialogue.may_answer.set()
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    line.speak(vowel(0.5) + quiet(1.2))
    await until(lambda: Said("lệ phí bao nhiêu") in exchange.dialogue.given)
    assert len(vowel(2.0)) < exchange.ear.opened[0].sound < len(quiet(1.0) + vowel(2.0) + quiet(1.2))
    line.leave()
    await call


async def test_a_cough_is_forgiven_and_the_cut_line_said_again() -> None:
    lines = tuple(Line(text, public=True) for text in ("một", "hai", "ba"))
    exchange = Exchange(ScriptedDialogue(Move(lines, Expect(no_input_seconds=60.0))))
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: len(line.given) >= 5)
    line.inbox.put(Played(line.given[3][1]))
    line.speak(vowel(0.3) + quiet(1.2))
    await until(lambda: exchange.voice.asked[-2:] == ["hai", "ba"] and exchange.voice.asked.count("hai") == 2)
    assert kinds(exchange.dialogue.given) == ["CallStarted"]
    line.leave()
    await call


async def test_noise_again_and_again_is_asked_about() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    for _ in range(2):
        opened = len(exchange.ear.opened)
        line.speak(vowel(0.5) + quiet(1.2))
        await until(lambda opened=opened: len(exchange.ear.opened) > opened)
        await asyncio.sleep(0.1)
    await call
    assert exchange.dialogue.given[1:2] == [Silence()]


async def test_an_overloaded_recogniser_is_asked_about_and_the_call_goes_on() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("xin nói lại")), ToldEar([Failure("overloaded")]))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(0.5) + quiet(1.2))
    await until(lambda: "xin nói lại" in exchange.voice.asked)
    assert exchange.dialogue.given[1] == Unheard()
    assert exchange.figure("motcua_call_speech_unheard_total", carrier="test") == 1
    line.leave()
    await call


async def test_words_that_are_whole_after_silence_wait_for_no_end_of_the_recognisers_work() -> None:
    ear = ToldEar(["lệ phí bao nhiêu"], takes=60.0, tells_words=True, settles_after=0.5)
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END), ear)
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(0.5) + quiet(1.2))
    await call
    assert exchange.dialogue.given[1:2] == [Said("lệ phí bao nhiêu")]


async def test_without_a_recogniser_the_dialogue_is_told_and_only_keys_count() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END), ToldEar(can_hear=False))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(1.0) + quiet(1.0))
    line.press("1")
    await call
    assert exchange.dialogue.given[1:] == [Keys("1")]
    assert exchange.dialogue.heard == [False, False]
    assert not exchange.ear.opened


async def test_somebody_who_waits_long_is_told_so() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    exchange.dialogue.may_answer.clear()
    line.press("1")
    await until(lambda: any("chờ" in text for text in exchange.voice.asked))
    exchange.dialogue.may_answer.set()
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    line.leave()
    await call


async def test_keys_pressed_while_an_answer_is_awaited_belong_to_the_next_question() -> None:
    entry = Expect(KeyEntry(26, "#", 4.0), no_input_seconds=60.0)
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("bấm mã", expect=entry), say("đúng không")))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    exchange.dialogue.may_answer.clear()
    line.press("2")
    await until(lambda: len(exchange.dialogue.given) == 2)
    line.press("2155#")
    await asyncio.sleep(0.05)
    exchange.dialogue.may_answer.set()
    await until(lambda: len(exchange.dialogue.given) == 3)
    assert exchange.dialogue.given[2] == Keys("155#")
    line.leave()
    await call


async def test_ten_keys_a_second_are_two_inputs_and_no_storm() -> None:
    exchange = Exchange(ScriptedDialogue(*(say("xin chào") for _ in range(30))))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    exchange.dialogue.may_answer.clear()
    line.press("123456789*0#" * 5)
    await asyncio.sleep(0.1)
    exchange.dialogue.may_answer.set()
    await until(lambda: len(exchange.dialogue.given) == 3)
    line.leave()
    await call
    assert exchange.dialogue.given[1] == Keys("1")
    assert isinstance(exchange.dialogue.given[2], Keys)
    assert len(exchange.dialogue.given) == 4


async def test_silence_is_filled_in_where_a_carrier_sends_none() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào", expect=Expect(no_input_seconds=0.5)), END))
    call = exchange.call(TestLine(hears_at_once=True))
    await call
    assert exchange.dialogue.given[1] == Silence()


async def test_a_carrier_that_stops_sending_loses_the_call() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")), quiet_seconds=0.3)
    line = TestLine(hears_at_once=True)
    await exchange.call(line)
    assert exchange.dialogue.given[-1] == HungUp()
    assert line.is_hung_up
    assert exchange.figure("motcua_calls_ended_total", carrier="test", outcome="quiet") == 1


async def test_marks_that_never_come_do_not_hold_the_call_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("channels.phone.calls.playing.MARK_LATE_SECONDS", 0.1)
    exchange = Exchange(ScriptedDialogue(say("chào", expect=Expect(no_input_seconds=0.2)), END))
    line = TestLine()
    call = exchange.call(line)
    await call
    assert exchange.dialogue.given[1] == Silence()


async def test_a_voice_that_fails_leaves_the_keys() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END), voice=HummingVoice(fails=True))
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.press("1")
    await call
    assert exchange.dialogue.given[1] == Keys("1")


async def test_hanging_up_in_the_middle_of_speech_ends_the_call() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(0.4))
    line.leave()
    await call
    assert exchange.dialogue.given[-1] == HungUp()
    assert exchange.ear.abandoned == 1


async def test_a_hang_up_is_told_even_where_the_connection_goes_away_first() -> None:
    class Stuck(TestLine):
        async def hang_up(self) -> None:
            self.is_hung_up = True
            await asyncio.Event().wait()

    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    line = Stuck(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.leave()
    await until(lambda: line.is_hung_up)
    call.cancel()
    await until(lambda: exchange.dialogue.given[-1] == HungUp())


async def test_a_call_of_no_length_ends_cleanly() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    line = TestLine()
    line.leave()
    await exchange.call(line)
    assert exchange.dialogue.given[-1] == HungUp()
    assert exchange.calls.active == 0


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Transferred.ANSWERED, [TransferEnded(True)]),
        (Transferred.NOT_ANSWERED, [TransferEnded(False)]),
        (Transferred.TAKEN_OVER, []),
    ],
)
async def test_a_transfer_and_what_became_of_it(how: Transferred, expected: list[TransferEnded]) -> None:
    transfer = Move((Line("đang nối máy", public=True),), then=Transfer("+842000000001"))
    exchange = Exchange(ScriptedDialogue(transfer, END))
    line = TestLine(hears_at_once=True, transferred=how)
    await exchange.call(line)
    assert line.transfers == ["+842000000001"]
    assert exchange.dialogue.given[1:] == expected


async def test_a_defect_in_one_call_leaves_the_others_alone() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("xin chào"), RuntimeError("a defect"), say("vẫn nghe")))
    broken, sound = TestLine(hears_at_once=True), TestLine(hears_at_once=True)
    calls = [exchange.call(broken, "broken"), exchange.call(sound, "sound")]
    await until(lambda: len(exchange.voice.asked) == 2)
    broken.press("1")
    await calls[0]
    assert "xin lỗi" in exchange.voice.asked
    sound.press("1")
    await until(lambda: "vẫn nghe" in exchange.voice.asked)
    sound.leave()
    await calls[1]


async def test_a_carrier_with_a_defect_ends_its_own_call_only() -> None:
    class Broken(TestLine):
        def play(self, pcm: bytes, mark: str) -> None:
            raise RuntimeError("a defect")

    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("xin chào")))
    fine = TestLine(hears_at_once=True)
    other = exchange.call(fine, "fine")
    await exchange.call(Broken(), "broken")
    assert exchange.figure("motcua_calls_ended_total", carrier="test", outcome="failed") == 1
    await until(lambda: fine.given)
    assert not other.done()
    fine.leave()
    await other


async def test_a_stream_that_broke_is_no_hang_up_where_the_provider_goes_on() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")))
    line = TestLine(hears_at_once=True)
    call = asyncio.create_task(exchange.calls.hold(line, "call", None, comes_back=True))
    await until(lambda: exchange.voice.asked)
    line.leave(Gone(GoneBy.BROKEN))
    await call
    assert kinds(exchange.dialogue.given) == ["CallStarted"]


async def test_more_calls_than_there_may_be_and_the_same_twice_are_refused() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào")), most=2)
    line = TestLine()
    call = exchange.call(line, "one")
    await until(lambda: exchange.calls.active == 1)
    assert exchange.calls.refuses("test", "one") == "twice"
    assert exchange.calls.refuses("test", "two") is None
    exchange.calls._active.add("two")
    assert exchange.calls.refuses("test", "three") == "full"
    line.leave()
    await call


async def test_a_held_call_is_silent_and_goes_on_where_it_was() -> None:
    lines = tuple(Line(text, public=True) for text in ("một", "hai", "ba"))
    exchange = Exchange(ScriptedDialogue(Move(lines, Expect(no_input_seconds=60.0)), END), quiet_seconds=0.5)
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: len(line.given) >= 5)
    line.inbox.put(Played(line.given[3][1]))
    line.inbox.put(Hold(True))
    await until(lambda: line.cleared)
    line.speak(vowel(1.0))
    line.press("5")
    await asyncio.sleep(0.8)
    assert not call.done(), "nothing is sent while a call is held, and it is not lost for that"
    given = len(line.given)
    assert exchange.dialogue.given == [CallStarted("+84900000123")]
    line.inbox.put(Hold(False))
    await until(lambda: exchange.voice.asked[-2:] == ["hai", "ba"] or exchange.voice.asked[-1:] == ["hai"])
    await until(lambda: len(line.given) > given)
    line.press("1")
    await until(lambda: Keys("1") in exchange.dialogue.given)
    line.leave()
    await call


async def test_an_answer_found_while_a_call_is_held_is_said_afterwards() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("cần tờ khai")))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    exchange.dialogue.may_answer.clear()
    line.press("1")
    await until(lambda: len(exchange.dialogue.given) == 2)
    line.inbox.put(Hold(True))
    exchange.dialogue.may_answer.set()
    await asyncio.sleep(0.2)
    assert "cần tờ khai" not in exchange.voice.asked
    line.inbox.put(Hold(False))
    await until(lambda: "cần tờ khai" in exchange.voice.asked)
    line.leave()
    await call


async def test_music_is_told_within_four_seconds() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), say("tiếng ồn lớn quá")), ToldEar(tells_words=True))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(4.5))
    await until(lambda: "tiếng ồn lớn quá" in exchange.voice.asked)
    assert exchange.dialogue.given[1:2] == [Noise()]
    line.leave()
    await call


async def test_who_says_nothing_beside_a_radio_hears_that_it_is_loud() -> None:
    move = say("xin chào", expect=Expect(no_input_seconds=3.0))
    exchange = Exchange(ScriptedDialogue(move, END), ToldEar(tells_words=True))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(radio(9.0))
    await call
    assert exchange.dialogue.given[1:2] == [Noise()]


def radio(seconds: float) -> bytes:
    """Music at the loudness of a voice."""
    sound = music(seconds, seed=2)
    return bytes((2500 * sound / sound.std()).clip(-32768, 32767).astype("<i2").tobytes())


async def test_a_recogniser_that_tells_nothing_before_the_end_hears_long_sentences() -> None:
    exchange = Exchange(ScriptedDialogue(say("xin chào"), END), ToldEar(["một câu dài"]))
    line = TestLine(hears_at_once=True)
    call = exchange.call(line)
    await until(lambda: exchange.voice.asked)
    line.speak(vowel(6.0) + quiet(1.2))
    await call
    assert exchange.dialogue.given[1:2] == [Said("một câu dài")]


async def test_a_noise_without_words_leaves_the_voice_alone() -> None:
    exchange = Exchange(ScriptedDialogue(say("một hai ba bốn năm sáu"), END), ToldEar([""], tells_words=True))
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: line.given)
    line.speak(vowel(1.0) + quiet(1.2))
    await until(lambda: exchange.ear.opened and not exchange.ear.texts, "nobody looked whether it was a word")
    line.hear_everything()
    await until(lambda: len(line.given) >= 6, "the voice does not go on")
    assert not line.cleared
    assert exchange.voice.asked == ["một hai ba bốn năm sáu"]
    assert kinds(exchange.dialogue.given) == ["CallStarted"]
    line.leave()
    await call


async def test_a_word_said_into_the_voice_is_answered_even_if_it_was_heard_late() -> None:
    exchange = Exchange(ScriptedDialogue(say("một hai ba bốn năm sáu"), END), ToldEar(["dạ"], tells_words=True))
    line = TestLine()
    call = exchange.call(line)
    await until(lambda: line.given)
    line.speak(vowel(0.4) + quiet(1.2))
    await until(lambda: Said("dạ") in exchange.dialogue.given)
    assert line.cleared
    assert exchange.figure("motcua_call_interruptions_total", carrier="test", by="speech") == 1
    line.leave()
    await call
