"""What is answered from: data, model, procedures, the national portal."""

from __future__ import annotations

from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr

from runtime.setting_groups.group import Group


class CatalogueSettings(Group):
    """What is answered from: data, model, procedures, the national portal."""

    nlu_data: Path | None = Field(
        None, description="folder of procedures, wording and language data; default: the project's; set from bundles"
    )
    model: Path | None = Field(None, description="trained model to run; default: the newest; set from bundles")
    catalogue_url: str | None = Field(
        None, description="SQLAlchemy URL of the imported procedures; default: the database; set from bundles"
    )
    province: str = Field(
        "",
        pattern=r"^(\d{2})?$",
        description="two-digit code of the province served: what it has set is then told; empty: none",
    )
    office: str = Field(
        "",
        max_length=90,
        description="name of the office served with its commune, as it stands over printed sheets",
    )
    stale_after_days: int = Field(180, ge=1, description="age at which `motcua catalogue check` reports a record")
    portal_url: AnyHttpUrl | None = Field(
        None, description="address of the national portal's data service, which `motcua catalogue fetch` asks"
    )
    portal_login_url: AnyHttpUrl | None = Field(
        None, description="address that gives the data service's session; empty: a gateway knows us"
    )
    portal_user: str = Field("", description="account at the data service")
    portal_password: SecretStr | None = Field(None, description="password of that account")
    portal_unit: str = Field("", description="our agency's code at the data service (madonvi)")
    portal_target: str = Field("", description="system the gateway passes the log-in on to (dstcode)")
    portal_pause: float = Field(1.0, ge=0.1, le=60, description="seconds between two questions to the data service")
