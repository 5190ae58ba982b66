"""Calls: how they come in, and who takes them over."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group


class TelephoneSettings(Group):
    """Calls: how they come in, and who takes them over."""

    officer_number: str | None = Field(
        None,
        pattern=r"^\+?[0-9]{3,15}$",
        description="what calls are transferred to in office hours; without it callers are offered a call back",
    )
    voice_stream: bool = Field(
        False, description="true: calls of the Twilio-compatible provider become media streams with our own recogniser"
    )
    simulator_calls: bool = Field(
        True, description="development: whether the simulator's telephone can call; `motcua kiosk` says false"
    )
    voice_calls: int = Field(60, ge=1, le=1000, description="calls with sound held at once; more are turned away")
    voice_prepared: int = Field(
        2,
        ge=0,
        le=100,
        description="answers prepared at once at the pauses of callers, before they have surely finished; 0: none",
    )
    calls_end_seconds: float = Field(
        0.0,
        ge=0,
        le=3600,
        description="seconds calls may go on where they are while the voice process stops; it takes no new ones then",
    )
    sip_port: int | None = Field(
        None, ge=1, le=65535, description="UDP port SIP calls of an exchange are taken on; without it there are none"
    )
    sip_address: str = Field(
        "127.0.0.1", description="address of this machine exchanges reach; where SIP and sound are taken"
    )
    sip_peers: str = Field("127.0.0.1", description="addresses of the exchanges whose SIP is taken, comma-separated")
    sip_tls_port: int | None = Field(
        None, ge=1, le=65535, description="TCP port SIP calls are taken on by TLS, beside or instead of UDP"
    )
    sip_tls_certificate: Path | None = Field(
        None, description="certificate of this machine with its chain, PEM, for SIP by TLS"
    )
    sip_tls_key: Path | None = Field(None, description="private key of that certificate, PEM")
    sip_tls_authority: Path | None = Field(
        None, description="authority whose certificates exchanges must show, PEM; without it any exchange may connect"
    )
    sip_registrar: str | None = Field(
        None,
        pattern=r"^[0-9.]+(:[0-9]{1,5})?$",
        description="address of a trunk that wants to be registered at, as 10.1.2.1 or 10.1.2.1:5060; by UDP",
    )
    sip_user: str = Field("", description="name of the account at the trunk")
    sip_password: SecretStr = Field(SecretStr(""), description="its password")
    sip_domain: str = Field("", description="domain of the account, where it is not the trunk's address")
    sip_outbound: str | None = Field(
        None,
        pattern=r"^[0-9.]+(:[0-9]{1,5})?$",
        description="address of the exchange that takes calls to citizens (warnings of danger), as 10.1.2.1 or "
        "10.1.2.1:5060, by UDP; asked who calls, it is told MOTCUA_SIP_USER; without it nobody is called",
    )
    sip_outbound_number: str = Field("", description="our number as those see it who are called; default: the account")
    sip_outbound_form: Literal["national", "international"] = Field(
        "national", description="how the exchange wants Vietnamese numbers: national (0…) or international (+84…)"
    )
    warning_lines: int = Field(
        8,
        ge=1,
        le=500,
        description="calls at once for warnings of danger, of each voice process; others keep their lines",
    )
    sip_rtp_ports: str = Field(
        "20000-20399", description="UDP ports for the sound of SIP calls, first-last; a call takes two"
    )
    audiosocket_port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="TCP port of Asterisk's AudioSocket calls; without it there are none",
    )
    audiosocket_address: str = Field("127.0.0.1", description="address AudioSocket calls are taken on")
    audiosocket_peers: str = Field(
        "127.0.0.1", description="addresses of the exchanges whose AudioSocket calls are taken, comma-separated"
    )
    twilio_voices: str = Field(
        "", description="the provider's voices by language, as vi=NAME,en=NAME; default: those the languages name"
    )

    @field_validator("twilio_voices")
    @classmethod
    def _names_by_language(cls, value: str) -> str:
        if not all(re.fullmatch(r"\s*[a-z]{2,3}=\S+\s*", entry) for entry in value.split(",") if entry.strip()):
            raise ValueError(Message("must be languages with the provider's names, as in vi=Google.vi-VN-Standard-A"))
        return value

    @field_validator("sip_rtp_ports")
    @classmethod
    def _a_range_of_ports(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
            raise ValueError(Message("must be two ports from 1024 to 65535, as in 20000-20399"))
        return value

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.sip_tls_port is not None and (self.sip_tls_certificate is None or self.sip_tls_key is None):
            raise ValueError(Message("SIP by TLS needs MOTCUA_SIP_TLS_CERTIFICATE and MOTCUA_SIP_TLS_KEY"))
        if self.sip_registrar is not None and (self.sip_port is None or not self.sip_user):
            raise ValueError(Message("registering at a trunk needs MOTCUA_SIP_PORT and MOTCUA_SIP_USER"))
        if self.sip_outbound is not None and (self.sip_port is None or not (self.sip_outbound_number or self.sip_user)):
            raise ValueError(Message("calls to citizens need MOTCUA_SIP_PORT and MOTCUA_SIP_OUTBOUND_NUMBER"))
        return self

    @property
    def has_line(self) -> bool:
        """Whether an exchange can bring calls: by SIP, with TLS or without, or by AudioSocket."""
        return any(port is not None for port in (self.sip_port, self.sip_tls_port, self.audiosocket_port))

    @property
    def sip_registrar_address(self) -> tuple[str, int] | None:
        """Where to register; None where no trunk wants it."""
        return _address(self.sip_registrar)

    @property
    def sip_outbound_address(self) -> tuple[str, int] | None:
        """Where calls to citizens go; None where nobody is called."""
        return _address(self.sip_outbound)

    @property
    def twilio_voice_names(self) -> dict[str, str]:
        """The provider's voices by language, where they were chosen."""
        return dict(entry.strip().split("=", 1) for entry in self.twilio_voices.split(",") if entry.strip())

    @property
    def sip_rtp_port_range(self) -> tuple[int, int]:
        """First and last port for the sound of SIP calls."""
        first, _, last = self.sip_rtp_ports.partition("-")
        return int(first), int(last)


def _address(written: str | None) -> tuple[str, int] | None:
    if written is None:
        return None
    address, _, port = written.partition(":")
    return address, int(port or 5060)
