"""Where dossiers and registries are asked, and what a guesser may try."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator

from runtime import seams
from runtime.setting_groups.group import Group, names_in, registered


class DossierSettings(Group):
    """Where dossiers and registries are asked, and what a guesser may try."""

    dossier_source: str = Field(
        "sandbox",
        description="where dossiers are looked up: sandbox (invented ones), routed (the systems of agencies that "
        "MOTCUA_DOSSIER_SOURCES names), or one that was added",
    )
    dossier_sources: Path | None = Field(
        None, description="YAML file of the systems dossiers are looked up in and their routes: docs/dossier-sources.md"
    )
    look_up_seconds_phone: float = Field(
        3.0, gt=0, le=10, description="seconds a caller waits for a dossier; after that what is known of before is told"
    )
    look_up_seconds_sms: float = Field(
        20.0, gt=0, le=60, description="seconds the answer to a text message waits for a dossier"
    )
    look_up_seconds_kiosk: float = Field(
        8.0, gt=0, le=30, description="seconds somebody at a kiosk waits for a dossier"
    )
    registries: str = Field(
        "sandbox-population,sandbox-insurance,sandbox-land,sandbox-business,sandbox-vehicle",
        description="public registries that may be asked, comma-separated: population, insurance, land, business and "
        "vehicle (by an agreement, see MOTCUA_REGISTRY_LINKS), each with sandbox- before it (invented entries), or "
        "ones that were added; empty: none, people are told where they see it themselves",
    )
    registry_links: Path | None = Field(
        None, description="YAML file that says how each registry of an agreement is reached: docs/registries.md"
    )
    second_factor_tries: int = Field(3, ge=1, le=10, description="wrong last-four digits before a look-up is locked")
    lock_minutes: int = Field(15, ge=1, le=1440, description="how long a locked look-up stays locked")
    guesses_person_day: int = Field(
        10, ge=1, le=1000, description="wrong last-four digits of one telephone number in 24 hours"
    )
    guesses_place_hour: int = Field(
        30, ge=1, le=10_000, description="wrong last-four digits from one address or enrolled kiosk in an hour"
    )
    guesses_dossier_day: int = Field(
        9, ge=1, le=1000, description="wrong last-four digits of everybody at one dossier in 24 hours"
    )
    guesses_installation_hour: int = Field(
        300, ge=1, le=1_000_000, description="wrong last-four digits of everybody in an hour; then there is an alarm"
    )
    look_up_log_days: int = Field(365, ge=30, le=3650, description="days the access log of dossiers is kept")

    @field_validator("dossier_source")
    @classmethod
    def _known_source(cls, value: str) -> str:
        return registered(seams.DOSSIER_SOURCES, value)

    @field_validator("registries")
    @classmethod
    def _known_registries(cls, value: str) -> str:
        return ",".join(registered(seams.REGISTRIES, name) for name in names_in(value))
