"""Text as phonemes of espeak-ng, which most published VITS voices were trained on."""

from __future__ import annotations

import ctypes
import re
import unicodedata
from typing import Final

from runtime.messages import Message
from speech.errors import VoiceFailed

_UTF8: Final = 1
_IPA: Final = 2
_OK: Final = 0
_CLAUSE: Final = re.compile(r"([^,.;:!?]*)([,.;:!?]*)")
_SWITCH: Final = re.compile(r"\([^)]*\)")
"""Where espeak-ng goes over to another language's sounds: ``(en)``."""


class Phonemes:
    """Phonemes in one espeak-ng voice. Belongs to the thread that made it.

    Args:
        library: espeak-ng, initialised.
        voice: as espeak-ng calls it.

    Raises:
        VoiceFailed: espeak-ng has no such voice.
    """

    def __init__(self, library: ctypes.CDLL, voice: str) -> None:
        self._library = library
        self._voice = voice.encode()
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        self._choose()

    def of(self, text: str) -> str:
        """The phonemes, decomposed, with the punctuation between clauses; espeak-ng itself drops it."""
        self._choose()
        said = "".join(self._clause(words) + sign[:1] + " " * bool(sign) for words, sign in _CLAUSE.findall(text))
        return unicodedata.normalize("NFD", said).strip()

    def _choose(self) -> None:
        # Whoever else speaks with the library in this process leaves another voice behind.
        if self._library.espeak_SetVoiceByName(self._voice) != _OK:
            raise VoiceFailed(Message("espeak-ng has no voice {voice}", voice=self._voice.decode()))

    def _clause(self, words: str) -> str:
        if not words.strip():
            return ""
        coded = ctypes.create_string_buffer(words.encode())
        at = ctypes.c_void_p(ctypes.addressof(coded))
        found = []
        while at.value:
            found.append((self._library.espeak_TextToPhonemes(ctypes.byref(at), _UTF8, _IPA) or b"").decode())
        return _SWITCH.sub("", " ".join(found)).strip()
