"""Recognition of speech and the synthetic voice."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from runtime import seams
from runtime.setting_groups.group import Group, registered

WITHOUT_ENGINE = ("auto", "none")
"""Speech engines that name no recogniser: the best one there is, and none at all."""


class SpeechSettings(Group):
    """Recognition of speech and the synthetic voice."""

    speech_engine: str = Field(
        "auto",
        description="recognises speech: vosk, viet-asr, whisper, none, or one that was added; auto: vosk if its model "
        "is there, else viet-asr if installed, else none",
    )
    vosk_model: str = Field(
        "vosk-model-small-vn-0.4", description="folder of a Vosk model, or the name of one in speech/models of the data"
    )
    vosk_model_sha256: str | None = Field(
        None, pattern="^[0-9a-fA-F]{64}$", description="SHA-256 the zip file of the Vosk model must have"
    )
    whisper_model: str = Field("base", description="folder or cached name of a Whisper model for faster-whisper")
    recogniser_workers: int | None = Field(
        None,
        ge=1,
        le=16,
        description="recognition processes, each with a model; one follows about four who speak at once. Default: 1, "
        "and where calls with sound are taken one for each processor core, 4 at most",
    )
    voice: str = Field(
        "pyttsx3",
        description="synthetic voice: pyttsx3 (espeak-ng of the system, else of the wheel), pyttsx3-system, "
        "pyttsx3-wheel, piper (neural, needs onnxruntime and a fetched voice), or one that was added",
    )
    piper_voice: str = Field(
        "vi_VN-vais1000-medium",
        description="folder of a voice in Piper's format (VITS in ONNX), or its name in speech/models of the data",
    )
    voice_accent: Literal["north", "central", "south"] = Field(
        "north", description="accent of the synthetic voice and of the recordings: north, central or south"
    )
    voice_speed: float = Field(
        1.0, ge=0.6, le=2.0, description="pace of the synthetic voice; 1: 14 characters a second"
    )
    voice_prompts: Path | None = Field(
        None, description="folder of recorded sentences; default: speech/prompts in the data folder"
    )
    voice_workers: int = Field(1, ge=1, le=8, description="processes of the synthetic voice; one serves 50 calls")
    voice_cache_mb: int = Field(
        64, ge=0, le=4096, description="megabytes of spoken sentences kept in memory, and of public ones on disk"
    )

    @field_validator("speech_engine")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        return value if value in WITHOUT_ENGINE else registered(seams.RECOGNISERS, value, *WITHOUT_ENGINE)

    @field_validator("voice")
    @classmethod
    def _known_voice(cls, value: str) -> str:
        return registered(seams.VOICES, value)
