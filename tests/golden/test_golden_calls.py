"""Plays the telephone calls of ``calls/`` through the real dialogue and core; ``calls/README.md`` tells how."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis
from telephone_calls import CALLER, CLOSED, OFFICER, Call, Line, NotedCallBacks, SentTexts

from actions.dossiers.sandbox import SandboxDossier, read_sandbox
from assistant.idempotent_turns import KEPT_FOR
from channels.phone.dialogue.carrier_protocol import (
    CallStarted,
    HungUp,
    Input,
    Keys,
    Noise,
    Said,
    Silence,
    TransferEnded,
    Unheard,
)
from channels.phone.dialogue.carrier_protocol import Line as SpokenLine
from channels.rendering import render
from contract.reply import Reply
from contract.turn import Channel, Turn, TurnResult
from contract.wishes import LookUpDossier, No, Yes
from runtime.settings import Settings
from speech.audio import seconds_of
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.passages import AFTER_SENTENCE
from speech.voices.voice import Style
from speech.voices.worker_voice import WorkerVoice

if TYPE_CHECKING:
    from conftest import CoreInProcess

pytestmark = pytest.mark.xdist_group("core")

STEP_KEYS = {
    "keys", "says", "unsure", "waits", "back_from_officer", "hangs_up", "office", "deaf", "noise", "unheard",
    "hears", "lacks", "dials", "over", "texts", "calls_back",
}  # fmt: skip


class CoreOfTests:
    """The core in process, as the dialogue sees it."""

    def __init__(self, core: CoreInProcess) -> None:
        self._core = core
        self.turns: list[Turn] = []

    def result(self, turn: Turn) -> TurnResult:
        self.turns.append(turn)
        found: TurnResult = self._core.run(self._core.turns.answer(turn))
        return found

    def dry_run(self, turn: Turn) -> TurnResult | None:
        found: TurnResult | None = self._core.run(self._core.turns.dry_run(turn))
        return found


@pytest.fixture(scope="module")
def redis(core: CoreInProcess) -> Iterator[Redis]:
    with Redis.from_url(core.redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def line(core: CoreInProcess, redis: Redis) -> Line:
    through = CoreOfTests(core)
    return Line(through, redis, dry_run=through.dry_run)


def calls() -> list[Any]:
    found = []
    for path in sorted((Path(__file__).parent / "calls").glob("*.yml")):
        for call in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(call, id=f"{path.stem}: {call['name']}"))
    return found


@pytest.mark.parametrize("script", calls())
def test_call(line: Line, script: dict[str, Any]) -> None:
    call = Call(line, caller=script.get("caller", CALLER), hears_words=not script.get("deaf", False))
    call.starts()
    for number, step in enumerate(script["steps"], start=1):
        assert step.keys() <= STEP_KEYS, step.keys()
        prepared = prepared_before(call, step)
        act(call, step)
        assert prepared in (None, call.last.say), f"another answer was prepared: step {number}, {step}"
        where = f"step {number}, {step}\nheard: {call.hears}"
        for words in step.get("hears", []):
            assert words.lower() in call.hears.lower(), f"{words!r} is missing: {where}"
        for words in step.get("lacks", []):
            assert words.lower() not in call.hears.lower(), f"{words!r} must not be said: {where}"
        assert call.dials == (OFFICER if step.get("dials") else None), where
        assert call.is_over == step.get("over", False), where
        check_sent(line, step)


def prepared_before(call: Call, step: dict[str, Any]) -> tuple[SpokenLine, ...] | None:
    """What a pause after the words of a step has prepared; it leaves the call as it was, and sends nothing."""
    if "says" not in step:
        return None

    redis, texts, call_backs = call.line.redis, call.line.texts, call.line.call_backs
    reading = {"string": redis.get, "list": lambda key: redis.lrange(key, 0, -1), "hash": redis.hgetall}

    def left() -> tuple[object, ...]:
        kept = {key: reading[redis.type(key)](key) for key in redis.keys("motcua:c*")}
        return kept, dict(texts.sent) if texts else None, dict(call_backs.numbers) if call_backs else None

    before = left()
    prepared = call.would_hear(step["says"])
    assert left() == before, step
    return prepared.move.say if prepared is not None else None


def act(call: Call, step: dict[str, Any]) -> None:
    if step.get("office") == "closed":
        call.line.now = CLOSED
    if step.get("deaf"):
        call.hears_words = False
    if "keys" in step:
        call.keys(step["keys"])
    if "says" in step:
        call.says(step["says"])
    if "unsure" in step:
        call.says(step["unsure"], 0.4)
    for _ in range(step.get("noise", 0)):
        call.does(Noise())
    if step.get("unheard"):
        call.does(Unheard())
    for _ in range(step.get("waits", 0)):
        call.waits()
    if "back_from_officer" in step:
        call.comes_back(answered=step["back_from_officer"])
    if step.get("hangs_up"):
        call.hangs_up()


def check_sent(line: Line, step: dict[str, Any]) -> None:
    if "texts" in step:
        assert isinstance(line.texts, SentTexts)
        ((number, text),) = line.texts.sent.values()
        assert number == step["texts"]["number"]
        assert all(words in text for words in step["texts"]["contains"])
    if "calls_back" in step:
        assert isinstance(line.call_backs, NotedCallBacks)
        assert list(line.call_backs.numbers.values()) == [step["calls_back"]]


def test_most_questions_are_prepared_before_the_turn_is_over(line: Line) -> None:
    call = Call(line)
    call.starts()
    for words in ("làm giấy khai sinh cần gì", "lệ phí bao nhiêu", "nộp ở đâu", "đăng ký kết hôn cần giấy gì"):
        prepared = call.would_hear(words)
        assert prepared is not None
        assert prepared.move.say == call.says(words).say


@pytest.mark.parametrize(
    ("words", "is_whole"),
    [
        ("làm giấy khai sinh cho con mình cần mang theo gì", True),
        ("lệ phí cấp lại hộ chiếu là mấy", True),
        ("làm giấy khai sinh", False),
        ("cháu muốn hỏi chuyện này", False),
    ],
)
def test_a_question_is_whole_when_a_side_of_a_procedure_is_asked_for(line: Line, words: str, is_whole: bool) -> None:
    call = Call(line)
    call.starts()
    prepared = call.would_hear(words)
    assert (prepared is not None and prepared.is_whole) is is_whole


@pytest.mark.parametrize("dossier", read_sandbox(), ids=lambda dossier: dossier.code)
def test_every_dossier_is_reached_with_keys_alone(line: Line, dossier: SandboxDossier) -> None:
    call = Call(line)
    call.starts()
    call.keys("2")
    call.keys("".join(sign for sign in dossier.code if sign.isdigit()) + "#")
    call.keys("1")
    call.keys(dossier.person.phone[-4:])
    while "Nghe tiếp" in call.hears and "ập nhật" not in call.hears:
        call.keys("1")
    assert "ập nhật lúc" in call.hears


def test_a_dossier_keyed_costs_one_turn_of_the_core(core: CoreInProcess, redis: Redis) -> None:
    counted = CoreOfTests(core)
    call = Call(Line(counted, redis))
    call.starts()
    counted.turns.clear()
    for keys in ("2", "155005212611239101#", "1", "0101"):
        call.keys(keys)
    assert "Hồ sơ mới nộp" in call.hears
    assert [turn.wish for turn in counted.turns] == [LookUpDossier(code="155005212611239101", last4="0101")]


def told_by_api(replies: tuple[Reply, ...]) -> list[str]:
    """What ``speech`` holds for the answer about a procedure, page by page, without what names keys of its own."""
    answer = replies[-1].model_copy(update={"next_step": None})
    rendered = render(answer, Channel.PHONE, Settings())
    pages = [rendered.speech, *(page.speech for page in rendered.more)]
    return [page.removesuffix(" Nghe tiếp, bấm phím một.") for page in pages]


@pytest.mark.parametrize("question", ["giấy khai sinh", "đăng ký kết hôn", "lệ phí làm hộ chiếu"])
def test_a_caller_hears_what_the_api_says(core: CoreInProcess, line: Line, question: str) -> None:
    call = Call(line)
    call.starts()
    heard = [call.says(question).say[0].text]
    replies = core.say(question, secrets.token_hex(8), "phone").replies
    assert not replies[-1].choices
    while "Nghe tiếp" in call.hears:
        heard.append(call.keys("1").say[0].text)
    assert heard == told_by_api(replies)


@pytest.mark.parametrize("question", ["trợ cấp", "làm giấy khai sinh cần gì"])
def test_a_caller_hears_choices_as_the_api_says_them(core: CoreInProcess, line: Line, question: str) -> None:
    call = Call(line)
    call.starts()
    heard = " ".join(part.text for part in call.says(question).say)
    asked = core.say(question, secrets.token_hex(8), "phone").replies[-1]
    assert asked.choices
    assert heard.startswith(render(asked.model_copy(update={"next_step": None}), Channel.PHONE, Settings()).speech)


def test_whatever_is_keyed_the_core_gets_wishes_and_never_words(core: CoreInProcess, redis: Redis) -> None:
    counted = CoreOfTests(core)
    for keys in ("11", "1112345", "3*", "32", "9", "9111", "0", "8", "21550052126112391011"):
        call = Call(Line(counted, redis))
        call.starts()
        for key in keys:
            call.keys(key)
    assert {turn.text for turn in counted.turns} == {None}
    assert {turn.digits for turn in counted.turns} == {None}
    wishes = {turn.wish.do for turn in counted.turns if turn.wish is not None}
    assert wishes >= {"ask", "report", "switch_language"}


@pytest.mark.parametrize(("said", "wish"), [("đúng rồi ạ", Yes()), ("không phải", No()), ("khong", No())])
def test_yes_and_no_are_wishes_however_they_are_said(
    core: CoreInProcess, redis: Redis, said: str, wish: Yes | No
) -> None:
    counted = CoreOfTests(core)
    call = Call(Line(counted, redis))
    call.starts()
    call.keys("3")
    call.says("đèn đường hỏng mấy hôm nay")
    call.says("đầu xóm ba")
    call.says(said)
    assert counted.turns[-1].wish == wish


inputs = st.one_of(
    st.text("0123456789*#", min_size=1, max_size=30).map(Keys),
    st.sampled_from("0123456789*#").map(Keys),
    st.text(max_size=60).map(Said),
    st.builds(
        Said,
        st.sampled_from(
            ["làm giấy khai sinh", "hồ sơ H15.50.05.21-261120-9999", "không", "đúng", "phản ánh", "số một", "tiếng anh",
             "quay lại", "không một một bốn", "gọi lại cho tôi", "nhận tin nhắn", "xe", "nhắc lại", "nghe tiếp"]
        ),
        st.one_of(st.none(), st.floats(0, 1)),
    ),
    st.just(Silence()),
    st.just(Noise()),
    st.just(Unheard()),
    st.booleans().map(TransferEnded),
    st.just(CallStarted(CALLER)),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(inputs, max_size=12))
def test_whatever_a_caller_does_there_is_something_to_say_or_an_end(line: Line, sequence: list[Input]) -> None:
    call = Call(line)
    call.starts()
    for given_input in sequence:
        call.does(given_input)
        assert (call.last.expect is None) != (call.last.then is None)
        assert call.hears.strip() or call.is_over
        assert all(part.text.strip() for part in call.last.say)
        if call.is_over:
            break


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(inputs, max_size=8))
def test_hanging_up_at_any_point_leaves_nothing_behind(line: Line, redis: Redis, sequence: list[Input]) -> None:
    call = Call(line)
    call.starts()
    for given_input in sequence:
        call.does(given_input)
    call.does(HungUp())
    conversation = line.states.conversation(call.id)
    named = [key for key in redis.scan_iter("*") if conversation.removeprefix("phone:") in key]
    # An answer is kept, sealed, for a turn that is tried again, and lies in a cluster beside its conversation.
    repeats = [key for key in named if key.startswith("motcua:answered:")]
    assert all(0 < redis.ttl(key) <= KEPT_FOR.total_seconds() for key in repeats)
    kept = {key: redis.type(key) for key in named if key not in repeats}
    assert kept
    assert all(redis.get(key) == "ended" for key in kept), kept
    assert call.is_over
    # What comes late finds the call over, and does not begin another one.
    assert call.does(Keys("1")).say == ()


def test_what_a_caller_says_is_sealed_in_the_store(line: Line, redis: Redis) -> None:
    call = Call(line)
    call.starts()
    call.keys("2")
    call.keys("155005212611239101#")
    for key in redis.scan_iter("motcua:call:*"):
        stored = str(redis.get(key))
        assert "15500521" not in key + stored
        assert CALLER.removeprefix("+84") not in key + stored


def test_the_next_call_of_the_same_telephone_knows_nothing_of_this_one(line: Line) -> None:
    first = Call(line)
    first.starts()
    first.says("làm giấy khai sinh")
    second = Call(line)
    second.starts()
    second.says("lệ phí bao nhiêu")
    assert "khai sinh" not in second.hears


@pytest.fixture(scope="module")
def seconds() -> Iterator[Callable[[Iterable[SpokenLine]], float]]:
    """How long lines take as they are said by default."""
    pytest.importorskip("espeakng_loader", reason="the voice that speaks by default is not installed")
    # A loop of its own: the core's is not running while a caller listens.
    with asyncio.Runner() as loop:
        voice = WorkerVoice.named("pyttsx3-wheel")
        loop.run(voice.__aenter__())
        speaking = Speaking(voice, SpokenCache(10_000_000, None, 0))

        def said(lines: Iterable[SpokenLine]) -> float:
            return sum(seconds_of(loop.run(speaking.whole(line.text, Style(line.language))), 16000) for line in lines)

        yield said
        loop.run(voice.close())


Seconds = Callable[[Iterable[SpokenLine]], float]


def test_the_first_prompt_is_over_in_eight_seconds(line: Line, seconds: Seconds) -> None:
    assert seconds(Call(line).starts().say) < 8.0 + AFTER_SENTENCE
    assert seconds(Call(line, hears_words=False).starts().say) < 8.0 + AFTER_SENTENCE


def test_a_first_fact_is_told_within_twenty_seconds_by_keys(line: Line, seconds: Seconds) -> None:
    call = Call(line)
    spent = seconds(call.starts().say)
    # The menu is heard to its end, of what is offered then all before the key that is taken.
    spent += seconds(call.keys("1").say[:1])
    call.keys("1")
    spent += seconds([until(call, "Tờ khai đăng ký khai sinh")])
    assert spent < 20.0


def test_a_first_fact_is_told_within_ten_seconds_of_a_spoken_question(line: Line, seconds: Seconds) -> None:
    call = Call(line)
    call.starts()
    call.says("lệ phí làm giấy khai sinh")
    to_notice_the_end_and_to_answer = 1.5
    assert to_notice_the_end_and_to_answer + seconds([until(call, "miễn phí")]) < 10.0


def until(call: Call, fact: str) -> SpokenLine:
    """What is said now, to the end of a fact."""
    line = call.last.say[0]
    assert fact in line.text, line.text
    return SpokenLine(line.text[: line.text.index(fact) + len(fact)], line.public, line.language)
