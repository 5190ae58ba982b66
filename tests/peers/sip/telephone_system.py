"""A running system that can be called: by SIP, by AudioSocket and by media streams."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field

from baresip_caller import free_port
from running_system import RunningSystem


@dataclass
class TelephoneSystem(RunningSystem):
    """``motcua up`` with every way to call it."""

    sip_port: int = field(default_factory=lambda: free_port(socket.SOCK_DGRAM))
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
    first = 20_000 + free_port(socket.SOCK_DGRAM) % 20_000
    return f"{first}-{first + 399}"
