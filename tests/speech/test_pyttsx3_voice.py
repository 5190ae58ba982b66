"""The synthetic voice as it is: pyttsx3 on espeak-ng, from the system and from the wheel, with its defects guarded."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
import unicodedata
from collections.abc import AsyncIterator

import pytest

from speech.audio import level, samples, seconds_of
from speech.errors import EngineMissing, VoiceFailed
from speech.voices.espeak_library import SONAME
from speech.voices.voice import Accent, NoSuchVoice, Style, UnspeakableText
from speech.voices.worker_process import WorkerDied, WorkerProcess
from speech.voices.worker_voice import WorkerVoice

pytest.importorskip("pyttsx3", reason="the Python package pyttsx3 is not installed")
pytest.importorskip("espeakng_loader", reason="the Python package espeakng-loader is not installed")

SENTENCE = "Làm giấy khai sinh cần tờ khai và giấy chứng sinh."


def has_system_library() -> bool:
    try:
        ctypes.CDLL(SONAME)
    except OSError:
        return False
    return True


@pytest.fixture(params=["pyttsx3-wheel", "pyttsx3-system"])
async def voice(request: pytest.FixtureRequest) -> AsyncIterator[WorkerVoice]:
    if request.param == "pyttsx3-system" and not has_system_library():
        pytest.skip("the Debian package espeak-ng is not installed")
    async with WorkerVoice.named(request.param) as started:
        yield started


@pytest.fixture
async def wheel_voice() -> AsyncIterator[WorkerVoice]:
    async with WorkerVoice.named("pyttsx3-wheel") as started:
        yield started


async def seconds_spoken(voice: WorkerVoice, text: str, style: Style | None = None) -> float:
    return seconds_of(await voice.speak(text, style or Style()), voice.sample_rate)


@pytest.mark.parametrize("accent", Accent)
async def test_every_accent_speaks_at_a_pace_that_can_be_followed(voice: WorkerVoice, accent: Accent) -> None:
    pcm = await voice.speak(SENTENCE, Style(accent=accent))
    assert 10 <= len(SENTENCE) / seconds_of(pcm, voice.sample_rate) <= 17
    assert -30 < level(pcm) < -10


async def test_the_accents_differ_and_are_not_english(wheel_voice: WorkerVoice) -> None:
    lengths = {accent: len(await wheel_voice.speak(SENTENCE, Style(accent=accent))) for accent in Accent}
    english = len(await wheel_voice.speak(SENTENCE, Style("en")))
    assert lengths[Accent.NORTH] < lengths[Accent.CENTRAL]
    assert lengths[Accent.NORTH] < lengths[Accent.SOUTH]
    assert english > 2 * max(lengths.values())


async def test_speed_is_heard(wheel_voice: WorkerVoice) -> None:
    slow, usual, fast = [await seconds_spoken(wheel_voice, SENTENCE, Style(speed=speed)) for speed in (0.7, 1.0, 1.5)]
    assert slow > 1.2 * usual > 1.2 * 1.2 * fast


async def test_english_has_its_own_voice_after_vietnamese(wheel_voice: WorkerVoice) -> None:
    english = await seconds_spoken(wheel_voice, "Please press one for birth registration.", Style("en"))
    await wheel_voice.speak(SENTENCE, Style())
    again = await seconds_spoken(wheel_voice, "Please press one for birth registration.", Style("en"))
    assert again == pytest.approx(english, rel=0.1)


async def test_decomposed_letters_sound_like_composed_ones(wheel_voice: WorkerVoice) -> None:
    composed = await seconds_spoken(wheel_voice, SENTENCE)
    decomposed = await seconds_spoken(wheel_voice, unicodedata.normalize("NFD", SENTENCE))
    assert decomposed == pytest.approx(composed, rel=0.02)


async def test_no_text_is_cut_short_or_swallowed_by_the_one_before(voice: WorkerVoice) -> None:
    texts = ["Xin chào.", "Lệ phí, miễn phí.", "Ba ngày làm việc.", SENTENCE * 5]
    usual = [await seconds_spoken(voice, text) for text in texts]
    for _ in range(40):
        for text, seconds in zip(texts, usual, strict=True):
            # espeak-ng varies the pitch, and with it the length, a little.
            assert await seconds_spoken(voice, text) == pytest.approx(seconds, rel=0.05)


async def test_many_at_once_each_get_their_own_sound() -> None:
    async with WorkerVoice.named("pyttsx3-wheel", workers=2) as voice:
        texts = [" ".join(["xin chào"] * (1 + number % 5)) for number in range(40)]
        lengths = await asyncio.gather(*(seconds_spoken(voice, text) for text in texts))
        for number, seconds in enumerate(lengths):
            assert seconds == pytest.approx(lengths[number % 5], rel=0.1)
        assert lengths[0] < lengths[1] < lengths[2] < lengths[3] < lengths[4]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("một " * 101, UnspeakableText),
        ("mã 0123456789012", UnspeakableText),
        ("9" * 300, UnspeakableText),
    ],
)
async def test_what_would_make_espeak_crash_is_refused(
    wheel_voice: WorkerVoice, text: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await wheel_voice.speak(text, Style())
    assert await wheel_voice.speak(SENTENCE, Style())


async def test_a_language_nobody_speaks_is_refused_and_never_read_in_english(wheel_voice: WorkerVoice) -> None:
    with pytest.raises(NoSuchVoice):
        await wheel_voice.speak(SENTENCE, Style("hmn"))


def speaking_as(espeak: str) -> WorkerVoice:
    """A voice of an installation whose Vietnamese is spoken by another of espeak-ng's voices."""
    knows_another = (
        "import types, speech.voices.pyttsx3_voice as voice\n"
        f"another = types.SimpleNamespace(espeak={espeak!r}, words_a_minute=130)\n"
        "voice.installed = lambda: types.SimpleNamespace(get=lambda tag: another)\n"
        "import sys; sys.argv = ['worker', 'pyttsx3-wheel']\n"
        "from speech.voices.worker import main; main()"
    )
    return WorkerVoice(lambda: WorkerProcess(command=[sys.executable, "-c", knows_another]))


@pytest.mark.parametrize("lacking", ["aav/vi-nowhere", "aav/vi-nowhere+f2", "aav/vi+nobody"])
async def test_a_voice_or_variant_that_this_espeak_lacks_is_refused(lacking: str) -> None:
    async with speaking_as(lacking) as voice:
        with pytest.raises(NoSuchVoice, match=lacking.partition("+")[0]):
            await voice.speak(SENTENCE, Style())


async def test_a_variant_of_a_voice_speaks_otherwise() -> None:
    async with speaking_as("aav/vi+f2") as variant, speaking_as("aav/vi") as plain:
        assert await variant.speak(SENTENCE, Style()) != await plain.speak(SENTENCE, Style())


@pytest.mark.parametrize("text", ["", " . ", "…!?", "\x00\n"])
async def test_nothing_to_say_is_no_sound_and_no_error(wheel_voice: WorkerVoice, text: str) -> None:
    assert await wheel_voice.speak(text, Style()) == b""


async def test_line_ends_and_null_characters_end_nothing(wheel_voice: WorkerVoice) -> None:
    assert await seconds_spoken(wheel_voice, "xin chào\x00\nxin chào") > 1.5 * await seconds_spoken(
        wheel_voice, "xin chào"
    )


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV, signal.SIGSTOP])
async def test_a_worker_that_crashes_or_hangs_is_replaced_and_the_text_is_said(how: signal.Signals) -> None:
    worker = WorkerProcess("pyttsx3-wheel", answer_seconds=3.0)
    async with WorkerVoice(lambda: worker) as voice:
        first = worker.pid
        assert first is not None
        os.kill(first, how)
        assert await seconds_spoken(voice, SENTENCE) > 2
        assert worker.pid not in {None, first}


async def test_a_worker_that_dies_on_every_text_is_an_error_and_the_next_text_tries_anew() -> None:
    dies = 'import sys; print(\'{"engine": "x", "rate": 22050, "error": ""}\', flush=True); sys.stdin.readline()'
    worker = WorkerProcess(command=[sys.executable, "-c", dies])
    async with WorkerVoice(lambda: worker) as voice:
        for _ in range(2):
            with pytest.raises(VoiceFailed):
                await asyncio.wait_for(voice.speak(SENTENCE, Style()), 20)


async def test_a_worker_that_never_starts_is_an_error() -> None:
    with pytest.raises(WorkerDied):
        await WorkerProcess(command=[sys.executable, "-c", "print('nonsense')"]).start()


async def test_a_missing_library_names_what_to_install() -> None:
    hides = (
        "import sys; sys.modules['espeakng_loader'] = None\n"
        "import speech.voices.espeak_library as library; library.SONAME = 'libespeak-nowhere.so'\n"
        "sys.argv = ['worker', 'pyttsx3']\n"
        "from speech.voices.worker import main; main()"
    )
    with pytest.raises(EngineMissing, match="pip install pyttsx3 espeakng-loader"):
        await WorkerProcess(command=[sys.executable, "-c", hides]).start()


async def test_a_caller_who_hangs_up_disturbs_nobody(wheel_voice: WorkerVoice) -> None:
    usual = await seconds_spoken(wheel_voice, "xin chào")
    for _ in range(5):
        gone = asyncio.create_task(wheel_voice.speak(SENTENCE * 4, Style()))
        await asyncio.sleep(0)
        gone.cancel()
        assert await seconds_spoken(wheel_voice, "xin chào") == pytest.approx(usual, rel=0.1)


async def test_the_worker_ends_with_the_voice() -> None:
    worker = WorkerProcess("pyttsx3-wheel")
    async with WorkerVoice(lambda: worker):
        pid = worker.pid
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_nothing_of_the_text_comes_out_beside_the_sound(capfd: pytest.CaptureFixture[str]) -> None:
    async with WorkerVoice.named("pyttsx3-wheel") as voice:
        pcm = await voice.speak(SENTENCE, Style())
    assert samples(pcm).size
    assert capfd.readouterr() == ("", "")
