"""A file that a setting names, read into its model, or refused in one sentence that names the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from actions.dossiers.backend import BackendRejected
from runtime.messages import Message
from runtime.validation_messages import mistake_of

Content = TypeVar("Content", bound=BaseModel)


def read_named_file(path: Path | None, setting: str, names: str, model: type[Content]) -> Content:
    """The content of the file.

    Args:
        path: the setting's value.
        setting: name of the environment variable.
        names: what it names, where it is not set: "it names the file of sources, docs/dossier-sources.md".
        model: what the file holds.

    Raises:
        BackendRejected: it is missing or wrong; the message names the place and what is allowed.
    """
    if path is None:
        raise BackendRejected(Message("{setting} is not set: {names}", setting=setting, names=names))
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return model.model_validate(content)
    except (OSError, UnicodeDecodeError) as error:
        raise BackendRejected(
            Message("{setting}={path}: cannot be read ({kind})", setting=setting, path=path, kind=type(error).__name__)
        ) from None
    except yaml.YAMLError:
        raise BackendRejected(Message("{setting}={path}: is no YAML", setting=setting, path=path)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or Message("the file")
        raise BackendRejected(
            Message(
                "{setting}={path}: {place}: {mistake}",
                setting=setting,
                path=path,
                place=place,
                mistake=mistake_of(first),
            )
        ) from None
