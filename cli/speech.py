"""``motcua speech``: try recognition and voices, and fetch what they need."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.progress import Progress as Bars

from cli.speaking import prompts, say
from installation.recognition import models_of
from installation.voices import piper_folder
from runtime import settings as settings_module
from runtime.messages import Message, tr, translated
from runtime.settings import Settings
from speech import audio
from speech.errors import SpeechError
from speech.fetching import DownloadFailed, Progress
from speech.recognition import engines, model_download
from speech.recognition.recogniser import Hints, unknown_words
from speech.recognition.transcribe import transcribe as transcribe_recording
from speech.voices import piper_download

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Recognise and speak: try an engine or a voice, fetch a model.",
)
app.command()(say)
app.command()(prompts)
errors = Console(stderr=True, highlight=False)


@app.command()
def transcribe(
    file: Annotated[Path, typer.Argument(help="WAV file, 16-bit mono, of any sample rate.", metavar="FILE.wav")],
    engine: Annotated[str | None, typer.Option(help="A name MOTCUA_SPEECH_ENGINE may have; default: as set.")] = None,
    phone: Annotated[bool, typer.Option("--phone", help="Pass it through a telephone line first: 8 kHz.")] = False,
    allow: Annotated[
        list[str] | None, typer.Option(help="An allowed phrase; give several for a closed choice.")
    ] = None,
) -> None:
    """Recognise a recording and print JSON.

    Example:  motcua speech transcribe hello.wav --phone --allow "khai sinh" --allow "khai tử"
    """
    settings = settings_module.load()
    hints = Hints(tuple(allow or ()), closed=bool(allow))
    try:
        # The recording first: a wrong name should not wait for a model to load.
        recording = audio.read_wav(file)
        if phone:
            recording = audio.through_telephone(recording)
        choice = _choice(settings, engine)
        began = time.perf_counter()
        recogniser = engines.load(choice.spec)
        loaded = time.perf_counter() - began
        done = transcribe_recording(recogniser, recording, hints)
    except SpeechError as error:
        _give_up(error)
    found: dict[str, object] = {
        "text": done.heard.text,
        "confidence": _rounded(done.heard.confidence),
        "seconds": _rounded(done.heard.seconds),
        "engine": recogniser.name,
        "real_time_factor": _rounded(done.real_time_factor),
        "finishing_seconds": _rounded(done.finishing_seconds),
        "loading_seconds": _rounded(loaded),
    }
    if allow:
        found["phrase"] = done.heard.phrase
        found["words_missing_from_model"] = list(unknown_words(recogniser, hints.phrases))
    print(json.dumps(found, ensure_ascii=False))


@app.command()
def model(
    download: Annotated[bool, typer.Option("--download", help="Fetch it; needs a connection.")] = False,
    archive: Annotated[Path | None, typer.Option(help="Install this zip file instead of fetching it.")] = None,
    mirror: Annotated[str, typer.Option(help="Folder the zip file is fetched from.")] = model_download.MAKER,
) -> None:
    """Show the recognition model in use; fetch the Vosk model that is set, or install it from a zip file.

    Example:  motcua speech model --download
    """
    settings = settings_module.load()
    name, models = settings.vosk_model, settings.speech_models_path
    try:
        if download or archive:
            installed = _installed(settings, name, models, archive, mirror.rstrip("/") + "/")
            print(
                tr(
                    "{name} is in {folder}, checked against the digest of {source}",
                    name=name,
                    folder=installed.folder,
                    source=installed.checked_against,
                )
            )
        print(translated(_choice(settings, None).statement))
    except SpeechError as error:
        _give_up(error)


def _installed(
    settings: Settings, name: str, models: Path, archive: Path | None, mirror: str
) -> model_download.Installed:
    if archive is not None:
        expected = model_download.expected_of(name, settings.vosk_model_sha256)
        if expected is None:
            raise DownloadFailed(
                Message(
                    "nothing to check {name} against: set MOTCUA_VOSK_MODEL_SHA256 to the SHA-256 of its zip file",
                    name=name,
                )
            )
        return model_download.install(archive, name, models, expected)
    with _bar(name) as progress:
        return model_download.download(name, models, progress, sha256=settings.vosk_model_sha256, base=mirror)


@contextmanager
def _bar(name: str, total: int | None = None) -> Iterator[Progress]:
    """A bar for a file that is fetched; gives what is told about every piece."""
    columns = (TextColumn(name), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Bars(*columns, console=errors, transient=True) as bars:
        task = bars.add_task(name, total=total)
        yield lambda have, total: bars.update(task, completed=have, total=total)


@app.command()
def voice(
    download: Annotated[bool, typer.Option("--download", help="Fetch it; needs a connection.")] = False,
    archive: Annotated[Path | None, typer.Option(help="Install it from this zip file instead of fetching it.")] = None,
    mirror: Annotated[str, typer.Option(help="Folder the voices are fetched from.")] = piper_download.MAKER,
) -> None:
    """Show the voice in use; fetch the neural voice that is set (MOTCUA_PIPER_VOICE), or install it from a zip file.

    Example:  motcua speech voice --download
    """
    settings = settings_module.load()
    name, models = settings.piper_voice, settings.speech_models_path
    try:
        if download or archive:
            folder = _installed_voice(name, models, archive, mirror.rstrip("/") + "/")
            print(tr("{name} is in {folder}; its maker says of it and its licence:", name=name, folder=folder))
            print((folder / piper_download.CARD).read_text(encoding="utf-8").strip())
            print(tr("MOTCUA_VOICE=piper speaks with it (now: {voice}).", voice=settings.voice))
        else:
            print(
                tr(
                    "MOTCUA_VOICE={voice}; {name} {where}",
                    voice=settings.voice,
                    name=name,
                    where=_where(piper_folder(settings)),
                )
            )
    except SpeechError as error:
        _give_up(error)


def _where(folder: Path) -> str:
    if folder.is_dir():
        return tr("is in {folder}", folder=folder)
    return tr("is not installed: motcua speech voice --download")


def _installed_voice(name: str, models: Path, archive: Path | None, mirror: str) -> Path:
    if archive is not None:
        return piper_download.install(archive, name, models)
    size = piper_download.size_of(name)
    errors.print(tr("{name}: {size:.0f} MB from {mirror}", name=name, size=size / 1e6, mirror=mirror), markup=False)
    with _bar(name, size) as progress:
        return piper_download.download(name, models, progress, base=mirror)


def _choice(settings: Settings, engine: str | None) -> engines.Choice:
    return engines.choose(engine or settings.speech_engine, models_of(settings))


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _give_up(error: SpeechError) -> NoReturn:
    errors.print(translated(error), markup=False, soft_wrap=True)
    raise typer.Exit(1)
