"""Mail to officers (SMTP)."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, SecretStr

from runtime.setting_groups.group import Group


class MailSettings(Group):
    """Mail to officers (SMTP)."""

    smtp_host: str | None = Field(None, description="mail server for officers' digests; without one no mail is sent")
    smtp_port: int = Field(587, ge=1, le=65535, description="port of the mail server")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how the way to the mail server is protected; none: on this machine alone"
    )
    smtp_user: str = Field("", max_length=200, description="name the mail server knows this installation by")
    smtp_password: SecretStr | None = Field(None, description="password at the mail server")
    smtp_from: str = Field("motcua@localhost", max_length=200, description="sender of mails")
