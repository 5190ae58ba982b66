"""The trained model: where it lives, when it is stale, how it is trained."""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import yaml

from catalogue.approved import approved_folders
from runtime import logs
from runtime.messages import Message
from runtime.settings import PROJECT_ROOT, Settings
from understanding.learned_phrases import LEARNED, learned_folders

_log = logs.get(__name__)

MODELS = PROJECT_ROOT / "models"
DOMAIN = PROJECT_ROOT / "assistant" / "domain.yml"
CONFIG = PROJECT_ROOT / "config.yml"

_LEARNT_FROM = ("config.yml", "assistant/domain.yml", "understanding/*.py", "language/*.py")
_LEARNT_DATA = (
    "aspects.yml",
    "fillers.yml",
    "rules.yml",
    "intents/*.yml",
    "language/*.yml",
    "wording/*/words.yml",
    "learned/**/*.yml",
)
"""Files read while training, of the program and of the data. What answers alone quote, and what is read at each start,
makes no model stale."""

_PROCEDURES = "procedures/*.yml"
_NAMES = ("code", "official_name", "short_name", "asked_as")
"""What is learnt of a procedure; see :mod:`understanding.catalogue_importer`. Its fee may change at any time."""
_KNOWLEDGE = "knowledge/*.yml"
_WAYS_OF_ASKING = ("id", "asked_as")
"""What is learnt of an entry of knowledge; its answer may change at any time."""


class ModelMissing(RuntimeError):
    """There is no trained model; the message says how to train one."""


class PipelineRefused(RuntimeError):
    """config.yml names a component that cannot work here; the message names it."""


def training_files(settings: Settings | None = None) -> list[Path]:
    """What Rasa trains on: the examples and rules and, with ``settings``, what this installation has learnt."""
    nlu_data = _data_of(settings)
    data = settings.data_path if settings is not None else nlu_data
    learned = [folder for folder in dict.fromkeys(learned_folders(nlu_data, data)) if folder.is_dir()]
    return [nlu_data / "intents", nlu_data / "rules.yml", *learned]


def _data_of(settings: Settings | None) -> Path:
    return (settings.nlu_data if settings is not None else None) or PROJECT_ROOT / "nlu_data"


def _learned_files(settings: Settings | None) -> list[Path]:
    return sorted((settings.data_path / LEARNED).rglob("*.yml")) if settings is not None else []


def _approved_names(settings: Settings | None) -> list[bytes]:
    """What is learnt of approved records, where it differs from what is learnt of the program's own: a fee that was
    corrected makes no model stale.
    """
    if settings is None:
        return []
    nlu_data = _data_of(settings)
    own = {path.stem: _names_in(path) for path in nlu_data.glob(_PROCEDURES)}
    paths = (path for folder in approved_folders(nlu_data, settings.data_path) for path in sorted(folder.glob("*.yml")))
    return [names for path in paths if (names := _names_in(path)) != own.get(path.name[:8])]


def _names_in(path: Path) -> bytes:
    return _learnt(path, lambda record: [record], _NAMES)


def fingerprint(settings: Settings | None = None) -> str:
    """What the model depends on, as 16 hexadecimal digits.

    Args:
        settings: of the installation whose data and labelled phrases count; None for the project's data alone.
    """
    digest = _program()
    nlu_data = _data_of(settings)
    for pattern in _LEARNT_DATA:
        for path in sorted(nlu_data.glob(pattern)):
            digest.update(path.relative_to(nlu_data).as_posix().encode())
            digest.update(path.read_bytes())
    for path in sorted(nlu_data.glob(_PROCEDURES)):
        digest.update(_names_in(path))
    for names in _approved_names(settings):
        digest.update(names)
    for path in sorted(nlu_data.glob(_KNOWLEDGE)):
        digest.update(_learnt(path, lambda file: file["entries"], _WAYS_OF_ASKING))
    for path in _learned_files(settings):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _program() -> hashlib._Hash:
    """Digest of the files of the program that a model is bound to."""
    digest = hashlib.sha256()
    for pattern in _LEARNT_FROM:
        for path in sorted(PROJECT_ROOT.glob(pattern)):
            digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode())
            digest.update(path.read_bytes())
    return digest


def _learnt(path: Path, records: Callable[[Any], Iterable[Any]], fields: Sequence[str]) -> bytes:
    """The fields of a file's records that are learnt; a file that cannot be read counts whole, until it is mended."""
    content = path.read_bytes()
    try:
        read = records(yaml.load(content, Loader=yaml.CSafeLoader))
        return json.dumps([[record.get(name) for name in fields] for record in read], ensure_ascii=False).encode()
    except (yaml.YAMLError, AttributeError, KeyError, TypeError, ValueError):
        return content


def model_path(settings: Settings | None = None) -> Path:
    """Where the model of the present data belongs; with data or phrases of its own, in the installation's folder."""
    own = settings is not None and (
        settings.nlu_data is not None or _learned_files(settings) or _approved_names(settings)
    )
    folder = settings.data_path / "models" if settings is not None and own else MODELS
    return folder / f"motcua-{_program().hexdigest()[:8]}-{fingerprint(settings)}.tar.gz"


def newest_fitting(settings: Settings) -> Path | None:
    """The newest model this program trained, on whatever data: it can answer while another one is trained.

    What another version of the program trained may ask for components that are no longer there.
    """
    return _newest(settings, f"motcua-{_program().hexdigest()[:8]}-*.tar.gz")


def _newest(settings: Settings, pattern: str) -> Path | None:
    models = [path for place in (MODELS, settings.data_path / "models") for path in place.glob(pattern)]
    return max(models, key=lambda path: path.stat().st_mtime, default=None)


def latest_model(settings: Settings) -> Path:
    """The model to run: that of the present data, else the newest fitting one, else the newest there is, else the place
    of the missing one.
    """
    if settings.model is not None:
        return settings.model
    wanted = model_path(settings)
    if wanted.exists():
        return wanted
    other = newest_fitting(settings) or _newest(settings, "motcua-*.tar.gz")
    if other is not None:
        _log.warning("the model is older than its data")
    return other or wanted


def is_stale(settings: Settings | None = None) -> bool:
    """Whether there is no model of the present data."""
    return not (settings.model if settings is not None and settings.model else model_path(settings)).exists()


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
            component = class_from_module_path(name) if "." in name else DefaultV1Recipe._from_registry(name).clazz
            if assistant.lean_rasa.needs_tensorflow(component):
                raise PipelineRefused(
                    Message(
                        "{file}: {name} needs TensorFlow, which this installation leaves out on purpose. Take it "
                        "out of the pipeline, or use one of the components named in docs/decisions/.",
                        file=config.name,
                        name=name,
                    )
                )


def train(force: bool = False, settings: Settings | None = None, folder: Path | None = None) -> Path:
    """Train and package the model of the present data; nothing to do when it exists.

    Args:
        force: train again all the same.
        settings: of the installation whose labelled phrases are learnt, too.
        folder: where it is put; None: where those are that answer.

    Returns:
        The path of the model.

    Raises:
        PipelineRefused: when config.yml names a component that needs TensorFlow.
    """
    target = model_path(settings)
    if folder is not None:
        target = folder / target.name
    if target.exists() and not force:
        return target
    refuse_tensorflow()
    with _alone(target.parent):
        # Somebody else may have trained it meanwhile.
        return target if target.exists() and not force else _trained(target, settings)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One training at a time in a folder: two would write over each other's work."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "training.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _trained(target: Path, settings: Settings | None) -> Path:
    from assistant.lean_rasa import quiet_rasa

    from rasa.model_training import train as rasa_train

    quiet_rasa()
    # Rasa ends by naming a file that has moved on by the time anybody looks for it.
    with redirect_stdout(io.StringIO()) as said:
        result = rasa_train(
            domain=str(DOMAIN),
            config=str(CONFIG),
            training_files=[str(path) for path in training_files(settings)],
            output=str(target.parent / "training"),
            fixed_model_name="motcua",
            force_training=True,
        )
    if result.model is None:
        sys.stderr.write(said.getvalue())
        raise PipelineRefused(Message("Rasa trained no model; the lines above say why"))
    Path(result.model).replace(target)
    shutil.rmtree(target.parent / "training", ignore_errors=True)
    for old in target.parent.glob("motcua-*.tar.gz"):
        if old != target:
            old.unlink()
    return target
