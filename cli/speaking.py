"""``motcua speech say`` and ``motcua speech prompts``, and how a process gets its voice."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from channels.phone.recording_script import most_heard
from contract.turn import Channel
from contract.wording import wording_of
from installation.voices import open_speaking
from language.languages import default_language
from runtime import settings as settings_module
from runtime.messages import reason_of, tr, translated
from runtime.settings import Settings
from speech.audio import Recording, wav_bytes, write_wav
from speech.errors import SpeechError
from speech.prompts.recordings import ANY, Prompts, read_folder
from speech.prompts.script import Line, script, write_script
from speech.prompts.studio import style_of
from speech.voices.voice import FASTEST, SLOWEST, Accent, Style

HEARD = ("core", "channels", "phone")
"""Rooms of the wording with the fixed sentences a caller may hear."""


def default_style(settings: Settings, language: str | None = None) -> Style:
    """How the settings want things said."""
    return Style(language or default_language(), Accent(settings.voice_accent), settings.voice_speed)


def say(
    text: Annotated[str, typer.Argument(help="What to say; - reads it from standard input.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="WAV file to write; else it is played.")] = None,
    voice: Annotated[Accent | None, typer.Option(help="Accent of the voice.")] = None,
    speed: Annotated[float | None, typer.Option(min=SLOWEST, max=FASTEST, help="1 is the usual pace.")] = None,
    language: Annotated[
        str | None, typer.Option(help="As in nlu_data/wording, or one there are recordings for.")
    ] = None,
    rate: Annotated[int, typer.Option(min=8000, max=48000, help="Samples a second.")] = 16000,
) -> None:
    """Say a text as a caller would hear it: recordings first, the synthetic voice for the rest."""
    settings = settings_module.load(voice_accent=voice, voice_speed=speed)
    style = default_style(settings, language)

    async def spoken() -> bytes:
        async with open_speaking(settings) as speaking:
            return await speaking.whole(sys.stdin.read() if text == "-" else text, style, rate=rate)

    try:
        recording = Recording(asyncio.run(spoken()), rate)
    except SpeechError as error:
        _stop(str(error))
    if not recording.pcm:
        _stop(tr("there is nothing to say in this text"))
    if output is None:
        _play(recording)
        return
    try:
        write_wav(output, recording)
    except OSError as error:
        _stop(f"{output}: {translated(reason_of(error))}")
    report = {"file": str(output), "seconds": round(recording.seconds, 2), "rate": rate, "language": style.language}
    print(json.dumps({**report, "voice": style.accent, "speed": style.speed}, ensure_ascii=False))


def prompts(
    language: Annotated[str | None, typer.Option(help="As in nlu_data/wording, or another: hmn, km, tyz.")] = None,
    accent: Annotated[str, typer.Option(help="north, central, south, or any.")] = ANY,
    write: Annotated[bool, typer.Option("--write", help="Write script.csv and an index for speakers to fill.")] = False,
) -> None:
    """Which fixed sentences are recorded and which are missing; recordings that cannot be used are named."""
    if accent not in {ANY, *Accent}:
        _stop(
            tr(
                "--accent {accent}: must be one of {accents} or {any}",
                accent=accent,
                accents=", ".join(Accent),
                any=ANY,
            )
        )
    settings = settings_module.load()
    language = language or default_language()
    style = style_of(language, accent)
    first = dict.fromkeys(chain.from_iterable(most_heard(style).values()))
    lines = tuple(dict.fromkeys((*first, *script(_fixed_texts(settings, language), style))))
    folder = settings.voice_prompts_path / language / accent
    if write:
        write_script(folder, lines)
        print(
            tr(
                "{folder}: {count} sentences in script.csv; put the recordings beside it, 16-bit mono WAV",
                folder=folder,
                count=len(lines),
            )
        )
        return
    found = read_folder(settings.voice_prompts_path)
    missing = [line for line in lines if not _is_recorded(found, line, style)]
    for line in missing:
        print(tr("missing  {text}", text=line.text))
    print(
        tr(
            "{recorded} of {total} sentences are recorded in {folder}",
            recorded=len(lines) - len(missing),
            total=len(lines),
            folder=settings.voice_prompts_path,
        )
    )
    for problem in found.problems:
        print(translated(problem), file=sys.stderr)
    if found.problems:
        raise typer.Exit(1)


def _is_recorded(found: Prompts, line: Line, style: Style) -> bool:
    return all(isinstance(piece, Recording) for piece in found.pieces(line.text, style))


def _fixed_texts(settings: Settings, language: str) -> Iterator[str]:
    """What callers hear in the same words every time: greetings, menus, questions back."""
    store = wording_of(settings.nlu_data_path)
    for room in HEARD:
        yield from store.room(room).every(language, on=Channel.PHONE)


def _play(recording: Recording) -> None:
    player = shutil.which("aplay")
    if player is None:
        _stop(tr("aplay is not installed (Debian package alsa-utils); write a file with -o FILE.wav"))
    done = subprocess.run([player, "-q", "-"], input=wav_bytes(recording), check=False)
    if done.returncode:
        _stop(tr("aplay could not play; write a file with -o FILE.wav"))


def _stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise typer.Exit(1)
