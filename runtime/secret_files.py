"""Secrets that stand in files: ``MOTCUA_API_KEY_FILE=/run/credentials/…`` instead of ``MOTCUA_API_KEY=…``.

systemd credentials, Kubernetes secrets and Docker secrets are files; a value in the environment is seen by every child
process and by whoever may read ``/proc``.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from runtime.messages import Message, reason_of

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

SUFFIX = "_FILE"
WITH_PASSWORDS = frozenset({"database_url", "redis_url", "catalogue_url"})
"""Settings that are no secrets by themselves, and hold one: the password in the address."""

_PASSWORD = re.compile(r"(?P<before>[a-z][a-z0-9+.-]*://[^\s:/@]*):[^\s@/]*@", re.IGNORECASE)


class SecretFileError(ValueError):
    """A file named by a setting gives no value; the message names the setting, the file and the cure."""


def without_password(text: str) -> str:
    """A text with the password of every address in it struck out: ``postgresql://motcua:***@db/motcua``."""
    return _PASSWORD.sub(r"\g<before>:***@", text)


def may_stand_in_a_file(name: str, field: FieldInfo) -> bool:
    """Whether a setting may be given as a file: secrets, and addresses that hold a password.

    Args:
        name: of the field, in small letters.
        field: of the model of settings.
    """
    # Late: a process that only speaks or recognises has no use for it.
    from pydantic import SecretStr

    return name in WITH_PASSWORDS or SecretStr in (field.annotation, *get_args(field.annotation))


def names_of_files(prefix: str, fields: dict[str, FieldInfo]) -> frozenset[str]:
    """The environment variables that name files, for the settings that may stand in one."""
    return frozenset(
        f"{prefix}{name.upper()}{SUFFIX}" for name, field in fields.items() if may_stand_in_a_file(name, field)
    )


def read(prefix: str, fields: dict[str, FieldInfo], given: Collection[str] = ()) -> dict[str, Any]:
    """The values that stand in files, by the fields' names.

    Args:
        prefix: of the environment variables.
        fields: of the model.
        given: fields that have a value already, from the command line; their files are not looked at.

    Raises:
        SecretFileError: a file cannot be read or is empty, or the value is set a second time.
    """
    values = {}
    for variable in sorted(names_of_files(prefix, fields) & os.environ.keys()):
        setting = variable.removesuffix(SUFFIX)
        name = setting.removeprefix(prefix).lower()
        if name in given:
            continue
        if setting in os.environ:
            raise SecretFileError(
                Message(
                    "{variable} and {setting} are both set: leave one of them out", variable=variable, setting=setting
                )
            )
        values[name] = _content(variable, Path(os.environ[variable]))
    return values


def without_files_of(environment: Iterable[tuple[str, str]], settings: Collection[str]) -> dict[str, str]:
    """An environment without the files of settings whose values were decided already."""
    dropped = {setting + SUFFIX for setting in settings}
    return {name: value for name, value in environment if name not in dropped}


def _content(variable: str, path: Path) -> str:
    try:
        # An editor ends the last line; nothing else of a secret is touched.
        content = path.read_text(encoding="utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        raise SecretFileError(
            Message("{variable}={path}: the file holds no text in UTF-8", variable=variable, path=path)
        ) from None
    except OSError as error:
        raise SecretFileError(
            Message(
                "{variable}={path}: {reason}; it must be readable for the user the system runs as",
                variable=variable,
                path=path,
                reason=reason_of(error),
            )
        ) from None
    if not content:
        raise SecretFileError(
            Message(
                "{variable}={path}: the file is empty; it must hold the value and nothing else",
                variable=variable,
                path=path,
            )
        )
    return content
