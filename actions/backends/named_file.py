"""A file that a setting names, read into its model, or refused in one sentence that names the place."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from actions.dossiers.backend import BackendRejected

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
        raise BackendRejected(f"{setting} is not set: {names}")
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return model.model_validate(content)
    except (OSError, UnicodeDecodeError) as error:
        raise BackendRejected(f"{setting}={path}: cannot be read ({type(error).__name__})") from None
    except yaml.YAMLError:
        raise BackendRejected(f"{setting}={path}: is no YAML") from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        raise BackendRejected(f"{setting}={path}: {place}: {first['msg']}") from None
