"""Which recognition engine runs: the one that is set, or the best one that is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runtime.messages import Message
from runtime.plugin_settings import own_settings
from runtime.registry import RegistryError
from runtime.seams import RECOGNISERS
from speech.errors import EngineMissing
from speech.recognition.engine import Engine, EngineFactory, Models
from speech.recognition.recogniser import Recogniser

AUTO, NONE = "auto", "none"
"""What may be set beside a name: the first of :data:`PREFERRED` that is there, and no recognition at all."""

PREFERRED: Final = ("vosk", "viet-asr")
"""Whisper is never taken unasked: it is slower and less exact."""


@dataclass(frozen=True)
class EngineSpec:
    """What a worker process loads; small enough to be sent to one."""

    name: str
    """As registered; ``none`` for no engine."""
    models: Models


@dataclass(frozen=True)
class Choice:
    """The engine chosen, and a sentence for the operator that says why."""

    spec: EngineSpec
    statement: str

    @property
    def hears(self) -> bool:
        """Whether there is an engine at all."""
        return self.spec.name != NONE


def choose(wanted: str, models: Models) -> Choice:
    """Decide without loading anything; :func:`load` may still find a model damaged.

    Args:
        wanted: ``auto``, ``none`` or a registered name.
        models: what the installation says about models.

    Raises:
        EngineMissing: when one engine is asked for by name and something it needs is missing, or it is unknown.
    """
    if wanted == AUTO:
        return _automatic(models)
    if wanted == NONE:
        return Choice(EngineSpec(NONE, models), Message("speech is not recognised: none, as set"))
    if not RECOGNISERS.knows(wanted):
        raise EngineMissing(RECOGNISERS.unknown(wanted, AUTO, NONE))
    if (missing := _engine(wanted, models).missing()) is not None:
        raise EngineMissing(missing)
    return Choice(EngineSpec(wanted, models), Message("speech is recognised by {engine}, as set", engine=wanted))


def load(spec: EngineSpec) -> Recogniser:
    """Load the model; takes seconds and memory, so it belongs into a worker process.

    Raises:
        EngineMissing: naming what to install and how.
    """
    if spec.name == NONE:
        raise EngineMissing(Message("no recognition engine is set: MOTCUA_SPEECH_ENGINE names one"))
    return _engine(spec.name, spec.models).load()


def _engine(name: str, models: Models) -> Engine:
    try:
        make: EngineFactory = RECOGNISERS.get(name)
        own = own_settings(RECOGNISERS, name)
    except RegistryError as error:
        raise EngineMissing(str(error)) from None
    return make(own, models)


def _automatic(models: Models) -> Choice:
    reasons: list[str] = []
    for name in PREFERRED:
        engine = _engine(name, models)
        missing = engine.missing()
        if missing is None:
            used = engine.described()
            said = (
                Message("speech is recognised by {engine}, because {reason}", engine=used, reason=reasons[0])
                if reasons
                else Message("speech is recognised by {engine}", engine=used)
            )
            return Choice(EngineSpec(name, models), said)
        reasons.append(missing)
    return Choice(
        EngineSpec(NONE, models),
        Message("speech is not recognised: {reason}; telephone and kiosk go on with keys", reason=reasons[0]),
    )
