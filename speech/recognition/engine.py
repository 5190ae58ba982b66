"""What a recognition engine is before its model is loaded; :mod:`speech.recognition.engines` chooses one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from runtime.messages import Message
from speech.recognition.recogniser import Recogniser


@dataclass(frozen=True)
class Models:
    """What an installation says about models; small enough to be sent to a worker process."""

    folder: Path
    """Where named models lie: ``speech/models`` in the data folder."""
    vosk: str = ""
    """``MOTCUA_VOSK_MODEL``: folder, or name of one in the folder of models."""
    whisper: str = ""
    """``MOTCUA_WHISPER_MODEL``: folder, or name of one faster-whisper has in its cache."""


class Engine(Protocol):
    """An engine that may or may not be usable here. Making one loads nothing."""

    def missing(self) -> str | None:
        """What is missing, with its cure, in a sentence for the operator; None when :meth:`load` may be tried."""
        ...

    def described(self) -> str:
        """The engine and its model in a few words, for the operator."""
        ...

    def load(self) -> Recogniser:
        """Load the model; called in a worker process, takes seconds and memory.

        Raises:
            EngineMissing: naming what to install and how.
        """
        ...


EngineFactory = Callable[[Any, Models], Engine]
"""What ``motcua.recognisers`` names, given the engine's own settings and what the installation says about models."""


def missing_package(module: str, package: str, name: str, remark: str = "") -> str | None:
    """What to say when an engine's Python package is not installed; None when it is."""
    if find_spec(module) is not None:
        return None
    return Message(
        "recognition with {name} needs the Python package {package}: `pip install {package}`{remark}",
        name=name,
        package=package,
        remark=remark,
    )
