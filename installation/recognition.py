"""What the settings say about recognising speech; cheap to ask for a process that never hears anything."""

from __future__ import annotations

from runtime.settings import Settings
from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.engine import Models


def models_of(settings: Settings) -> Models:
    """What the settings say about recognition models."""
    return Models(settings.speech_models_path, settings.vosk_model, settings.whisper_model)


def recognises(settings: Settings) -> bool:
    """Whether speech is recognised on this machine."""
    try:
        return engines.choose(settings.speech_engine, models_of(settings)).hears
    except EngineMissing:
        return False
