"""Calls: how they come in, and who takes them over."""

from __future__ import annotations

import re

from pydantic import Field, field_validator

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
    sip_port: int | None = Field(
        None, ge=1, le=65535, description="UDP port SIP calls of an exchange are taken on; without it there are none"
    )
    sip_address: str = Field(
        "127.0.0.1", description="address of this machine exchanges reach; where SIP and sound are taken"
    )
    sip_peers: str = Field("127.0.0.1", description="addresses of the exchanges whose SIP is taken, comma-separated")
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
            raise ValueError("must be languages with the provider's names, as in vi=Google.vi-VN-Standard-A")
        return value

    @field_validator("sip_rtp_ports")
    @classmethod
    def _a_range_of_ports(cls, value: str) -> str:
        first, _, last = value.partition("-")
        if not (first.isdecimal() and last.isdecimal() and 1024 <= int(first) < int(last) <= 65535):
            raise ValueError("must be two ports from 1024 to 65535, as in 20000-20399")
        return value

    @property
    def twilio_voice_names(self) -> dict[str, str]:
        """The provider's voices by language, where they were chosen."""
        return dict(entry.strip().split("=", 1) for entry in self.twilio_voices.split(",") if entry.strip())

    @property
    def sip_rtp_port_range(self) -> tuple[int, int]:
        """First and last port for the sound of SIP calls."""
        first, _, last = self.sip_rtp_ports.partition("-")
        return int(first), int(last)
