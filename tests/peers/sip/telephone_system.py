"""A running system that can be called: by SIP, by AudioSocket and by media streams."""

from __future__ import annotations

from dataclasses import dataclass, field

from free_ports import free_port, free_ports
from running_system import RunningSystem


@dataclass
class TelephoneSystem(RunningSystem):
    """``motcua up`` with every way to call it."""

    sip_port: int = field(default_factory=free_port)
    audiosocket_port: int = field(default_factory=free_port)
    rtp_ports: str = field(default_factory=lambda: _range_of_ports())

    @property
    def environment(self) -> dict[str, str]:
        return {
            **super().environment,
            "MOTCUA_SIP_PORT": str(self.sip_port),
            "MOTCUA_SIP_RTP_PORTS": self.rtp_ports,
            "MOTCUA_AUDIOSOCKET_PORT": str(self.audiosocket_port),
            "MOTCUA_VOICE_STREAM": "true",
            "MOTCUA_PUBLIC_URL": self.url,
        }


def _range_of_ports() -> str:
    first = free_ports(200)
    return f"{first}-{first + 199}"
