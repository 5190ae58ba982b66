"""Settings of a part from outside: ``MOTCUA_<NAME>_…``, described by a pydantic model it registers beside itself.

The model is an entry point of the group ``motcua.settings`` under the part's own name. It stands in a module of its
own, so that checking a setting does not load an engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from runtime import secret_files
from runtime.messages import Message, joined
from runtime.registry import Registry, RegistryError, imported, installed, origin_of
from runtime.validation_messages import mistake_of

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from pydantic import ValidationError
    from pydantic_settings import BaseSettings

GROUP = "motcua.settings"
PREFIX = "MOTCUA_"
_SECRET = ("KEY", "TOKEN", "PASSWORD", "SECRET", "PIN")


class WrongPluginSettings(RegistryError):
    """Settings of a part are wrong or missing; the message names each, its value and what is allowed."""


def prefix_of(name: str) -> str:
    """What the settings of a part begin with: ``MOTCUA_MY_VOICE_`` for ``my-voice``."""
    return f"{PREFIX}{name.upper().replace('-', '_')}_"


def own_settings(registry: Registry[Any], name: str) -> BaseSettings | None:
    """The settings of one part, read from the environment; None for one that has none, as the project's own.

    Raises:
        RegistryError: its model cannot be imported.
        WrongPluginSettings: a value is wrong or missing.
    """
    if registry.brings(name):
        return None
    for point in installed(GROUP):
        if point.name == name:
            return read(name, _model(point))
    return None


def read(name: str, model: type[BaseSettings]) -> BaseSettings:
    """The settings of one part. Raises :class:`WrongPluginSettings`."""
    # Late: a process that speaks or recognises with the project's own parts has no use for it.
    from pydantic import ValidationError

    prefix = prefix_of(name)
    try:
        return model(_env_prefix=prefix, **secret_files.read(prefix, model.model_fields))
    except secret_files.SecretFileError as error:
        raise WrongPluginSettings(str(error)) from None
    except ValidationError as error:
        raise WrongPluginSettings(joined("\n", problems(prefix, error))) from None


def models() -> dict[str, type[BaseSettings]]:
    """The models of all installed parts that can be imported, by the parts' names."""
    found = {}
    for point in installed(GROUP):
        try:
            found[point.name] = _model(point)
        except RegistryError:
            # It is told where the part itself is used.
            continue
    return found


def not_of_plugins(names: Iterable[str]) -> list[str]:
    """Those of some settings' names that belong to no installed part, misspelled ones of a part among them.

    Of a part whose model cannot be imported every name is believed: it is told as broken where it is used.
    """
    left = list(names)
    for point in installed(GROUP) if left else ():
        prefix = prefix_of(point.name)
        try:
            fields = _model(point).model_fields
            known = {prefix + name.upper() for name in fields} | secret_files.names_of_files(prefix, fields)
        except RegistryError:
            left = [name for name in left if not name.startswith(prefix)]
        else:
            left = [name for name in left if name not in known]
    return left


def problems(prefix: str, error: ValidationError) -> list[Message]:
    """One line for each wrong setting: its name, its value unless it is secret, what is allowed."""
    lines = []
    for problem in error.errors():
        name = prefix + str(problem["loc"][0]).upper() if problem["loc"] else prefix.rstrip("_")
        shown = os.environ.get(name, "") if problem["type"] == "missing" else problem["input"]
        value = "(hidden)" if name.endswith(_SECRET) else secret_files.without_password(str(shown))
        lines.append(Message("{name}={value}: {mistake}", name=name, value=value, mistake=mistake_of(problem)))
    return lines


def _model(point: EntryPoint) -> type[BaseSettings]:
    from pydantic_settings import BaseSettings

    named = Message("the settings of {name!r} of {origin}", name=point.name, origin=origin_of(point))
    model = imported(point, named)
    if not (isinstance(model, type) and issubclass(model, BaseSettings)):
        raise RegistryError(
            Message("{named} are no pydantic_settings.BaseSettings: see docs/extending.md", named=named)
        )
    return model
