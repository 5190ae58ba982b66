"""The process in which one voice runs: one text at a time, in and out through pipes.

Run as ``python -m speech.voices.worker NAME [FOLDER]`` with a name of ``MOTCUA_VOICE`` and the folder of its files.
Engines break when several threads use them, and may crash on a text; here they take down nothing but this process.

In: a JSON line for each text, as :class:`Job`. Out: a JSON line, as :class:`Hello` first and then :class:`Answer`,
with the PCM right behind it. The text is never written anywhere.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import IO

from runtime.registry import RegistryError
from speech.errors import SpeechError
from speech.voices.synthesiser import Synthesiser, synthesiser
from speech.voices.voice import Accent, NoSuchVoice, Style, UnspeakableText

HANGS_AFTER = 8
"""Seconds after which this process ends itself, even when the engine no longer returns and nobody else is left."""


class Failure(StrEnum):
    """Why there is no sound."""

    NO_SUCH_VOICE = "no such voice"
    UNSPEAKABLE = "unspeakable text"
    FAILED = "failed"


@dataclass(frozen=True)
class Job:
    """One text to say."""

    text: str
    language: str
    accent: str
    speed: float

    @classmethod
    def of(cls, text: str, style: Style) -> Job:
        """A text as it goes through the pipe."""
        return cls(text, style.language, style.accent, style.speed)

    @property
    def style(self) -> Style:
        """How it is said."""
        return Style(self.language, Accent(self.accent), self.speed)


@dataclass(frozen=True)
class Hello:
    """What the process says when it is ready, or that it cannot become so."""

    engine: str = ""
    rate: int = 0
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one text; ``size`` bytes of PCM follow."""

    size: int = 0
    failure: str = ""
    """A :class:`Failure`; empty when there is sound."""
    error: str = ""


def serve(requests: IO[bytes], answers: IO[bytes], name: str, folder: Path) -> None:
    """Answer until the other end closes its pipe."""
    try:
        loaded = synthesiser(name, folder)
        hello = Hello(engine=loaded.name, rate=loaded.sample_rate)
    except (SpeechError, RegistryError) as error:
        _send(answers, Hello(error=str(error)))
        return
    except Exception as error:
        # Whatever keeps a voice from starting, the process that asked has to tell the operator.
        _send(answers, Hello(error=f"the voice {name} does not start: {type(error).__name__}: {error}"))
        return
    _send(answers, hello)
    for line in requests:
        signal.alarm(HANGS_AFTER)
        answer, pcm = _spoken(loaded, Job(**json.loads(line)))
        signal.alarm(0)
        _send(answers, answer, pcm)


def _spoken(voice: Synthesiser, job: Job) -> tuple[Answer, bytes]:
    try:
        pcm = bytes(voice.speak(job.text, job.style))
    except NoSuchVoice as error:
        return Answer(failure=Failure.NO_SUCH_VOICE, error=str(error)), b""
    except UnspeakableText as error:
        return Answer(failure=Failure.UNSPEAKABLE, error=str(error)), b""
    except SpeechError as error:
        return Answer(failure=Failure.FAILED, error=str(error)), b""
    except Exception as error:
        # Only the kind: another library's message may hold the text.
        return Answer(failure=Failure.FAILED, error=f"the voice failed: {type(error).__name__}"), b""
    if not pcm or len(pcm) % 2:
        return Answer(failure=Failure.FAILED, error="the voice gave no 16-bit sound"), b""
    return Answer(size=len(pcm)), pcm


def _send(answers: IO[bytes], message: Hello | Answer, pcm: bytes = b"") -> None:
    answers.write(json.dumps(asdict(message)).encode() + b"\n" + pcm)
    answers.flush()


def main() -> None:
    """Serve on the standard streams; what the engine prints on them goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, answers, sys.argv[1], Path(*sys.argv[2:3]))


if __name__ == "__main__":
    main()
