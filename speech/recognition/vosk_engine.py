"""Vosk: streams, gives confidences, and hears only a grammar when the dialogue allows only certain phrases."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

from runtime.messages import Message, joined
from speech.audio import seconds_of
from speech.errors import EngineMissing, RecognitionFailed
from speech.recognition.closest_phrase import decided
from speech.recognition.engine import Models, missing_package
from speech.recognition.recogniser import OPEN, RATE, Heard, Hints, Partial, Word, spoken_words

UNKNOWN = ("[unk]", "<unk>", "<UNK>")
"""Names models give the word for sound that fits no phrase. A grammar without it forces every noise into one of its
phrases, and a wrong name is dropped from the grammar like any word a model lacks."""

_ACOUSTIC_MODELS = ("am/final.mdl", "final.mdl")
"""Where the two layouts of Vosk models keep it (https://github.com/alphacep/vosk-api/issues/1460)."""
_DYNAMIC_GRAPHS = ("graph/HCLr.fst", "HCLr.fst")
"""Only models with such a graph can take a grammar; the others ignore it with a warning on stderr."""


def is_model(folder: Path) -> bool:
    """Whether a folder holds a Vosk model."""
    return any((folder / name).is_file() for name in _ACOUSTIC_MODELS)


class VoskEngine:
    """See :class:`speech.recognition.engine.Engine`.

    Args:
        _settings: none of its own.
        models: names the model.
    """

    def __init__(self, _settings: Any, models: Models) -> None:
        self._model = models.vosk
        self._folder = vosk_folder(models.vosk, models.folder)

    def missing(self) -> str | None:
        """The package, the model, or both."""
        reasons: list[str | None] = [missing_package("vosk", "vosk", "vosk")]
        if not is_model(self._folder):
            reasons.append(
                Message(
                    "there is no Vosk model in {folder} (`motcua speech model --download` fetches {model})",
                    folder=self._folder,
                    model=self._model,
                )
            )
        return joined("; ", filter(None, reasons)) or None

    def described(self) -> str:
        """With the model's name."""
        return Message("vosk with the model {model}", model=self._folder.name)

    def load(self) -> VoskRecogniser:
        """Load the model."""
        return VoskRecogniser(self._folder)


def vosk_folder(model: str, models: Path) -> Path:
    """The folder of a Vosk model given as a folder or as a name in the folder of models."""
    return Path(model) if "/" in model or is_model(Path(model)) else models / model


class VoskRecogniser:
    """A loaded Vosk model.

    Args:
        folder: the unpacked model.

    Raises:
        EngineMissing: when the package or the model is missing or damaged.
    """

    name = "vosk"
    sample_rate = RATE
    tells_words = True

    def __init__(self, folder: Path) -> None:
        try:
            import vosk
        except ImportError:
            raise EngineMissing(
                Message("recognition with vosk needs the Python package vosk: `pip install vosk`")
            ) from None
        # Vosk answers a wrong path with a bare Exception without a reason, and writes the reason to stderr.
        if not is_model(folder):
            raise EngineMissing(
                Message("{folder} holds no Vosk model; `motcua speech model --download` fetches one", folder=folder)
            )
        vosk.SetLogLevel(-1)
        self._vosk = vosk
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:
            raise EngineMissing(
                Message(
                    "the Vosk model in {folder} is damaged ({error}); delete it and fetch it again",
                    folder=folder,
                    error=error,
                )
            ) from None
        self._unknown = next((word for word in UNKNOWN if self._has(word)), None)
        self.takes_grammars = self._unknown is not None and any((folder / name).is_file() for name in _DYNAMIC_GRAPHS)

    def open(self, hints: Hints = OPEN) -> _VoskListening:
        """Begin an utterance; closed hints whose words the model knows become a grammar."""
        grammar = self.grammar(hints)
        arguments = (self._model, float(self.sample_rate), *([grammar] if grammar else []))
        recogniser = self._vosk.KaldiRecognizer(*arguments)
        recogniser.SetWords(True)
        return _VoskListening(recogniser, self.sample_rate, hints, has_grammar=grammar is not None)

    def grammar(self, hints: Hints) -> str | None:
        """The grammar of closed hints as Vosk's JSON; None where open recognition is safer.

        Vosk drops words its model lacks without telling. Were one phrase dropped, those who say it would be heard as
        saying another; so then all is heard openly, and the closest phrase is looked for afterwards.
        """
        phrases = [" ".join(spoken_words(unicodedata.normalize("NFC", phrase))) for phrase in hints.phrases]
        known = all(self.knows(word) for phrase in phrases for word in phrase.split())
        if not (hints.closed and phrases and known and self.takes_grammars):
            return None
        return json.dumps([*dict.fromkeys(phrases), self._unknown], ensure_ascii=False)

    def knows(self, word: str) -> bool:
        """Whether the model has the word; as its dictionary writes it, in small letters."""
        return self._has(unicodedata.normalize("NFC", word.lower()))

    def close(self) -> None:
        """Free the model once no utterance uses it."""
        self._model = None

    def _has(self, word: str) -> bool:
        return bool(self._model.vosk_model_find_word(word) >= 0)


class _VoskListening:
    def __init__(self, recogniser: Any, rate: int, hints: Hints, *, has_grammar: bool) -> None:
        self._recogniser = recogniser
        self._rate = rate
        self._hints = hints
        self._has_grammar = has_grammar
        self._seconds = 0.0
        self._words: list[Word] = []
        self._last = ""

    def feed(self, pcm: bytes) -> Partial | None:
        """Take PCM; Vosk itself cuts long speech into segments, which are put together here."""
        self._seconds += seconds_of(pcm, self._rate)
        try:
            segment_ended = self._recogniser.AcceptWaveform(pcm)
        except Exception as error:
            raise RecognitionFailed(Message("vosk: {error}", error=error)) from None
        running = ""
        if segment_ended:
            self._keep(self._recogniser.Result())
        else:
            running = json.loads(self._recogniser.PartialResult()).get("partial", "")
        text = " ".join(filter(None, [self._text(), _without_unknown(running)]))
        if text == self._last:
            return None
        self._last = text
        return Partial(text, self._seconds)

    def finish(self) -> Heard:
        """The words of all segments; the confidence is the mean over the time they took."""
        self._keep(self._recogniser.FinalResult())
        words = tuple(word for word in self._words if word.text not in UNKNOWN)
        heard = Heard(self._text(), _mean_confidence(words), self._seconds, words)
        self.abandon()
        if not self._has_grammar:
            return decided(heard, self._hints)
        # A grammar squeezes talk about other things into a string of its words; only a whole phrase is a choice.
        # (https://github.com/alphacep/vosk-api/issues/1017: some models hardly ever use their unknown word.)
        said = spoken_words(heard.text)
        phrase = next((phrase for phrase in self._hints.phrases if said and spoken_words(phrase) == said), None)
        return replace(heard, phrase=phrase)

    def abandon(self) -> None:
        """Free the utterance."""
        self._recogniser = None

    def _keep(self, result: str) -> None:
        self._words += [
            Word(one["word"], one["start"], one["end"], min(1.0, one["conf"]))
            for one in json.loads(result).get("result", [])
        ]

    def _text(self) -> str:
        return " ".join(word.text for word in self._words if word.text not in UNKNOWN)


def _without_unknown(text: str) -> str:
    return " ".join(word for word in text.split() if word not in UNKNOWN)


def _mean_confidence(words: tuple[Word, ...]) -> float | None:
    spoken = sum(word.end - word.start for word in words)
    if not words or spoken <= 0:
        return None
    return sum(word.confidence * (word.end - word.start) for word in words) / spoken
