"""Recognition in worker processes: no call waits for a model, and no death of a worker ends a call."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from recognition_doubles import dying, missing, slow, spelling, spoken

from speech.audio import silence
from speech.errors import EngineMissing
from speech.recognition.pool import Failure, Limits, RecogniserPool
from speech.recognition.recogniser import RATE, Heard, Hints

PATIENCE = 30.0
"""Seconds until a test gives up waiting for something that has to happen."""


async def until(condition: Callable[[], object]) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        await asyncio.sleep(0.02)


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
async def pool(reports: list[str]) -> AsyncIterator[RecogniserPool]:
    """Two workers."""
    running = RecogniserPool(spelling, 2, reports.append)
    await running.start()
    yield running
    await running.stop()


async def heard(pool: RecogniserPool, text: str) -> Heard | Failure:
    """One short utterance from beginning to end."""
    async with pool.open(RATE) as stream:
        stream.feed(spoken(text))
        return await stream.finish()


async def test_an_utterance_comes_back_as_text(pool: RecogniserPool) -> None:
    result = await heard(pool, "xin chao")
    assert isinstance(result, Heard)
    assert (result.text, result.confidence) == ("xin chao", 1.0)
    assert result.seconds == pytest.approx(0.1)
    assert pool.open_streams == 0


async def test_partial_text_arrives_while_sound_is_fed(pool: RecogniserPool) -> None:
    async with pool.open(RATE) as stream:
        assert stream.feed(spoken("mot")) is None
        texts = []

        def fed() -> bool:
            if partial := stream.feed(silence(0.02, RATE)):
                texts.append(partial.text)
            return bool(texts)

        await until(fed)
        stream.feed(spoken(" hai"))
        assert texts == ["mot"]
        assert isinstance(result := await stream.finish(), Heard)
        assert result.text == "mot hai"


async def test_small_frames_are_heard_in_order_and_none_is_lost(pool: RecogniserPool) -> None:
    text = "abcdefghijklmnopqrstuvwxyz" * 4
    async with pool.open(RATE) as stream:
        for letter in text:
            stream.feed(spoken(letter, seconds=0.02))
        result = await stream.finish()
    assert isinstance(result, Heard)
    assert result.text == text


async def test_telephone_sound_is_brought_to_the_rate_of_the_engine(pool: RecogniserPool) -> None:
    async with pool.open(8000) as stream:
        stream.feed(silence(1.0, 8000))
        result = await stream.finish()
    assert isinstance(result, Heard)
    assert result.seconds == pytest.approx(1.0, abs=0.001)


async def test_closed_hints_name_the_phrase_that_was_meant(pool: RecogniserPool) -> None:
    async with pool.open(RATE, Hints(("đúng", "không phải"), closed=True)) as stream:
        stream.feed(spoken("khong phai"))
        result = await stream.finish()
    assert isinstance(result, Heard)
    assert result.phrase == "không phải"


async def test_fifty_utterances_at_once_are_kept_apart(pool: RecogniserPool) -> None:
    streams = [pool.open(RATE) for _ in range(50)]
    for step in range(5):
        for number, stream in enumerate(streams):
            stream.feed(spoken(chr(ord("a") + (number + step) % 26)))
    results = await asyncio.gather(*(stream.finish() for stream in streams))
    for number, result in enumerate(results):
        assert isinstance(result, Heard)
        assert result.text == "".join(chr(ord("a") + (number + step) % 26) for step in range(5))
    assert pool.open_streams == 0


async def test_both_workers_share_the_utterances(pool: RecogniserPool) -> None:
    streams = [pool.open(RATE) for _ in range(6)]
    streams[0].feed(spoken("crash"))
    await until(lambda: streams[0].failure)
    failed = sum(stream.failure is not None for stream in streams)
    assert failed == 3


async def test_a_killed_worker_ends_its_utterances_with_a_value_and_is_replaced(
    pool: RecogniserPool, reports: list[str]
) -> None:
    streams = [pool.open(RATE) for _ in range(4)]
    for stream in streams:
        stream.feed(spoken("mot"))
    before = set(pool.pids)
    os.kill(pool.pids[0], signal.SIGKILL)
    results = await asyncio.gather(*(stream.finish() for stream in streams))
    assert sorted(type(result).__name__ for result in results) == ["Failure", "Failure", "Heard", "Heard"]
    await until(lambda: len(pool.pids) == 2 and set(pool.pids) != before and pool.can_hear)
    assert any("ended" in line for line in reports)
    for _ in range(4):
        assert isinstance(await heard(pool, "hai"), Heard)


async def test_a_failing_utterance_leaves_the_others_of_its_worker_alone(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 1, reports.append)
    await pool.start()
    good, bad = pool.open(RATE), pool.open(RATE)
    good.feed(spoken("tot"))
    bad.feed(spoken("fail"))
    assert await bad.finish() == Failure("asked to fail")
    assert bad.feed(spoken("them")) is None
    result = await good.finish()
    assert isinstance(result, Heard)
    assert result.text == "tot"
    assert not reports
    await pool.stop()


async def test_an_utterance_the_engine_refuses_to_open_has_failed(pool: RecogniserPool) -> None:
    stream = pool.open(RATE, Hints(("refuse to open",)))
    assert await stream.finish() == Failure("refused")


async def test_a_worker_that_hangs_is_replaced_and_the_caller_does_not_wait_for_it(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 1, reports.append, Limits(finish_seconds=0.5))
    await pool.start()
    hung = pool.pids
    stream = pool.open(RATE)
    stream.feed(spoken("hang"))
    assert await stream.finish() == Failure("the recogniser took too long")
    await until(lambda: pool.can_hear and pool.pids != hung)
    assert isinstance(await heard(pool, "lai"), Heard)
    await pool.stop()


async def test_more_speakers_than_a_worker_keeps_up_with_are_refused_and_short_answers_are_not(
    reports: list[str],
) -> None:
    pool = RecogniserPool(slow, 1, reports.append)
    await pool.start()
    async with pool.open(RATE) as first:
        first.feed(spoken("xin chao", seconds=0.1))
        await until(lambda: first.behind == 0 and first.feed(b"") is not None)
        assert not pool.can_hear
        assert pool.open(RATE).failure == Failure("the recognisers are overloaded")
        assert pool.open(RATE, Hints(("đúng", "không"), closed=True)).failure is None
    await pool.stop()


async def test_whoever_would_wait_long_for_an_answer_is_refused_even_a_short_one(reports: list[str]) -> None:
    pool = RecogniserPool(slow, 1, reports.append, Limits(most_wait_seconds=0.5))
    await pool.start()
    async with pool.open(RATE) as first:
        first.feed(spoken("xin chao", seconds=0.1))
        await until(lambda: first.behind == 0)
        first.feed(silence(0.4, RATE))
        assert pool.open(RATE, Hints(("đúng", "không"), closed=True)).failure is not None
    await pool.stop()


async def test_words_are_whole_once_the_engine_has_taken_the_silence_behind_them(reports: list[str]) -> None:
    pool = RecogniserPool(slow, 1, reports.append)
    await pool.start()
    async with pool.open(RATE, Hints(("đúng", "không"), closed=True)) as stream:
        stream.feed(spoken("khong", seconds=0.1))
        await until(lambda: stream.behind == 0 and stream.feed(b"") is not None)
        assert stream.settled(0.4) is None
        settled = stream.settled(0.5)
        assert settled is not None
        assert (settled.text, settled.phrase, settled.confidence) == ("khong", "không", None)
        stream.feed(silence(0.4, RATE))
        assert stream.settled(0.5) is None, "the engine has not taken the silence yet"
    await pool.stop()


async def test_sound_nobody_takes_is_bounded(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 1, reports.append, Limits(most_waiting_seconds=1.0))
    await pool.start()
    blocking, stream = pool.open(RATE), pool.open(RATE)
    blocking.feed(spoken("hang"))
    for _ in range(20):
        stream.feed(silence(0.1, RATE))
    assert stream.failure == Failure("the recognisers are overloaded")
    assert await stream.finish() == stream.failure
    os.kill(pool.pids[0], signal.SIGKILL)
    await pool.stop()


async def test_feeding_returns_at_once_even_when_the_worker_does_not(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 1, reports.append)
    await pool.start()
    stream = pool.open(RATE)
    stream.feed(spoken("hang"))
    beats = 0
    # More than any socket buffer holds, well below the bound of the stream.
    for _ in range(50):
        stream.feed(silence(0.1, RATE))
        await asyncio.sleep(0)
        beats += 1
    assert beats == 50
    assert stream.failure is None
    os.kill(pool.pids[0], signal.SIGKILL)
    assert isinstance(await stream.finish(), Failure)
    await pool.stop()


async def test_a_cancelled_caller_frees_the_utterance(pool: RecogniserPool) -> None:
    stream = pool.open(RATE)
    stream.feed(spoken("hang"))
    waiting = asyncio.create_task(stream.finish())
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert pool.open_streams == 0
    assert stream.failure == Failure("abandoned")


async def test_an_abandoned_utterance_gives_no_result_and_others_go_on(pool: RecogniserPool) -> None:
    async with pool.open(RATE) as stream:
        stream.feed(spoken("bo"))
    assert pool.open_streams == 0
    assert await stream.finish() == Failure("abandoned")
    assert isinstance(await heard(pool, "tiep"), Heard)


async def test_a_model_that_cannot_be_loaded_stops_the_start_with_its_reason(reports: list[str]) -> None:
    with pytest.raises(EngineMissing, match="install one"):
        await RecogniserPool(missing, 2, reports.append).start()
    with pytest.raises(EngineMissing, match="ended while loading"):
        await RecogniserPool(dying, 1, reports.append).start()


async def test_a_pool_without_workers_fails_every_utterance_at_once(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 0, reports.append)
    await pool.start()
    assert not pool.can_hear
    assert await heard(pool, "ai do") == Failure("no recogniser is running")
    await pool.stop()


async def test_words_the_model_lacks_are_told(pool: RecogniserPool) -> None:
    assert await pool.unknown_words(("phím lạ", "Lạ quá!", "quen")) == ("lạ",)


async def test_stopping_fails_what_is_open_and_leaves_no_process(reports: list[str]) -> None:
    pool = RecogniserPool(spelling, 2, reports.append)
    await pool.start()
    pids, stream = pool.pids, pool.open(RATE)
    await pool.stop()
    assert stream.failure == Failure("the recognisers were stopped")
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not reports


async def test_an_idle_worker_uses_no_processor_time(pool: RecogniserPool) -> None:
    await heard(pool, "mot")

    def used() -> int:
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pool.pids]
        return sum(int(one[11]) + int(one[12]) for one in fields)

    before = used()
    await asyncio.sleep(1.0)
    assert used() - before <= 2
