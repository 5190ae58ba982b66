"""Reports from other systems by Open311."""

from __future__ import annotations

from pydantic import Field, SecretStr

from runtime.setting_groups.group import Group


class Open311Settings(Group):
    """Reports from other systems by Open311."""

    open311_keys: SecretStr | None = Field(
        None, description="api_keys of systems that hand reports in by Open311, comma-separated; nobody may without"
    )
    open311_jurisdictions: str = Field(
        "", description="jurisdiction_ids served by Open311, comma-separated; empty: one, whatever it is called"
    )
    open311_agency: str = Field("", max_length=120, description="agency responsible for reports, as others read it")
    open311_contact: str = Field("", max_length=200, description="whom Open311's discovery tells others to ask")
    open311_exact_xml_type: bool = Field(
        False, description="true: discovery.xml is text/xml to the letter, as SeeClickFix' validator wants it"
    )
