"""What is kept: data folder, database, Redis, keys."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, field_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group

_REDIS = ("redis://", "rediss://", "unix://", "redis+sentinel://", "redis+cluster://", "rediss+cluster://")
PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent


class StoreSettings(Group):
    """What is kept: data folder, database, Redis, keys."""

    data_dir: Path = Field(Path("var"), description="folder for databases, sockets, secrets and logs")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL (sqlite, postgresql+psycopg); default: a SQLite file in the data folder"
    )
    redis_url: str | None = Field(
        None,
        description="redis://, rediss:// or unix:// address, redis+sentinel://HOST,HOST,HOST/NAME, or "
        "redis+cluster://HOST,HOST,HOST; default: an embedded server in the data folder",
    )
    secret_key: SecretStr | None = Field(
        None,
        description="key for hashing phone numbers and sealing words; production needs one from outside the data "
        "folder, or the systemd credential motcua_secret_key; development makes one in the data folder",
    )
    backup_passphrase: SecretStr | None = Field(
        None, min_length=12, description="seals the secrets `motcua backup` writes beside a backup"
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("sqlite:", "postgresql")):
            raise ValueError(Message("must start with sqlite: or postgresql"))
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(_REDIS):
            raise ValueError(
                Message(
                    "must start with redis://, rediss:// or unix://, or be redis+sentinel://HOST,HOST/NAME or redis+cluster://HOST,HOST"
                )
            )
        return value

    @property
    def data_path(self) -> Path:
        """Absolute data folder; a relative one is taken from the project root, wherever a command is started."""
        return self.data_dir if self.data_dir.is_absolute() else PROJECT_ROOT / self.data_dir
