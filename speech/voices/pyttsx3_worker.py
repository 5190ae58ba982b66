"""The process in which pyttsx3 and espeak-ng run: one text at a time, in and out through pipes.

Run as ``python -m speech.voices.pyttsx3_worker [auto|system|wheel]``. espeak-ng is started once a process, breaks when
several threads use it, and may crash on a text; here it takes down nothing but this process. What pyttsx3 2.99 does
wrong is guarded here: see :class:`Speaker`.

In: a JSON line for each text, as :class:`Job`. Out: a JSON line, as :class:`Hello` first and then :class:`Answer`,
with the PCM right behind it. The text is never written anywhere.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import wave
from dataclasses import asdict, dataclass
from types import SimpleNamespace
from typing import IO, Any

from speech.voices.espeak_library import Library, make_available

HANGS_AFTER = 8
"""Seconds after which this process ends itself, even when espeak-ng no longer returns and nobody else is left."""


@dataclass(frozen=True)
class Job:
    """One text to say."""

    voice: str
    """Identifier of espeak-ng, e.g. ``aav/vi``."""
    words_a_minute: int
    text: str


@dataclass(frozen=True)
class Hello:
    """What the process says when it is ready, or that it cannot become so."""

    engine: str = ""
    voices: tuple[str, ...] = ()
    error: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one text; ``size`` bytes of PCM follow."""

    size: int = 0
    rate: int = 0
    error: str = ""
    is_unknown_voice: bool = False


class Speaker:
    """pyttsx3 on espeak-ng, used in the one way that works.

    - One ``save_to_file`` for one ``runAndWait``: of several only the last would be written.
    - espeak-ng speaks in this thread (:func:`_speak_in_this_thread`). In the mode pyttsx3 picks, a thread of espeak-ng
      calls back: ``runAndWait`` returns before a longer text is done, and, even when ``Synchronize`` is called after
      it, a late report of the former text's end closes the next file in the middle (seen in 5 of 800).
    - The voice is checked before and after: an unknown one would leave the former voice, at first English.
    - The file is memory, so that what a citizen is told touches no disk; ``say`` would need a sound card.
    """

    def __init__(self, library: Library) -> None:
        found = make_available(library)
        import pyttsx3
        from pyttsx3.drivers import _espeak, espeak

        _speak_in_this_thread(_espeak)
        # The driver sleeps 10 ms after each text, longer than espeak-ng takes for it, for events that are all here.
        espeak.time = SimpleNamespace(sleep=lambda seconds: None)
        self._engine: Any = pyttsx3.init("espeak")
        self.voices = tuple(voice.id for voice in self._engine.getProperty("voices"))
        self.engine = f"pyttsx3-espeak-ng-{_espeak.Info().decode()}-{found}"

    def speak(self, job: Job) -> tuple[Answer, bytes]:
        """Return the text as PCM, or what went wrong."""
        if job.voice not in self.voices:
            return Answer(error=f"espeak-ng has no voice {job.voice}", is_unknown_voice=True), b""
        file = io.BytesIO()
        self._engine.setProperty("voice", job.voice)
        self._engine.setProperty("rate", job.words_a_minute)
        self._engine.save_to_file(job.text, file)
        self._engine.runAndWait()
        spoken_by = self._engine.getProperty("voice")
        if spoken_by != job.voice:
            return Answer(error=f"{spoken_by} spoke instead of {job.voice}", is_unknown_voice=True), b""
        try:
            with wave.open(io.BytesIO(file.getvalue())) as content:
                pcm, rate = content.readframes(content.getnframes()), content.getframerate()
        except (wave.Error, EOFError):
            return Answer(error="pyttsx3 wrote no sound"), b""
        return Answer(size=len(pcm), rate=rate), pcm


def _speak_in_this_thread(espeak: Any) -> None:
    """Make pyttsx3's espeak bindings synchronous: a text is spoken when ``Synth`` returns.

    In this mode espeak-ng does not report the end of a text, for which the driver would wait for ever; so it is
    reported here, once.
    """
    asynchronous_synth, set_callback = espeak.Synth, espeak.SetSynthCallback
    callbacks: list[Any] = []

    def remember_callback(callback: Any) -> None:
        callbacks[:] = [callback]
        if callback is not None:
            set_callback(callback)

    def synth(text: bytes, **options: Any) -> int:
        result: int = asynchronous_synth(text, **options)
        events = (espeak.EVENT * 2)()
        events[0].type, events[1].type = espeak.EVENT_MSG_TERMINATED, espeak.EVENT_LIST_TERMINATED
        callbacks[0](None, 0, events)
        return result

    espeak.AUDIO_OUTPUT_RETRIEVAL = espeak.AUDIO_OUTPUT_SYNCHRONOUS
    espeak.SetSynthCallback, espeak.Synth = remember_callback, synth


def serve(requests: IO[bytes], answers: IO[bytes], library: Library) -> None:
    """Answer until the other end closes its pipe."""
    try:
        speaker = Speaker(library)
    except Exception as error:
        # Whatever keeps espeak-ng from starting, the process that asked has to tell the operator.
        _send(answers, Hello(error=f"{type(error).__name__}: {error}"))
        return
    _send(answers, Hello(engine=speaker.engine, voices=speaker.voices))
    for line in requests:
        signal.alarm(HANGS_AFTER)
        answer, pcm = speaker.speak(Job(**json.loads(line)))
        signal.alarm(0)
        _send(answers, answer, pcm)


def _send(answers: IO[bytes], message: Hello | Answer, pcm: bytes = b"") -> None:
    answers.write(json.dumps(asdict(message)).encode() + b"\n" + pcm)
    answers.flush()


def main() -> None:
    """Serve on the standard streams; what pyttsx3 prints on them goes nowhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, sys.stdout.fileno())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(sys.stdin.buffer, answers, Library(sys.argv[1] if len(sys.argv) > 1 else Library.AUTO))


if __name__ == "__main__":
    main()
