"""Providers of text messages: accounts, addresses, pace."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group


class ProviderSettings(Group):
    """Providers of text messages: accounts, addresses, pace."""

    twilio_account_sid: str | None = Field(None, description="account of the Twilio-compatible provider")
    twilio_auth_token: SecretStr | None = Field(
        None, description="token that signs the provider's webhooks; default in development: made once"
    )
    twilio_api_url: AnyHttpUrl = Field(
        AnyHttpUrl("https://api.twilio.com"), description="REST address of the Twilio-compatible provider"
    )
    twilio_number: str | None = Field(
        None, description="number answers go from when the provider does not know the one written to; or MG… service"
    )
    twilio_per_second: float = Field(
        300.0, gt=0, le=10_000, description="messages a second handed to the Twilio-compatible provider at most"
    )
    smpp_url: SecretStr | None = Field(
        None,
        description="an operator's message centre: smpp://SYSTEM_ID:PASSWORD@HOST:2775?number=OURS&binds=1&window=10 "
        "(smpps for TLS); several, with spaces between, each a route of its own with &name=…&per_second=…&day=…",
    )
    smpp_longest: int = Field(
        459, ge=70, le=1530, description="characters the operator takes in one message, parts joined"
    )
    smpp_per_second: float = Field(
        30.0, gt=0, le=5000, description="messages a second handed to the operators' centres at most"
    )
    kannel_url: AnyHttpUrl | None = Field(
        None, description="address of Kannel's sendsms service; without it nothing goes out by an operator's SMPP link"
    )
    kannel_user: str = Field("motcua", min_length=1, description="username of Kannel's sendsms-user")
    kannel_password: SecretStr | None = Field(None, description="password of Kannel's sendsms-user")
    kannel_secret: SecretStr | None = Field(
        None, description="password Kannel shows our webhooks; in production they are closed without"
    )
    kannel_number: str | None = Field(
        None, description="our number or short code at the operator, for messages that answer none"
    )
    kannel_callback_url: AnyHttpUrl | None = Field(
        None, description="address Kannel reports deliveries to; default: loopback on the gateway's port"
    )
    kannel_longest: int = Field(
        459, ge=70, le=1530, description="characters the operator takes in one message, parts joined"
    )
    kannel_per_second: float = Field(30.0, gt=0, le=1000, description="messages a second handed to Kannel at most")
    gsm_device: Path | None = Field(None, description="serial port of a GSM modem: /dev/ttyUSB0; needs gammu-smsd")
    gsm_connection: str = Field(
        "at115200", description="gammu's name for the modem's connection: at, at19200, at115200"
    )
    gsm_modems: SecretStr | None = Field(
        None,
        description="several modems, with spaces between: gsm:///dev/…?name=viettel&number=+84…&pin=…&day=500 "
        "(segments a day); connection and per_second as the settings beside it unless named",
    )
    gsm_pin: SecretStr | None = Field(None, description="PIN of the modem's SIM card, when it asks for one")
    gsm_number: str = Field("", description="number of the modem's SIM card, as citizens dial it")
    gsm_per_second: float = Field(
        0.25, gt=0, le=10, description="messages a second given to the modem at most; each part takes it 3 to 6 seconds"
    )

    gsm_per_day: int | None = Field(
        None, ge=1, description="segments a day that the modem's SIM card may send; default: no limit"
    )

    @field_validator("kannel_secret")
    @classmethod
    def _fits_an_address(cls, value: SecretStr | None) -> SecretStr | None:
        # Kannel takes it as part of an address, where other signs would end it.
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,}", value.get_secret_value()):
            raise ValueError(Message("must be at least 16 letters, digits, - or _"))
        return value
