"""What makes a voice's sound, inside a process of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from runtime.plugin_settings import own_settings
from runtime.seams import VOICES
from speech.voices.voice import Style


class Synthesiser(Protocol):
    """A loaded voice. It is asked one text at a time, in one thread; it may block, and when it crashes or hangs, its
    process is replaced and the text is asked for once more."""

    @property
    def name(self) -> str:
        """Engine with version: sound of another name is another sound, also in the cache."""
        ...

    @property
    def sample_rate(self) -> int:
        """Hz of what :meth:`speak` returns."""
        ...

    def speak(self, text: str, style: Style) -> bytes:
        """Return the text as 16-bit mono PCM.

        Args:
            text: one passage of words on one line, in NFC, figures written out; at most
                :data:`speech.voices.voice.LONGEST_TEXT` characters.
            style: how it is said.

        Raises:
            NoSuchVoice: no voice for this language and accent; never another language instead.
            UnspeakableText: the text cannot be taken.
            VoiceFailed: no sound came out.
        """
        ...


SynthesiserFactory = Callable[[Any], Synthesiser]
"""What ``motcua.voices`` names: given the voice's own settings, it loads the voice, within half a minute. Raises
:class:`speech.errors.EngineMissing` with what to install. The project's own, which have no settings of their own, are
given the folder of the voice that is set."""


def synthesiser(name: str, folder: Path) -> Synthesiser:
    """Load a voice by its name in ``MOTCUA_VOICE``.

    Args:
        name: as registered.
        folder: with the files of the voice, for those that need files.

    Raises:
        RegistryError: there is none of this name, it cannot be imported, or its settings are wrong.
        EngineMissing: something it needs is not installed.
    """
    make: SynthesiserFactory = VOICES.get(name)
    return make(folder if VOICES.brings(name) else own_settings(VOICES, name))
