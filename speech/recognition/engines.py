"""Which recognition engine runs: the one that is set, or the best one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from speech.errors import EngineMissing
from speech.recognition.recogniser import Recogniser
from speech.recognition.viet_asr_engine import VietAsrRecogniser
from speech.recognition.vosk_engine import VoskRecogniser, is_model
from speech.recognition.whisper_engine import WhisperRecogniser


class Engine(StrEnum):
    """What can be set; :attr:`AUTO` takes vosk when its model is there, else viet-asr when installed, else none."""

    AUTO = "auto"
    VOSK = "vosk"
    VIET_ASR = "viet-asr"
    WHISPER = "whisper"
    NONE = "none"


_PACKAGES = {Engine.VOSK: "vosk", Engine.VIET_ASR: "vietasr", Engine.WHISPER: "faster_whisper"}


@dataclass(frozen=True)
class EngineSpec:
    """What a worker process loads; small enough to be sent to one."""

    engine: Engine
    model: str = ""
    """Folder of the Vosk model, or folder or name of the Whisper model."""


@dataclass(frozen=True)
class Choice:
    """The engine chosen, and a sentence for the operator that says why."""

    spec: EngineSpec
    statement: str


def vosk_folder(model: str, models: Path) -> Path:
    """The folder of a Vosk model given as a folder or as a name in the folder of models."""
    return Path(model) if "/" in model or is_model(Path(model)) else models / model


def is_installed(engine: Engine) -> bool:
    """Whether the engine's Python package is there; the model may still be missing."""
    return engine in _PACKAGES and find_spec(_PACKAGES[engine]) is not None


def choose(wanted: str, *, vosk_model: str, whisper_model: str, models: Path) -> Choice:
    """Decide without loading anything; :func:`load` may still find a model damaged.

    Args:
        wanted: a value of :class:`Engine`.
        vosk_model: folder or name of the Vosk model.
        whisper_model: folder or name of the Whisper model.
        models: folder where named Vosk models lie.

    Raises:
        EngineMissing: when one engine is asked for by name and its package or model is missing, or it is unknown.
    """
    try:
        engine = Engine(wanted)
    except ValueError:
        known = ", ".join(Engine)
        raise EngineMissing(f"there is no recognition engine {wanted}; there are {known}") from None
    folder = vosk_folder(vosk_model, models)
    if engine is Engine.AUTO:
        return _automatic(folder)
    if engine is not Engine.NONE and not is_installed(engine):
        name = "faster-whisper" if engine is Engine.WHISPER else engine.value
        raise EngineMissing(f"recognition with {engine} needs the Python package {name}: `pip install {name}`")
    if engine is Engine.VOSK and not is_model(folder):
        raise EngineMissing(f"no Vosk model in {folder}; `motcua speech model --download` fetches {vosk_model}")
    model = {Engine.VOSK: str(folder), Engine.WHISPER: whisper_model}.get(engine, "")
    return Choice(EngineSpec(engine, model), f"speech is recognised by {engine}, as set")


def load(spec: EngineSpec) -> Recogniser:
    """Load the model; takes seconds and memory, so it belongs into a worker process.

    Raises:
        EngineMissing: naming what to install and how.
    """
    if spec.engine is Engine.VOSK:
        return VoskRecogniser(Path(spec.model))
    if spec.engine is Engine.VIET_ASR:
        return VietAsrRecogniser()
    if spec.engine is Engine.WHISPER:
        return WhisperRecogniser(spec.model)
    raise EngineMissing("no recognition engine is set: MOTCUA_SPEECH_ENGINE names one")


def _automatic(folder: Path) -> Choice:
    if is_installed(Engine.VOSK) and is_model(folder):
        return Choice(
            EngineSpec(Engine.VOSK, str(folder)), f"speech is recognised by vosk with the model {folder.name}"
        )
    if is_installed(Engine.VIET_ASR):
        statement = f"speech is recognised by viet-asr, because there is no Vosk model in {folder}"
        return Choice(EngineSpec(Engine.VIET_ASR), statement)
    statement = (
        f"speech is not recognised: no Vosk model in {folder} (`motcua speech model --download` fetches one); "
        "telephone and kiosk go on with keys"
    )
    return Choice(EngineSpec(Engine.NONE), statement)
