"""pyttsx3 on espeak-ng, as a voice's worker runs it. What pyttsx3 2.99 does wrong is guarded: see :class:`Pyttsx3`."""

from __future__ import annotations

import io
import re
import wave
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from language.languages import installed
from runtime.messages import Message
from speech.errors import EngineMissing, VoiceFailed
from speech.voices.clearer import clearer, edition
from speech.voices.espeak_library import Library, make_available
from speech.voices.voice import NoSuchVoice, Style, UnspeakableText

_LONG_FIGURES = re.compile(r"\d{13}")
_SAMPLE_RATE = 22050
"""pyttsx3's; espeak-ng has no other."""


class Pyttsx3:
    """A :class:`speech.voices.synthesiser.Synthesiser` that uses pyttsx3 in the one way that works.

    - One ``save_to_file`` for one ``runAndWait``: of several only the last would be written.
    - espeak-ng speaks in this thread (:func:`_speak_in_this_thread`). In the mode pyttsx3 picks, a thread of espeak-ng
      calls back: ``runAndWait`` returns before a longer text is done, and, even when ``Synchronize`` is called after
      it, a late report of the former text's end closes the next file in the middle (seen in 5 of 800).
    - The voice is checked before and after: an unknown one would leave the former voice, at first English.
    - The file is memory, so that what a citizen is told touches no disk; ``say`` would need a sound card.

    Args:
        library: which espeak-ng it uses.

    Raises:
        EngineMissing: espeak-ng or pyttsx3 is not installed.
    """

    sample_rate = _SAMPLE_RATE

    def __init__(self, library: Library) -> None:
        try:
            found = make_available(library)
            import pyttsx3
            from pyttsx3.drivers import _espeak, espeak

            _speak_in_this_thread(_espeak)
            # The driver sleeps 10 ms after each text, longer than espeak-ng takes for it, for events that are all here.
            espeak.time = SimpleNamespace(sleep=lambda seconds: None)
            self._engine: Any = pyttsx3.init("espeak")
        except Exception as error:
            # Whatever keeps espeak-ng from starting, the operator has to be told what would bring it.
            raise EngineMissing(
                Message(
                    "no synthetic voice: {kind}: {error}; `pip install pyttsx3 espeakng-loader` brings all it "
                    "needs, or install the Debian package espeak-ng",
                    kind=type(error).__name__,
                    error=error,
                )
            ) from error
        self._voices = tuple(voice.id for voice in self._engine.getProperty("voices"))
        self.name = f"pyttsx3-espeak-ng-{_espeak.Info().decode()}-{found}-{edition()}"

    def speak(self, text: str, style: Style) -> bytes:
        """See :meth:`speech.voices.synthesiser.Synthesiser.speak`."""
        language = installed().get(style.language)
        voices = language.espeak if language is not None else None
        voice = voices.get(style.accent) if isinstance(voices, Mapping) else voices
        if language is None or voice is None:
            raise NoSuchVoice(Message("no synthetic voice speaks {language}", language=style.language))
        if voice.partition("+")[0] not in self._voices:
            raise NoSuchVoice(Message("espeak-ng has no voice {voice}", voice=voice))
        if _LONG_FIGURES.search(text):
            raise UnspeakableText(Message("figures of 13 digits and more have to be written out"))
        file = io.BytesIO()
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", round(language.words_a_minute * style.speed))
        self._engine.save_to_file(clear(text) if (clear := clearer().get(style.language)) else text, file)
        self._engine.runAndWait()
        spoken_by = self._engine.getProperty("voice")
        if spoken_by != voice:
            raise NoSuchVoice(Message("{spoken_by} spoke instead of {voice}", spoken_by=spoken_by, voice=voice))
        try:
            with wave.open(io.BytesIO(file.getvalue())) as content:
                pcm: bytes = content.readframes(content.getnframes())
                rate = content.getframerate()
        except (wave.Error, EOFError):
            raise VoiceFailed(Message("pyttsx3 wrote no sound")) from None
        if rate != _SAMPLE_RATE:
            raise VoiceFailed(Message("pyttsx3 wrote {rate} Hz instead of {wanted}", rate=rate, wanted=_SAMPLE_RATE))
        return pcm


def any_library(_settings: Any) -> Pyttsx3:
    """``pyttsx3``: the system's espeak-ng, else the wheel's."""
    return Pyttsx3(Library.AUTO)


def system_library(_settings: Any) -> Pyttsx3:
    """``pyttsx3-system``: the system's espeak-ng."""
    return Pyttsx3(Library.SYSTEM)


def wheel_library(_settings: Any) -> Pyttsx3:
    """``pyttsx3-wheel``: espeak-ng of the wheel, whatever the system has."""
    return Pyttsx3(Library.WHEEL)


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
