"""What every group of settings is made of."""

from __future__ import annotations

from pydantic_settings import BaseSettings, SettingsConfigDict

from runtime.plugin_settings import PREFIX
from runtime.registry import Factories


class Group(BaseSettings):
    """Settings read from ``MOTCUA_…`` environment variables."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)


def registered(seam: Factories, name: str, *also: str) -> str:
    """The name of a part that is known; raises ``ValueError`` with those there are. ``also`` may be named, too."""
    if not seam.knows(name):
        raise ValueError(seam.unknown(name, *also))
    return name


def names_in(value: str) -> list[str]:
    """What stands between commas."""
    return [name.strip() for name in value.split(",") if name.strip()]
