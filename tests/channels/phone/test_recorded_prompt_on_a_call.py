"""A prompt put together from recordings, as a real telephone hears it: one level, no gap but the comma's, no click."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import yaml
from baresip_caller import QUIET_DBFS, BaresipCaller, needs_baresip
from call_session_doubles import Exchange, ScriptedDialogue, say, until
from free_ports import free_port, free_ports
from recordings import FOLDER, WHY_MISSING, recordings

from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Ports
from channels.phone.calls.sip_line import SipLine
from speech.audio import Recording, level, samples, silence, write_wav
from speech.prompts.recordings import read_folder
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.loudness import TARGET_DBFS
from speech.voices.voice import Style

HOST, RATE = "127.0.0.1", 8000
SENTENCE = "Xin chào bà con, bấm phím một."
PIECES = ("xin chào bà con", "bấm phím", "một")
GAINS = (1.0, 0.25, 0.6)
"""How loud each was recorded: three officers, three rooms."""


class NoVoice:
    """Nothing may be left to it."""

    name, sample_rate = "none", 22050

    async def speak(self, text: str, style: Style) -> bytes:
        raise AssertionError(f"not recorded: {text}")

    async def close(self) -> None:
        """Nothing runs."""


def recorded(folder: Path) -> None:
    place = folder / "vi" / "any"
    place.mkdir(parents=True)
    for text, gain, one in zip(PIECES, GAINS, recordings("vivos"), strict=False):
        quieter = (samples(one.sound.pcm).astype(np.float64) * gain).astype("<i2").tobytes()
        around = silence(0.4, one.sound.rate)
        write_wav(place / f"{text.replace(' ', '-')}.wav", Recording(around + quieter + around, one.sound.rate))
    index = {f"{text.replace(' ', '-')}.wav": text for text in PIECES}
    (place / "index.yml").write_text(yaml.safe_dump({"recordings": index}, allow_unicode=True), encoding="utf-8")


def loud_frames(pcm: bytes) -> npt.NDArray[np.bool_]:
    """For each 10 ms whether something is heard."""
    size = 2 * RATE // 100
    return np.array([level(pcm[at : at + size]) > QUIET_DBFS for at in range(0, len(pcm) - size + 1, size)])


@needs_baresip
@pytest.mark.skipif(not FOLDER.exists(), reason=WHY_MISSING)
async def test_nobody_hears_where_a_prompt_was_glued(tmp_path: Path) -> None:
    recorded(tmp_path / "prompts")
    exchange = Exchange(ScriptedDialogue(say(SENTENCE)))
    prompts = read_folder(tmp_path / "prompts")
    assert not prompts.problems
    speaking = Speaking(NoVoice(), SpokenCache(10_000_000), prompts)
    exchange.calls._around = dataclasses.replace(exchange.calls._around, voice=speaking)
    made = await speaking.whole(SENTENCE, Style(), rate=RATE)
    pacer, port, sound = Pacer(lambda late: None), free_port(), free_ports(20)
    line = SipLine(exchange.calls, pacer, HOST, frozenset({HOST}), Ports(sound, sound + 19))
    await pacer.start()
    await line.start(port)
    caller = BaresipCaller(tmp_path / "caller")
    try:
        await asyncio.to_thread(caller.__enter__)
        caller.command("dial", f"sip:1022@{HOST}:{port}")
        await until(lambda: len(caller.heard()) > len(made) + 2 * RATE, "the prompt was not heard to its end")
    finally:
        await asyncio.to_thread(caller.__exit__, None, None, None)
        await line.stop()
        await pacer.stop()
    heard = caller.heard()
    spoken = np.flatnonzero(loud_frames(heard))
    whole = heard[160 * int(spoken[0]) : 160 * (int(spoken[-1]) + 1)]
    assert len(whole) / 2 / RATE == pytest.approx(len(made) / 2 / RATE, abs=0.6), "nothing of it is missing"
    own = [
        len(piece.pcm) / 2 / piece.rate for piece in prompts.pieces(SENTENCE, Style()) if isinstance(piece, Recording)
    ]
    begin, levels = 0.0, []
    for place, seconds in enumerate(own):
        part = whole[2 * int(RATE * (begin + 0.1)) : 2 * int(RATE * (begin + seconds - 0.1))]
        frames = [level(part[at : at + 320]) for at in range(0, len(part) - 320, 320)]
        speaking_frames = [one for one in frames if one > QUIET_DBFS]
        levels.append(10 * np.log10(np.mean([10 ** (one / 10) for one in speaking_frames])))
        begin += seconds + (0.15 if place == 0 else 0.0)
    assert levels == pytest.approx([TARGET_DBFS] * 3, abs=2.5), "three rooms, one level"
    seam = own[0] + 0.15 + own[1]
    around = loud_frames(whole[2 * int(RATE * (seam - 0.25)) : 2 * int(RATE * (seam + 0.25))])
    quiet = max((len(run) for run in "".join("x" if one else "." for one in around).split("x")), default=0)
    assert quiet <= 15, "no gap of more than 0.15 s where nothing stands between the words"
