"""The trained model: where it lives, when it is stale, how it is trained."""

from __future__ import annotations

import hashlib
import logging
import shutil
from pathlib import Path

import yaml

from assistant.settings import PROJECT_ROOT, Settings

MODELS = PROJECT_ROOT / "models"
DOMAIN = PROJECT_ROOT / "assistant" / "domain.yml"
CONFIG = PROJECT_ROOT / "config.yml"
TRAINING_FILES = (PROJECT_ROOT / "nlu_data" / "intents", PROJECT_ROOT / "nlu_data" / "rules.yml")

_LEARNT_FROM = (
    "config.yml",
    "assistant/domain.yml",
    "assistant/nlu/*.py",
    "language/*.py",
    "nlu_data/*.yml",
    "nlu_data/intents/*.yml",
    "nlu_data/language/*.yml",
    "nlu_data/procedures/*.yml",
)


class ModelMissing(RuntimeError):
    """There is no trained model; the message says how to train one."""


class PipelineRefused(RuntimeError):
    """config.yml names a component that cannot work here; the message names it."""


def fingerprint() -> str:
    """What the model depends on, as 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for pattern in _LEARNT_FROM:
        for path in sorted(PROJECT_ROOT.glob(pattern)):
            digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Where the model of the present data belongs."""
    return MODELS / f"motcua-{fingerprint()}.tar.gz"


def latest_model(settings: Settings) -> Path:
    """The model to run: that of the present data, else the newest there is, else the place of the missing one."""
    wanted = model_path()
    if wanted.exists():
        return wanted
    others = sorted(MODELS.glob("motcua-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if others:
        logging.getLogger(__name__).warning("the model is older than its data; `motcua train` makes a new one")
        return others[-1]
    return wanted


def is_stale() -> bool:
    """Whether there is no model of the present data."""
    return not model_path().exists()


def refuse_tensorflow(config: Path = CONFIG) -> None:
    """Stop before training when the pipeline names a component that needs TensorFlow.

    Raises:
        PipelineRefused: naming the component.
    """
    import assistant.lean_rasa
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe
    from rasa.shared.utils.common import class_from_module_path

    configured = yaml.safe_load(config.read_text(encoding="utf-8"))
    for section in ("pipeline", "policies"):
        for item in configured.get(section) or []:
            name = item["name"]
            if "." in name:
                component = class_from_module_path(name)
            else:
                component = DefaultV1Recipe._from_registry(name).clazz
            if assistant.lean_rasa.needs_tensorflow(component):
                raise PipelineRefused(
                    f"{config.name}: {name} needs TensorFlow, which this installation leaves out on purpose. "
                    "Take it out of the pipeline, or use one of the components named in docs/decisions/."
                )


def train(force: bool = False) -> Path:
    """Train and package the model of the present data; nothing to do when it exists.

    Args:
        force: train again all the same.

    Returns:
        The path of the model.

    Raises:
        PipelineRefused: when config.yml names a component that needs TensorFlow.
    """
    target = model_path()
    if target.exists() and not force:
        return target
    refuse_tensorflow()
    from rasa.model_training import train as rasa_train

    from assistant.lean_rasa import quiet_rasa

    quiet_rasa()
    MODELS.mkdir(exist_ok=True)
    result = rasa_train(
        domain=str(DOMAIN),
        config=str(CONFIG),
        training_files=[str(path) for path in TRAINING_FILES],
        output=str(MODELS / "training"),
        fixed_model_name="motcua",
        force_training=True,
    )
    if result.model is None:
        raise PipelineRefused("Rasa trained no model; the lines above say why")
    Path(result.model).replace(target)
    shutil.rmtree(MODELS / "training", ignore_errors=True)
    for old in MODELS.glob("motcua-*.tar.gz"):
        if old != target:
            old.unlink()
    return target
