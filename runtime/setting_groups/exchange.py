"""Cases exchanged with other agencies."""

from __future__ import annotations

from pydantic import Field

from runtime.setting_groups.group import Group


class ExchangeSettings(Group):
    """Cases exchanged with other agencies."""

    exchange_agency: str = Field(
        "",
        pattern=r"^$|^[A-Z]\d{2}(\.\d{1,3}){0,4}$",
        description="code of this agency (H15.50.05.13); cases are exchanged with others once it is set",
    )
    exchange_name: str = Field("", max_length=120, description="name of this agency, as partners and packages tell it")
    exchange_scanner: str = Field(
        "",
        max_length=300,
        description="program that reads a paper or a photo on its input and ends with 0 (clean) or 1 (not); "
        "empty: none scans",
    )
    exchange_days: int = Field(365, ge=1, le=3650, description="days after which a case that is over is erased")
    exchange_open_days: int = Field(
        1095, ge=30, le=3650, description="days after which an open case nobody has touched is erased"
    )
